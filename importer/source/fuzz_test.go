package source_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/campsync/campsync/importer/source"
)

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// FuzzReader: no crash, no hang, lines go up, all that is passed over is in a
// row, in a fault, or blank, and lines are cut as all else is.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a,b\r1,\"2\r3,4\r", "a;b\n1;\"x\n2;y\n", "\uFEFFa\tb\n1\t2\t3\n", "a,b,c\n1,\"x,y\n2,p,q\n3,r\",s\n",
		"a,b," + strings.Join(source.OwnColumns(), ",") + "\n1,\"x,7,unclosed-quote,,\"\"\"x\"\"\"\n", "a,b\n1,\xE9\n", "a,b\n1,\x00\n", "a|b\n\"x\"y|1\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		sameSlowly(t, string(text), source.Options{})
		r, err := open(t, string(text), source.Options{})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "leads.csv:") {
				t.Fatal(err)
			}
			return
		}
		d := r.Dialect()
		plain := d.Encoding == "UTF-8" && d.Quote == `"` && d.Escape == "" && !strings.Contains(string(text), "campsync_line") &&
			!strings.HasPrefix(string(text), "PK") && !strings.HasPrefix(string(text), "BZh") && !strings.HasPrefix(string(text), "\x1F\x8B") &&
			!strings.HasPrefix(string(text), "\x28\xB5\x2F\xFD")
		all := text
		if r.Dialect().BOM && plain {
			text = text[3:]
		}
		line, at := 0, r.Consumed()
		for {
			row, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if row.Line <= line {
				t.Fatalf("line %d after line %d", row.Line, line)
			}
			to := r.Consumed()
			if plain {
				accounts(t, r, row, string(text[at:to]))
			}
			line, at = row.Line, to
		}
		if sum, err := r.Rest(); err != nil || sum != sha(string(all)) {
			t.Fatal(sum, err)
		}
		if !plain {
			return // what is passed over is no part of text, or was written by the tool itself
		}
		if left := strings.Trim(string(text[at:]), blank(r)); left != "" && strings.TrimSpace(left) != "" {
			t.Fatalf("%q is in no row", left)
		}
	})
}

// blank is what may stand between rows.
func blank(r *source.Reader) string { return r.Dialect().Delimiter + "\" \t\v\f\r\n\x1A" }

// accounts checks that a row is all there is in text but blank lines before it.
func accounts(t *testing.T, r *source.Reader, row source.Row, text string) {
	t.Helper()
	if row.Fault != nil {
		i := strings.LastIndex(text, row.Raw)
		if i < 0 || strings.TrimSpace(strings.Trim(text[:i], blank(r))) != "" {
			t.Fatalf("%q in %q: %+v", row.Raw, text, row.Fault)
		}
		if tail := strings.TrimRight(text[i+len(row.Raw):], "\r\n"); tail != "" {
			t.Fatalf("%q after %q", tail, row.Raw)
		}
		return
	}
	if len(row.Cells) != len(r.Header()) {
		t.Fatalf("%d cells, %d columns", len(row.Cells), len(r.Header()))
	}
	for _, cell := range row.Cells {
		if !strings.Contains(strings.ReplaceAll(text, `""`, `"`), strings.ReplaceAll(cell, `""`, `"`)) {
			t.Fatalf("%q is not in %q", cell, text)
		}
	}
}
