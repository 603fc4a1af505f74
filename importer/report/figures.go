package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/mapping"
)

// DocumentRecord is a row as it would be sent.
type DocumentRecord struct {
	Source string            `json:"source"`
	Line   int               `json:"line"`
	Key    string            `json:"key"`
	Record json.RawMessage   `json:"record"`
	Order  *mapping.Settings `json:"order,omitempty"`
}

// record is a row for the document.
func (s *Summary) record(r *importer.Row) DocumentRecord {
	return DocumentRecord{Source: s.source(r.Source), Line: r.Line, Key: r.Key, Record: r.Record, Order: r.Settings}
}

// figures writes what became of the values of each target.
func (s *Summary) figures(t *text) {
	targets := s.State.Targets
	if len(targets) == 0 {
		return
	}
	t.line("")
	width := 6
	for i := range targets {
		width = max(width, len(targets[i].Target))
	}
	t.line(draw(t.style.Quiet, fmt.Sprintf("  %-*s  %11s  %11s  %11s  %11s", width, "target", "converted", "blank", "refused", "mended")))
	for i := range targets {
		f := &targets[i]
		line := fmt.Sprintf("  %-*s  %11s  %11s  %11s  %11s", width, f.Target, count(f.Converted), count(f.Blank), count(f.Refused), count(f.Mended))
		t.line(strings.TrimRight(line+draw(t.style.Quiet, draw(t.style.Escape, example(f))), " "))
	}
}

// example shows a value that is sent otherwise than it stands in the file.
func example(f *importer.Figures) string {
	if len(f.Examples) == 0 {
		return ""
	}
	e := &f.Examples[0]
	return "   " + short(e.Cell) + " -> " + short(e.Value)
}

const exampleRunes = 24

func short(text string) string {
	if r := []rune(text); len(r) > exampleRunes {
		return string(r[:exampleRunes-1]) + "…"
	}
	return text
}

// records writes rows as they would be sent.
func (s *Summary) records(t *text) {
	for i := range s.Shown {
		r := s.record(&s.Shown[i])
		t.line("")
		t.line(draw(t.style.Strong, draw(t.style.Escape, fmt.Sprintf("%s:%d", r.Source, r.Line))))
		t.json(r.Record)
		if r.Order != nil {
			order, err := json.Marshal(r.Order)
			if err != nil {
				panic(err) // its fields are times, numbers and texts
			}
			t.line(draw(t.style.Quiet, "  and its order gets"))
			t.json(order)
		}
	}
}

// json writes JSON over several lines.
func (t *text) json(raw []byte) {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "  ", "  "); err != nil {
		b.Reset()
		b.Write(raw)
	}
	for line := range strings.Lines("  " + b.String()) {
		t.line(draw(t.style.Escape, strings.TrimSuffix(line, "\n")))
	}
}
