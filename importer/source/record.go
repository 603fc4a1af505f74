package source

import "bytes"

// format is how records are written.
type format struct {
	delim  []byte // between cells; one byte in nearly all files
	quote  byte   // around cells; 0 none
	escape byte   // before a character that is meant as itself; 0: a quote in a quoted cell is doubled
}

// trouble is what keeps bytes from being a record.
type trouble int

const (
	none     trouble = iota
	more             // they end before the record does
	stray            // a quote in a cell that does not begin with one
	after            // text after the closing quote
	unclosed         // a quote that opens and is not closed
	long             // a cell beyond MaxCell, or a record beyond MaxRow
)

// cut is a record as it lies in a slice of bytes. With trouble only at and
// cells mean something.
type cut struct {
	end     int // its text is b[:end]
	next    int // the record after it begins at b[next:]
	cells   int // how many; in trouble: those before the bad one
	trouble trouble
	at      int // where it began: at the opening quote, at a stray one, at the start of a cell that is too long
}

// cutter cuts bytes into records and cells. The cells of the last record are
// kept as text and ends until the next is cut; those beyond the limit of
// columns are counted only.
type cutter struct {
	format
	special [256]bool // bytes at which a cell without quotes may end
	text    []byte
	ends    []int
	padded  bool // white space stood between a quote and a delimiter
}

func newCutter(f format) *cutter {
	c := &cutter{format: f}
	for _, b := range []byte{'\n', '\r', f.delim[0], f.quote, f.escape} {
		c.special[b] = true
	}
	return c
}

// strictly is the width to cut with where a quote that stands where none may
// is trouble.
const strictly = 0

// cut reads the record at the start of b. final says that nothing comes after
// b; where it is false, a record that ends with b is trouble: more. With a
// literal width, a quote that can neither open nor close a cell, if there are
// to be so many, is a character like others.
func (c *cutter) cut(b []byte, final bool, literal int) cut {
	c.text, c.ends, c.padded = c.text[:0], c.ends[:0], false
	var r cut
	for i := 0; ; {
		begin := len(c.text)
		r.at = i
		i = c.skipPadding(b, i)
		if i < len(b) && b[i] == c.quote && c.quote != 0 {
			i, r.trouble = c.quoted(b, i, final, literal-r.cells)
		} else if i, r.trouble = c.plain(b, r.at, final, literal != strictly); r.trouble == stray {
			r.at = i
		}
		if r.trouble == none && len(c.text)-begin > MaxCell {
			r.trouble = long
		}
		if r.trouble != none {
			return r
		}
		if r.cells++; r.cells <= MaxColumns+ownColumns {
			c.ends = append(c.ends, len(c.text))
		} else {
			c.text = c.text[:begin]
		}
		switch {
		case i == len(b):
			r.end, r.next = i, i
			return r
		case isBreak(b, i):
			if b[i] == '\r' && i+1 == len(b) && !final {
				r.trouble = more
			}
			r.end, r.next = i, afterBreak(b, i)
			return r
		}
		i += len(c.delim)
	}
}

// plain takes the cell that begins at b[i] without a quote, and returns where
// it ends.
func (c *cutter) plain(b []byte, i int, final, literal bool) (int, trouble) {
	for j := i; ; j++ {
		rest, k := b[j:], 0
		for k < len(rest) && !c.special[rest[k]] {
			k++
		}
		j += k
		switch {
		case k < len(rest) && rest[k] == c.delim[0] && len(c.delim) == 1: // as most cells end
			c.text = append(c.text, b[i:j]...)
			return j, none
		case j < len(b) && b[j] == c.escape && c.escape != 0:
			if j+1 == len(b) && !final {
				return j, more
			}
			if c.isEscape(b, j) {
				c.text = append(c.text, b[i:j]...)
				i = j + 1
				j++
			}
		case j < len(b) && b[j] == c.quote && c.quote != 0:
			if !literal {
				return j, stray
			}
		case j == len(b) && !final, !final && c.halfDelim(b[j:]):
			return j, more
		case c.endsAt(b, j):
			c.text = append(c.text, b[i:j]...)
			return j, none
		}
	}
}

// quoted takes the cell whose opening quote is b[open], and returns where it
// ends, behind the closing quote. Where quotes are taken literally, left is how
// many cells are to come, this one included; else it is less than 1.
func (c *cutter) quoted(b []byte, open int, final bool, left int) (int, trouble) {
	begin := len(c.text)
	for i := open + 1; ; {
		j := c.inQuotes(b[i:])
		switch {
		case j < 0 && (final || len(c.text)-begin+len(b)-i > MaxCell):
			return len(b), unclosed
		case j < 0:
			return len(b), more
		}
		c.text = append(c.text, b[i:i+j]...)
		i += j + 1
		closing := c.padding(b, i)
		switch {
		case !final && (closing == len(b) || c.halfDelim(b[closing:])):
			return i, more
		case b[i-1] == c.escape && c.escape != 0:
			if c.isEscape(b, i-1) {
				c.text = append(c.text, b[i])
				i++
			} else {
				c.text = append(c.text, c.escape)
			}
			continue
		case i < len(b) && b[i] == c.quote && c.escape == 0:
			i++
		case left < 1 && !c.endsAt(b, closing):
			return i, after
		case left < 1, left == 1 && isBreak(b, closing), left > 1 && bytes.HasPrefix(b[closing:], c.delim):
			c.padded = c.padded || closing > i
			return closing, none
		}
		c.text = append(c.text, c.quote)
	}
}

// inQuotes is the place of the first byte that means something in a quoted
// cell, or -1.
func (c *cutter) inQuotes(b []byte) int {
	j := bytes.IndexByte(b, c.quote)
	if c.escape == 0 {
		return j
	}
	if j < 0 {
		return bytes.IndexByte(b, c.escape)
	}
	if e := bytes.IndexByte(b[:j], c.escape); e >= 0 {
		return e
	}
	return j
}

// isEscape reports whether the escape character b[i] takes the meaning from
// the next; else it is one like others, as in "C:\temp".
func (c *cutter) isEscape(b []byte, i int) bool {
	return i+1 < len(b) && (b[i+1] == c.escape || b[i+1] == c.quote || c.endsAt(b, i+1))
}

// padding is where white space that may stand after b[i] ends.
func (c *cutter) padding(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') && b[i] != c.delim[0] {
		i++
	}
	return i
}

// skipPadding is where a cell begins: behind white space where a quote follows.
// Without that, the quote would be one that may not stand there: no row that
// can be read otherwise is changed.
func (c *cutter) skipPadding(b []byte, i int) int {
	if i == len(b) || b[i] != ' ' && b[i] != '\t' || c.quote == 0 {
		return i
	}
	if j := c.padding(b, i); j < len(b) && b[j] == c.quote {
		c.padded = c.padded || j > i
		return j
	}
	return i
}

// endsAt reports whether a cell ends before b[i].
func (c *cutter) endsAt(b []byte, i int) bool {
	return isBreak(b, i) || b[i] == c.delim[0] && (len(c.delim) == 1 || bytes.HasPrefix(b[i:], c.delim))
}

// isBreak reports whether a line ends before b[i].
func isBreak(b []byte, i int) bool { return i == len(b) || b[i] == '\n' || b[i] == '\r' }

// halfDelim reports whether b breaks off within a delimiter.
func (c *cutter) halfDelim(b []byte) bool {
	return len(b) > 0 && len(b) < len(c.delim) && bytes.HasPrefix(c.delim, b)
}

// strings returns the cells of the last record. They share one string, which
// makes two allocations a row.
func (c *cutter) strings(width int) []string {
	cells := make([]string, 0, max(width, len(c.ends)))
	text, from := string(c.text), 0
	for _, to := range c.ends {
		cells = append(cells, text[from:to])
		from = to
	}
	return cells
}

// afterBreak is where the line after the line end at b[i] begins. A line ends
// with LF, CRLF or CR.
func afterBreak(b []byte, i int) int {
	if i == len(b) {
		return i
	}
	if b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n' {
		return i + 2
	}
	return i + 1
}

// lineEnd is the place of the first line end in b[i:], or the length of b. It
// looks in small steps, so that in a file that has only one of CR and LF the
// search for the other does not run on.
func lineEnd(b []byte, i int) int {
	for ; i < len(b); i += 512 {
		step := b[i:min(i+512, len(b))]
		lf, cr := bytes.IndexByte(step, '\n'), bytes.IndexByte(step, '\r')
		if lf >= 0 && (cr < 0 || lf < cr) {
			return i + lf
		}
		if cr >= 0 {
			return i + cr
		}
	}
	return len(b)
}

// breaks counts the line ends in b.
func breaks(b []byte) int {
	n := bytes.Count(b, []byte{'\n'})
	if bytes.IndexByte(b, '\r') < 0 {
		return n
	}
	for i, c := range b {
		if c == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
			n++
		}
	}
	return n
}
