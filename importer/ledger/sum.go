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

// sumOfBoth is the checksum of columns and of the body behind them.
func sumOfBoth(columns, body []byte) int64 {
	return int64(crc32.Update(crc32.Checksum(columns, castagnoli), castagnoli, body))
}

// sumOfOperation covers an operation.
func sumOfOperation(row int64, o *importer.Operation, changes []byte) int64 {
	texts := []string{string(o.Kind), o.Order, o.Record}
	if len(changes) > 0 {
		texts = append(texts, string(changes))
	}
	return sumOf([]int64{row, int64(o.Step), int64(o.State), int64(o.Attempts), o.HalfOf}, texts...)
}
