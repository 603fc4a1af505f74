package source

import (
	"slices"
	"strings"
	"unicode"
)

// noteRows is how many rows are looked at for what the columns hold.
const noteRows = 200

// columns is what the columns of the table held in its first rows.
type columns struct {
	rows  int
	kinds []kind // the one kind of figures that all cells had; blank: there was none yet; unknown: no such
	known []int  // cells of that kind
}

// note takes a row into account.
func (c *columns) note(cells []string) {
	if c.rows++; c.rows > noteRows {
		return
	}
	if c.kinds == nil {
		c.kinds, c.known = slices.Repeat([]kind{blank}, len(cells)), make([]int, len(cells))
	}
	for i, k := range c.kinds {
		if k == unknown {
			continue
		}
		switch got := kindOf(cells[i]); {
		case got == blank:
		case !got.isFigure(), k != blank && k != got:
			c.kinds[i] = unknown
		default:
			c.kinds[i] = got
			c.known[i]++
		}
	}
}

// figures is the kind of figures that a column held, in two rows or more;
// unknown where it held anything else.
func (c *columns) figures(i int) kind {
	if i >= len(c.kinds) || c.known[i] < 2 {
		return unknown
	}
	return c.kinds[i]
}

// isFigure reports whether such cells hardly stand in a header.
func (k kind) isFigure() bool { return k == number || k == phone || k == email }

// startsSecond reports whether a row below a blank line is the header of a
// second table: all its cells are words, also where only figures stood so far,
// and there are figures below it. A row with "unknown" for a phone number is
// like that too; so two of the words have to be names of the header, or else a
// column has to hold figures of another kind from here on. behind gives the rows
// that follow.
func (r *Reader) startsSecond(cells []string, behind func() [][]string) bool {
	cells = cells[:len(r.header)]
	if len(cells) < 2 || r.dialect.HeaderLine == 0 || !areNames(cells) {
		return false
	}
	again, above := 0, false
	for i, cell := range cells {
		above = above || r.held.figures(i) != unknown
		if slices.ContainsFunc(r.header, func(name string) bool { return strings.EqualFold(name, strings.TrimSpace(cell)) }) {
			again++
		}
	}
	if !above {
		return false
	}
	var below columns
	for _, row := range behind() {
		below.note(row[:len(cells)])
	}
	figures, others := false, false
	for i, k := range below.kinds {
		held := r.held.figures(i)
		figures = figures || k.isFigure()
		others = others || k.isFigure() && held != unknown && held != k
	}
	return figures && (again >= 2 || others)
}

// areNames reports whether every cell is a word of its own, without digits.
func areNames(cells []string) bool {
	seen := make(map[string]bool)
	for _, cell := range cells {
		cell = strings.ToLower(strings.TrimSpace(cell))
		if kindOf(cell) != word || seen[cell] || strings.ContainsFunc(cell, unicode.IsDigit) {
			return false
		}
		seen[cell] = true
	}
	return true
}

// secondRows is how many rows below a second header are looked at.
const secondRows = 5

// behind returns the next rows after the record c, as long as they can be read
// and are of the header's width.
func (r *Reader) behind(c cut) (rows [][]string) {
	b, final := r.lookahead(c.end)
	for at := c.next; at < len(b) && len(rows) < secondRows; {
		n := r.ahead.cut(b[at:], final, strictly)
		if n.trouble != none {
			break
		}
		at += n.next
		switch cells := r.ahead.strings(r.width); {
		case isBlank(cells):
		case len(cells) < len(r.header):
			return rows
		default:
			rows = append(rows, cells)
		}
	}
	return rows
}

// behindInSheet is behind for a workbook, where the cells at the end of a row
// may be missing.
func (r *Reader) behindInSheet() (rows [][]string) {
	for _, cells := range r.sheet.peek(secondRows) {
		if !isBlank(cells) {
			rows = append(rows, append(slices.Clone(cells), make([]string, r.width)...))
		}
	}
	return rows
}

// isSecond reports whether a row that fits belongs to another table than the
// file's first. In a file of rejected rows its code says so: the blank line is
// no longer there.
func (r *Reader) isSecond(cells []string, gap bool, behind func() [][]string) bool {
	switch {
	case r.own:
		r.second = len(cells) == r.width && strings.TrimSpace(cells[r.width-ownColumns+1]) == CodeSecond
	case !r.second && gap:
		r.second = r.startsSecond(cells, behind)
	}
	return r.second
}

// trim takes cells without a name off a row of a second table: they are blank.
func (row *Row) trim(width int) {
	if row.Fault.Code == CodeSecond {
		row.Cells = row.Cells[:width:width]
	}
}
