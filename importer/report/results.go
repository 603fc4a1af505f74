package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/gocarina/gocsv"

	"github.com/campsync/campsync/importer"
)

// result is a line of results.csv. The order of the fields is that of the columns.
type result struct {
	Source       string `csv:"source"`
	Line         *int   `csv:"line"` // nil of a leftover, which has no source either
	Key          string `csv:"key"`
	Outcome      string `csv:"outcome"`
	OrderUUID    string `csv:"order_uuid"`
	RecordUUID   string `csv:"record_uuid"`
	Attempts     int    `csv:"attempts"`
	ErrorCode    string `csv:"error_code"`
	ErrorField   string `csv:"error_field"`
	ErrorMessage string `csv:"error_message"`
}

// resultsBuffer is about how much text is written at a time.
const resultsBuffer = 32 << 10

// Results writes results.csv: a line per row, then one per leftover.
type Results struct {
	out     io.Writer
	sources []string // defused
	begun   bool
	text    []byte // not written yet
}

// NewResults writes to w; sources are the names of the run's sources.
func NewResults(w io.Writer, sources []string) *Results {
	r := &Results{out: w}
	for _, name := range sources {
		r.sources = append(r.sources, defuse(name))
	}
	return r
}

// Add writes the line of a row.
func (r *Results) Add(row *importer.Row) error {
	line := r.line(row)
	r.text = line.append(r.text)
	if len(r.text) < resultsBuffer {
		return nil
	}
	return r.Flush()
}

func (r *Results) line(row *importer.Row) result {
	l := result{
		Key: defuse(row.Key), Outcome: string(row.Outcome),
		OrderUUID: defuse(row.OrderUUID), RecordUUID: defuse(row.RecordUUID), Attempts: row.Attempts,
		ErrorCode: defuse(row.Code), ErrorField: defuse(row.Field), ErrorMessage: defuse(row.Message),
	}
	if row.Source != importer.Leftover {
		l.Source, l.Line = r.sources[row.Source], &row.Line
	}
	return l
}

// Flush writes what was added; without rows it writes the header.
func (r *Results) Flush() error {
	if !r.begun {
		r.begun = true
		if err := gocsv.MarshalCSV([]result{}, gocsv.NewSafeCSVWriter(csv.NewWriter(r.out))); err != nil {
			return err
		}
	}
	_, err := r.out.Write(r.text)
	r.text = r.text[:0]
	return err
}

// append appends the line as gocsv writes it, which takes eight times as long:
// there are as many lines as rows in the files.
func (l *result) append(dst []byte) []byte {
	dst = append(appendCell(dst, l.Source), ',')
	if l.Line != nil {
		dst = strconv.AppendInt(dst, int64(*l.Line), 10)
	}
	dst = append(dst, ',')
	for _, cell := range [...]string{l.Key, l.Outcome, l.OrderUUID, l.RecordUUID} {
		dst = append(appendCell(dst, cell), ',')
	}
	dst = strconv.AppendInt(dst, int64(l.Attempts), 10)
	for _, cell := range [...]string{l.ErrorCode, l.ErrorField, l.ErrorMessage} {
		dst = appendCell(append(dst, ','), cell)
	}
	return append(dst, '\n')
}

// appendCell appends a cell as encoding/csv writes it.
func appendCell(dst []byte, cell string) []byte {
	if isPlain(cell) {
		return append(dst, cell...)
	}
	dst = append(dst, '"')
	for i := range len(cell) {
		if cell[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, cell[i])
	}
	return append(dst, '"')
}

// isPlain reports whether encoding/csv writes a cell without quotes.
func isPlain(cell string) bool {
	for i := range len(cell) {
		switch cell[i] {
		case ',', '"', '\r', '\n':
			return false
		}
	}
	if cell == "" {
		return true
	}
	first, _ := utf8.DecodeRuneInString(cell)
	return !unicode.IsSpace(first) && cell != `\.`
}
