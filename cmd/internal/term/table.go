package term

import (
	"bufio"
	"errors"
	"strings"

	"github.com/mattn/go-runewidth"
)

const (
	gap       = "  " // between columns
	tableRows = 1000 // are held to find the widths of columns; later rows can only widen them
	minShrunk = 8
)

// Table writes rows with aligned columns under a header. Cells are escaped.
type Table struct {
	out    *bufio.Writer
	bold   func(string) string
	limit  int // columns of the terminal; 0: no limit
	shrink int
	header []string
	rows   [][]string
	widths []int
}

// NewTable begins a table. Where it is wider than the terminal the column
// shrink is cut; off a terminal nothing is ever cut.
func NewTable(s Stream, shrink int, header ...string) *Table {
	t := &Table{out: bufio.NewWriter(s), bold: s.Bold, limit: s.Width(), shrink: shrink, header: header}
	t.widths = make([]int, len(header))
	t.widen(header)
	return t
}

// Row adds a row, which has as many cells as the header.
func (t *Table) Row(cells ...string) error {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = Escape(cell)
	}
	t.rows = append(t.rows, row)
	t.widen(row)
	if len(t.rows) < tableRows {
		return nil
	}
	return t.flush()
}

// Close writes what is left. A table without rows is its header.
func (t *Table) Close() error { return errors.Join(t.flush(), t.out.Flush()) }

func (t *Table) widen(row []string) {
	for i, cell := range row {
		t.widths[i] = max(t.widths[i], runewidth.StringWidth(cell))
	}
}

func (t *Table) flush() error {
	widths := t.fitting()
	if t.header != nil {
		if _, err := t.out.WriteString(t.bold(line(t.header, widths)) + "\n"); err != nil {
			return err
		}
		t.header = nil
	}
	for _, row := range t.rows {
		if _, err := t.out.WriteString(line(row, widths) + "\n"); err != nil {
			return err
		}
	}
	t.rows = t.rows[:0]
	return nil
}

// fitting are the widths with which a row fits the terminal.
func (t *Table) fitting() []int {
	widths := append([]int(nil), t.widths...)
	total := len(gap) * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	if t.limit > 0 && total > t.limit {
		widths[t.shrink] = min(widths[t.shrink], max(minShrunk, widths[t.shrink]-(total-t.limit)))
	}
	return widths
}

func line(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString(gap)
		}
		if runewidth.StringWidth(cell) > widths[i] {
			cell = runewidth.Truncate(cell, widths[i], "…")
		}
		b.WriteString(runewidth.FillRight(cell, widths[i]))
	}
	return strings.TrimRight(b.String(), " ")
}

// StringWidth is how many columns a text takes.
func StringWidth(text string) int { return runewidth.StringWidth(text) }
