package report

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/source"
)

// Rejected writes the rejected and failed rows of one source as they were, for
// mending and importing again: in the source's delimiter, as UTF-8 with a BOM
// so that Excel opens it, with [source.OwnColumns] behind the user's own, which
// source knows and ignores. A row that could not be cut into cells is written
// as its text.
type Rejected struct {
	out       *bufio.Writer
	delimiter string
	err       error
}

// NewRejected writes the header of the source to w.
func NewRejected(w io.Writer, s importer.SourceState) *Rejected {
	r := &Rejected{out: bufio.NewWriter(w), delimiter: s.Delimiter}
	if r.delimiter == "" {
		r.delimiter = ","
	}
	r.write("\ufeff")
	r.cells(s.Header)
	r.own(source.OwnColumns())
	return r
}

// Add writes the row where it was rejected or failed.
func (r *Rejected) Add(row *importer.Row) error {
	if row.Outcome != reconcile.Rejected && row.Outcome != reconcile.Failed {
		return nil
	}
	if row.Raw != "" && len(row.Cells) == 0 {
		r.write(row.Raw)
	} else {
		r.cells(row.Cells)
	}
	r.own([]string{strconv.Itoa(row.Line), defuse(row.Code), defuse(row.Field), defuse(row.Message)})
	return r.err
}

// Flush writes what was added.
func (r *Rejected) Flush() error {
	if r.err == nil {
		r.err = r.out.Flush()
	}
	return r.err
}

func (r *Rejected) cells(cells []string) {
	for i, c := range cells {
		if i > 0 {
			r.write(r.delimiter)
		}
		r.write(r.quoted(c))
	}
}

func (r *Rejected) own(cells []string) {
	for _, c := range cells {
		r.write(r.delimiter)
		r.write(r.quoted(c))
	}
	r.write("\n")
}

// quoted is a cell as it has to be written so that it is read back the same.
func (r *Rejected) quoted(c string) string {
	if !strings.ContainsAny(c, "\"\r\n") && !strings.Contains(c, r.delimiter) && strings.TrimSpace(c) == c {
		return c
	}
	return `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
}

func (r *Rejected) write(s string) {
	if r.err == nil {
		_, r.err = r.out.WriteString(s)
	}
}
