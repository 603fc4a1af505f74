package ledger

import (
	"encoding/binary"
	"strings"

	"github.com/campsync/campsync/importer"
)

// A row has columns for what queries ask: its id, source, key and number. All
// else that it says is its body; the checksum covers both. So has a result.

// appendRow writes a row behind b, its columns first; the body begins at from.
func appendRow(b []byte, id int64, row *importer.Row, settings []byte) (_ []byte, from int) {
	var settled int64
	if row.Outcome != "" {
		settled = 1
	}
	b = appendRowColumns(b, id, int64(row.Source), row.Key, row.Phone)
	from = len(b)
	b = binary.AppendVarint(b, int64(row.Line))
	b = binary.AppendVarint(b, settled)
	b = appendText(b, row.Meant)
	b = appendText(b, row.Record)
	b = appendText(b, settings)
	b = appendText(b, strings.Join(row.Blank, " "))
	b = appendText(b, row.Raw)
	for _, cell := range row.Cells {
		b = appendText(b, cell)
	}
	return b, from
}

func appendRowColumns(b []byte, id, source int64, key, phone string) []byte {
	b = binary.AppendVarint(b, id)
	b = binary.AppendVarint(b, source)
	b = appendText(b, key)
	return appendText(b, phone)
}

// body is what appendRow wrote from there on.
type body struct {
	line                           int64
	settled                        bool // it was staged with its result: without one it is damaged, and not one that waits to be sent
	meant, record, settings, blank []byte
	text                           reader // raw text and cells
}

func decodeBody(bytes []byte) (b body, whole bool) {
	r := reader{left: bytes}
	b = body{line: r.number(), settled: r.number() != 0, meant: r.text(), record: r.text(), settings: r.text(), blank: r.text()}
	b.text = r
	return b, !r.damaged
}

// appendResult writes a result behind b, its columns first; the body begins at from.
func appendResult(b []byte, id int64, res *importer.Result) (_ []byte, from int) {
	b = appendResultColumns(b, id, string(res.Outcome), res.Code)
	from = len(b)
	b = binary.AppendVarint(b, int64(res.Attempts))
	for _, text := range [...]string{res.OrderUUID, res.RecordUUID, res.Field, res.Message} {
		b = appendText(b, text)
	}
	return b, from
}

func appendResultColumns(b []byte, id int64, outcome, code string) []byte {
	b = binary.AppendVarint(b, id)
	b = appendText(b, outcome)
	return appendText(b, code)
}

// decodeResult reads into a result what appendResult wrote from there on.
func decodeResult(bytes []byte, res *importer.Result) (whole bool) {
	r := reader{left: bytes}
	res.Attempts = int(r.number())
	texts := r.strings()
	if r.damaged || len(texts) != 4 {
		return false
	}
	res.OrderUUID, res.RecordUUID, res.Field, res.Message = texts[0], texts[1], texts[2], texts[3]
	return true
}
