package report_test

import (
	"io"
	"testing"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/report"
)

// BenchmarkResults writes lines of results.csv, 512 at a time, and holds that
// against gocsv.
func BenchmarkResults(b *testing.B) {
	rows := make([]importer.Row, 512)
	for i := range rows {
		rows[i] = importer.Row{Line: i + 2, Key: "+447400000001", Result: result(reconcile.Valid, "", "", "")}
	}
	b.Run("ours", func(b *testing.B) {
		r := report.NewResults(io.Discard, []string{"leads.csv"})
		for b.Loop() {
			for i := range rows {
				_ = r.Add(&rows[i])
			}
		}
	})
	b.Run("gocsv", func(b *testing.B) {
		for b.Loop() {
			_ = report.WriteResults(io.Discard, []string{"leads.csv"}, rows)
		}
	})
}
