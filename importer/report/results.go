package report

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/gocarina/gocsv"

	"github.com/campsync/campsync/importer"
)

// result is a line of results.csv. The order of the fields is that of the columns.
type result struct {
	Source       string `csv:"source"`
	Line         string `csv:"line"` // empty of a leftover, as is its source
	Key          string `csv:"key"`
	Outcome      string `csv:"outcome"`
	OrderUUID    string `csv:"order_uuid"`
	RecordUUID   string `csv:"record_uuid"`
	Attempts     int    `csv:"attempts"`
	ErrorCode    string `csv:"error_code"`
	ErrorField   string `csv:"error_field"`
	ErrorMessage string `csv:"error_message"`
}

// resultsBatch is how many lines are encoded at a time.
const resultsBatch = 512

// Results writes results.csv: a line per row, then one per leftover.
type Results struct {
	out     *gocsv.SafeCSVWriter
	sources []string
	batch   []result
	begun   bool
}

// NewResults writes to w; sources are the names of the run's sources.
func NewResults(w io.Writer, sources []string) *Results {
	return &Results{out: gocsv.NewSafeCSVWriter(csv.NewWriter(w)), sources: sources, batch: make([]result, 0, resultsBatch)}
}

// Add writes the line of a row.
func (r *Results) Add(row *importer.Row) error {
	source, line := "", ""
	if row.Source != importer.Leftover {
		source, line = r.sources[row.Source], strconv.Itoa(row.Line)
	}
	r.batch = append(r.batch, result{
		Source: defuse(source), Line: line, Key: defuse(row.Key), Outcome: string(row.Outcome),
		OrderUUID: defuse(row.OrderUUID), RecordUUID: defuse(row.RecordUUID), Attempts: row.Attempts,
		ErrorCode: defuse(row.Code), ErrorField: defuse(row.Field), ErrorMessage: defuse(row.Message),
	})
	if len(r.batch) < resultsBatch {
		return nil
	}
	return r.Flush()
}

// Flush writes what was added; without rows it writes the header.
func (r *Results) Flush() error {
	write := gocsv.MarshalCSVWithoutHeaders
	if !r.begun {
		write, r.begun = gocsv.MarshalCSV, true
	}
	if err := write(&r.batch, r.out); err != nil {
		return err
	}
	r.batch = r.batch[:0]
	r.out.Flush()
	return r.out.Error()
}
