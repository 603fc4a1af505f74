package cli

import (
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/report"
)

// rowReports are the reports that have a line per row. They are written side
// by side while the rows pass once.
type rowReports struct {
	tally    *report.Tally
	results  *report.Results
	sources  []importer.SourceState // once their header is known
	rejected []*report.Rejected     // by source; nil until then
	outs     []io.Writer
}

// writeRowReports makes the files; pass gives them the rows.
func writeRowReports(d *reportDir, sources []string, pass func(*rowReports) error) (*report.Tally, error) {
	names := append([]string{"results.csv"}, rejectedNames(sources)...)
	r := &rowReports{tally: report.NewTally(), sources: make([]importer.SourceState, len(sources)), rejected: make([]*report.Rejected, len(sources))}
	err := writeTogether(d, names, nil, func(outs []io.Writer) error {
		r.results, r.outs = report.NewResults(outs[0], sources), outs[1:]
		if err := pass(r); err != nil {
			return err
		}
		return r.flush()
	})
	return r.tally, err
}

// writeTogether opens one file inside the other, so that all are whole or none is.
func writeTogether(d *reportDir, names []string, open []io.Writer, fill func([]io.Writer) error) error {
	if len(names) == 0 {
		return fill(open)
	}
	return d.Write(names[0], func(w io.Writer) error {
		return writeTogether(d, names[1:], append(open, w), fill)
	})
}

// begin writes the header of a source's rejected rows, once.
func (r *rowReports) begin(i int, s importer.SourceState) {
	if r.rejected[i] == nil {
		r.sources[i], r.rejected[i] = s, report.NewRejected(r.outs[i], s)
	}
}

func (r *rowReports) add(row *importer.Row) error {
	if row.Source != importer.Leftover {
		r.sources[row.Source].NameCell(row)
	}
	r.tally.Add(row)
	if err := r.results.Add(row); err != nil {
		return err
	}
	if row.Source == importer.Leftover || r.rejected[row.Source] == nil {
		return nil
	}
	return r.rejected[row.Source].Add(row)
}

func (r *rowReports) flush() error {
	for _, rejected := range r.rejected {
		if rejected == nil {
			continue
		}
		if err := rejected.Flush(); err != nil {
			return err
		}
	}
	return r.results.Flush()
}

// addAll adds rows of sources that are known.
func (r *rowReports) addAll(sources []importer.SourceState, rows iter.Seq2[importer.Row, error]) error {
	for i, s := range sources {
		r.begin(i, s)
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := r.add(&row); err != nil {
			return err
		}
	}
	return nil
}

// rejectedNames are the names of the files that take the sources' rejected rows.
func rejectedNames(sources []string) []string {
	if len(sources) == 1 {
		return []string{"rejected.csv"}
	}
	taken := make(map[string]int)
	names := make([]string, 0, len(sources))
	for _, source := range sources {
		base := filepath.Base(source)
		base = strings.TrimSuffix(base, filepath.Ext(base))
		name := "rejected-" + strings.Map(plainRune, base)
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s-%d", name, taken[name])
		}
		names = append(names, name+".csv")
	}
	return names
}

// plainRune keeps what is harmless in the name of a file on every system.
func plainRune(r rune) rune {
	if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", r) {
		return r
	}
	return '_'
}

// style draws a report on stdout.
func (a *app) style() report.Style {
	return report.Style{Strong: a.out.Bold, Quiet: a.out.Dim, Bad: a.out.Red, Good: a.out.Green, Changed: a.out.Yellow, Escape: term.Escape}
}

// show prints the result of a run.
func (a *app) show(s *report.Summary) error {
	if a.global.json {
		return s.JSON(a.out)
	}
	return s.Text(a.out, a.style())
}
