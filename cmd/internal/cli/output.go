package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/campsync/campsync/cmd/internal/term"
)

// writeJSON writes the result as one JSON document. Its first field is the
// schema, "campsync.<name>/v1".
func (a *app) writeJSON(name string, result any) error {
	text, err := encode(result, "  ")
	if err != nil {
		return err
	}
	head := fmt.Sprintf("{\n  \"schema\": \"campsync.%s/v1\",", name)
	_, err = fmt.Fprintf(a.out, "%s%s\n", head, bytes.TrimPrefix(text, []byte("{")))
	return err
}

// writeJSONList writes a list of any length as one JSON document while it is
// read: {"schema": ..., "<name>": [...]}. Nothing is written before there is
// something to write, so that a list that cannot be read at all leaves out
// empty.
func writeJSONList[T any](out io.Writer, name string, items iter.Seq2[T, error]) error {
	w := bufio.NewWriter(out)
	head := fmt.Sprintf("{\n  \"schema\": \"campsync.%s/v1\",\n  %q: [", name, name)
	before, end := head+"\n    ", head+"]\n}\n"
	for item, err := range items {
		if err != nil {
			return errors.Join(err, w.Flush())
		}
		text, err := encode(item, "")
		if err != nil {
			return err
		}
		if _, err := w.WriteString(before + string(text)); err != nil {
			return err
		}
		before, end = ",\n    ", "\n  ]\n}\n"
	}
	if _, err := w.WriteString(end); err != nil {
		return err
	}
	return w.Flush()
}

// encode is JSON that a terminal can be shown, indented or in one line.
func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("writing the result: %w", err)
	}
	return term.EscapeJSON(bytes.TrimSpace(b.Bytes())), nil
}

// limited is the first n of items, or all where n is 0.
func limited[T any](items iter.Seq2[T, error], n count) iter.Seq2[T, error] {
	if n == 0 {
		return items
	}
	return func(yield func(T, error) bool) {
		left := n
		for item, err := range items {
			if !yield(item, err) {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// printFields writes names and their values below each other; blank values
// are left out.
func (a *app) printFields(fields [][2]string) error {
	width := 0
	for _, f := range fields {
		width = max(width, len(f[0]))
	}
	for _, f := range fields {
		if f[1] == "" {
			continue
		}
		if err := a.printf("%-*s  %s\n", width, f[0], term.Escape(f[1])); err != nil {
			return err
		}
	}
	return nil
}
