package source_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/campsync/campsync/importer/source"
)

// plainFile and quotedFile are files of contacts without and with quoted cells.
func plainFile(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("First name,Last name,Phone,E-mail,Country,Amount,Note\n")
	for i := range rows {
		fmt.Fprintf(&b, "Mary,Müller-%d,+44 20 7946 %04d,mary.%d@example.org,GB,%d.50,called twice in May\n", i, i%10000, i, i%500)
	}
	return b.Bytes()
}

func quotedFile(rows int) []byte {
	return bytes.ReplaceAll(plainFile(rows), []byte("called twice in May"), []byte(`"called ""twice"", in May"`))
}

func BenchmarkReader(b *testing.B) {
	for name, text := range map[string][]byte{"plain": plainFile(100_000), "quoted": quotedFile(100_000)} {
		b.Run(name+"/source", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := source.NewReader(io.NopCloser(bytes.NewReader(text)), "x", source.Options{})
				if err != nil {
					b.Fatal(err)
				}
				for err == nil {
					_, err = r.Next()
				}
			}
		})
		b.Run(name+"/encoding-csv", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r := csv.NewReader(bytes.NewReader(text))
				r.ReuseRecord = true
				var err error
				for err == nil {
					_, err = r.Read()
				}
			}
		})
	}
}

func TestAllocationsOfARow(t *testing.T) {
	for name, text := range map[string][]byte{"plain": plainFile(2000), "quoted": quotedFile(2000)} {
		r, err := open(t, string(text), source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(1000, func() {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations a row, want less than one", name, n)
		}
	}
}

// endless is a file that is made while it is read.
type endless struct {
	head, line string
	left       int64
	rest       string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.head != "" {
		e.rest, e.head = e.head, ""
	}
	if e.rest == "" {
		if e.left <= 0 {
			return 0, io.EOF
		}
		e.rest = strings.Repeat(e.line, 64<<10/len(e.line)+1)
		e.left -= int64(len(e.rest))
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}
