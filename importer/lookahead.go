package importer

import (
	"github.com/campsync/campsync/importer/source"
)

// Ahead gives the cells of up to so many rows that come next in a source,
// without taking them from it. Rows that cannot be read are left out.
type Ahead func(rows int) [][]string

// aheadBytes bounds what is kept of rows that were looked at before their turn.
const aheadBytes = 16 << 20

// lookahead lets rows of a source be looked at before their turn; so it can be
// done with stdin too, which cannot be read twice.
type lookahead struct {
	r    *source.Reader
	rows []source.Row // looked at, and not taken yet
	err  error        // what came after them
}

// next takes a row.
func (l *lookahead) next() (source.Row, error) {
	if len(l.rows) > 0 {
		row := l.rows[0]
		l.rows = l.rows[1:]
		return row, nil
	}
	if l.err != nil {
		return source.Row{}, l.err
	}
	return l.r.Next()
}

// peek is the source's Ahead.
func (l *lookahead) peek(rows int) [][]string {
	size := 0
	for len(l.rows) < rows && l.err == nil && size < aheadBytes {
		row, err := l.r.Next()
		if err != nil {
			l.err = err
			break
		}
		l.rows = append(l.rows, row)
		size += len(row.Raw)
		for _, cell := range row.Cells {
			size += len(cell)
		}
	}
	var cells [][]string
	for _, row := range l.rows {
		if row.Fault == nil {
			cells = append(cells, row.Cells)
		}
	}
	return cells
}
