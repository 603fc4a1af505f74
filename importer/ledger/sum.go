package ledger

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	"github.com/campsync/campsync/importer"
)

// SQLite notices damage to its structures, not to the values in them. A digit
// of a number, or the state of an operation, that a bad disk has changed would
// have somebody called who must not be, or twice. So all that is sent, and all
// that says whether it was sent, carries a checksum.

var errDamaged = errors.New("it is damaged: its checksum is wrong")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sumOf is the checksum of some numbers and texts.
func sumOf(numbers []int64, texts ...string) int64 {
	size := 0
	for _, t := range texts {
		size += len(t) + binary.MaxVarintLen32
	}
	b := make([]byte, 0, size+binary.MaxVarintLen64*len(numbers))
	for _, n := range numbers {
		b = binary.AppendVarint(b, n)
	}
	for _, t := range texts {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	return int64(crc32.Checksum(b, castagnoli))
}

// sumOfRow covers what is read of a row to be sent.
func sumOfRow(id int64, row *importer.Row, settings []byte) int64 {
	return sumOf([]int64{id, int64(row.Source), int64(row.Line)}, row.Key, row.Phone, row.Meant, string(row.Record), string(settings))
}

// sumOfOperation covers an operation.
func sumOfOperation(row int64, o *importer.Operation) int64 {
	return sumOf([]int64{row, int64(o.Step), int64(o.State), int64(o.Attempts), o.HalfOf}, string(o.Kind), o.Order, o.Record)
}
