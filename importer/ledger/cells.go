package ledger

import (
	"encoding/binary"
	"errors"
)

// Cells are kept as their bytes, each behind its length: a cell may hold
// anything, also what is no valid UTF-8, and comes out as it went in.

// encodeCells puts the raw text first, then each cell.
func encodeCells(cells []string, raw string) []byte {
	size := len(raw) + binary.MaxVarintLen32
	for _, c := range cells {
		size += len(c) + 3
	}
	b := make([]byte, 0, size)
	b = binary.AppendUvarint(b, uint64(len(raw)))
	b = append(b, raw...)
	for _, c := range cells {
		b = binary.AppendUvarint(b, uint64(len(c)))
		b = append(b, c...)
	}
	return b
}

var errCells = errors.New("its cells are damaged in the ledger")

func decodeCells(b []byte) (cells []string, raw string, err error) {
	if len(b) == 0 {
		return nil, "", nil
	}
	all := string(b) // one allocation, shared by all cells
	next := func() (string, bool) {
		n, w := binary.Uvarint(b)
		if w <= 0 || n > uint64(len(b)-w) {
			return "", false
		}
		start := len(all) - len(b) + w
		b = b[w+int(n):]
		return all[start : start+int(n)], true
	}
	raw, ok := next()
	for ok && len(b) > 0 {
		var c string
		if c, ok = next(); ok {
			cells = append(cells, c)
		}
	}
	if !ok {
		return nil, "", errCells
	}
	return cells, raw, nil
}
