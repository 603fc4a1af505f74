package profile

import (
	"strings"

	"github.com/campsync/campsync/mapping"
)

// numberReading says which decimal marks read a value as a number.
type numberReading uint8

const (
	byPoint numberReading = 1 << iota
	byComma
	differs // by which one it is makes a difference
	hasPoint
	hasComma
)

// readNumber leaves identifiers alone: what begins with a zero is counted by
// nobody.
func (c *class) readNumber(text string, m marked) {
	if m.letters > 3 || m.at > 0 || text[0] == '0' && m.digits > 1 && m.digits == len(text) {
		return
	}
	if m.digits == len(text) {
		c.number = byPoint | byComma
		c.fits.set(isNumber, true)
		return
	}
	point, ok := mapping.ReadNumber(text, '.')
	if ok {
		c.number |= byPoint
	}
	comma, ok := mapping.ReadNumber(text, ',')
	if ok {
		c.number |= byComma
	}
	if c.number == 0 {
		return
	}
	c.fits.set(isNumber, true)
	if c.number == byPoint|byComma && point != comma {
		c.number |= differs
		c.numbers = [2]string{point, comma}
	}
	if strings.Contains(text, ".") {
		c.number |= hasPoint
	}
	if strings.Contains(text, ",") {
		c.number |= hasComma
	}
}

// numberTally counts the numbers of a column.
type numberTally struct {
	all              int64
	byPoint, byComma int64
	points, commas   int64 // that have the mark
	differ           int64
	marked           firsts
	differing        firsts
	ofDiffering      [2]string // the readings of the first of them
}

func (t *numberTally) add(c *class, line int, text string) {
	if c.number == 0 {
		return
	}
	t.all++
	for _, n := range []struct {
		is    numberReading
		count *int64
	}{{byPoint, &t.byPoint}, {byComma, &t.byComma}, {hasPoint, &t.points}, {hasComma, &t.commas}, {differs, &t.differ}} {
		if c.number&n.is != 0 {
			*n.count++
		}
	}
	if c.number&(hasPoint|hasComma) != 0 {
		t.marked.add(line, text)
	}
	if c.number&differs != 0 && t.differing.add(line, text) {
		t.ofDiffering = c.numbers
	}
}

// numbers is what the tally comes to.
func (t *numberTally) numbers() *Numbers {
	n := &Numbers{Readings: []string{}, Example: t.marked.first()}
	switch {
	case t.points+t.commas == 0:
	case t.byPoint == t.all && t.byComma == t.all && t.differ > 0:
		n.Ambiguous, n.Example = true, t.differing.first()
		n.Readings = append(n.Readings, t.ofDiffering[:]...)
	case t.byPoint == t.all:
		n.Decimal = "."
	case t.byComma == t.all:
		n.Decimal = ","
	default:
		n.Mixed = true
	}
	return n
}

// whole reports whether no number has a fraction.
func (t *numberTally) whole(n *Numbers) bool {
	switch {
	case n.Ambiguous, n.Mixed:
		return false
	case n.Decimal == ".":
		return t.points == 0
	case n.Decimal == ",":
		return t.commas == 0
	}
	return true
}
