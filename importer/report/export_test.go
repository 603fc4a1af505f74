package report

import (
	"encoding/csv"
	"io"

	"github.com/gocarina/gocsv"

	"github.com/campsync/campsync/importer"
)

// WriteResults writes what Results does, with gocsv alone.
func WriteResults(w io.Writer, sources []string, rows []importer.Row) error {
	r := NewResults(w, sources)
	lines := make([]result, 0, len(rows))
	for i := range rows {
		lines = append(lines, r.line(&rows[i]))
	}
	return gocsv.MarshalCSV(lines, gocsv.NewSafeCSVWriter(csv.NewWriter(w)))
}
