package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// How far beyond a bad record is looked to find where it ends. The bounds keep
// the time that a file takes in proportion to its size, even where every row
// of it is bad.
const (
	reachBytes = 64 << 10
	reachLines = 20
)

// broken makes a row of the record at the start of the window, which cannot be
// read, and passes over just so much of the file as belongs to it.
func (r *Reader) broken(c cut) Row {
	row := Row{Line: r.line}
	end := r.extent(c)
	raw := r.w.rest()[:min(end, MaxRow)]
	if r.own {
		if i := r.ahead.ownCells(raw); i >= 0 {
			raw = raw[:i]
		}
	}
	row.Raw = string(raw)
	row.Fault, row.Cells = r.diagnose(raw, end > MaxRow)
	if r.cutter.quote != '"' || r.cutter.escape != 0 {
		row.Raw = r.standard(row)
	}
	row.Fault.Line += r.line
	r.line += breaks(r.w.rest()[:min(end, MaxRow)])
	if end > MaxRow {
		r.w.pos += MaxRow
		r.w.skipLine()
		end = 0
	}
	r.w.fill(end + 2)
	next := afterBreak(r.w.rest(), end)
	if next > end {
		r.line++
	}
	r.w.pos += next
	return row
}

// standard is the text of a bad row in a file that quotes in a way of its own,
// as it can stand in a file that does not: its cells, or else the whole of it
// as one cell, which is too few.
func (r *Reader) standard(row Row) string {
	if row.Cells == nil {
		return joined([]string{row.Raw}, r.plain)
	}
	return joined(row.Cells, r.plain)
}

// extent is where the text of the bad record ends; more than MaxRow where its
// line is longer than that.
func (r *Reader) extent(c cut) int {
	limit := c.end
	if c.trouble != none {
		if limit = r.endOfLine(c.at); limit > MaxRow {
			return limit
		}
	}
	b, final := r.lookahead(limit)
	if c.trouble == stray || c.trouble == after || c.trouble == unclosed {
		limit = max(limit, r.literalEnd(b, final))
	}
	if r.own {
		if end, _ := r.ownEnd(b[:limit]); end >= 0 {
			return end
		}
		if end := r.ownCrossing(b, c); end >= 0 {
			return end
		}
	}
	first := lineEnd(b, 0)
	if c.trouble == none && c.cells == r.width {
		return max(limit, r.crossed(b, c, final))
	}
	for end := first; end < limit; {
		next := afterBreak(b, end)
		if _, ok := r.isGood(b[next:], final, r.width); ok {
			return first
		}
		end = lineEnd(b, next)
	}
	return limit
}

// lookahead is the next n bytes and as much as may be looked at beyond them;
// final says that nothing comes after them.
func (r *Reader) lookahead(n int) (b []byte, final bool) {
	r.w.fill(n + reachBytes)
	b = r.w.rest()
	if len(b) > n+reachBytes {
		return b[:n+reachBytes], false
	}
	return b, r.w.final()
}

// literalEnd is where the record ends if its bad quotes are characters like
// others and it has the right width then; -1 where there is no such reading.
func (r *Reader) literalEnd(b []byte, final bool) int {
	few := b[:min(linesEnd(b, reachLines), reachBytes)]
	final = final && len(few) == len(b)
	width, end := r.width, -1
	if r.own {
		var own int
		if end, own = r.ownEnd(few); end < 0 {
			return -1
		}
		few, final, width = few[:own], true, len(r.header)
	}
	l := r.ahead.cut(few, final, width)
	if l.trouble != none || l.cells != width || r.own && l.end < len(few) {
		return -1
	}
	// The last line of a cell has the closing quote, and so is no row by
	// itself: one that is may be short, but it is another.
	last := few[lastLine(few[:l.end]):l.end]
	if len(last) < l.end && r.ahead.cut(last, true, strictly).trouble == none {
		return -1
	}
	if !r.own {
		end = l.end
	}
	return end
}

// lastLine is where the last line of b begins.
func lastLine(b []byte) int {
	return 1 + max(bytes.LastIndexByte(b, '\n'), bytes.LastIndexByte(b, '\r'))
}

// ownCrossing is the end of a row that was rejected because of a crossing, by
// the tool's own cells behind it; -1 where the record is none such.
func (r *Reader) ownCrossing(b []byte, c cut) int {
	if c.trouble != none || c.cells != len(r.header) {
		return -1
	}
	end, own := r.ownEnd(b[:min(linesEnd(b, reachLines+1), reachBytes+ownReach)])
	if own <= c.end || r.crossing(b[:own], c.end, true, len(r.header)) != own {
		return -1
	}
	return end
}

// endOfLine is the end of the line that holds the byte at i.
func (r *Reader) endOfLine(i int) int {
	for {
		b := r.w.rest()
		end := lineEnd(b, i)
		if end < len(b) || end > MaxRow || r.w.eof {
			return end
		}
		r.w.fill(min(2*len(b)+4096, MaxRow+reachBytes))
		i = end
	}
}

// linesEnd is the end of the n-th line of b, or its length.
func linesEnd(b []byte, n int) int {
	end := lineEnd(b, 0)
	for ; n > 1 && end < len(b); n-- {
		end = lineEnd(b, afterBreak(b, end))
	}
	return end
}

// ownEnd is the end of the first line in b that ends with the tool's own
// cells, which are the last of their row, and where those begin; -1 where no
// line does.
func (r *Reader) ownEnd(b []byte) (end, own int) {
	for begin := 0; begin < len(b); {
		end = lineEnd(b, begin)
		if own = r.ahead.ownCells(b[begin:end]); own >= 0 {
			return end, begin + own
		}
		begin = afterBreak(b, end)
	}
	return -1, -1
}

// isGood reports whether b begins with a row of the given width, and where
// that ends.
func (r *Reader) isGood(b []byte, final bool, width int) (end int, ok bool) {
	few := b[:min(len(b), reachBytes)]
	c := r.ahead.cut(few, final && len(few) == len(b), strictly)
	return c.end, c.trouble == none && c.cells == width && !isBlank(r.ahead.strings(width))
}

// crossing is where a row ends that begins within the first record of b, which
// looks well and ends at end, and reaches beyond it; -1 where there is none.
func (r *Reader) crossing(b []byte, end int, final bool, width int) int {
	for at := lineEnd(b, 0); at < end; {
		next := afterBreak(b, at)
		if e, ok := r.isGood(b[next:], final, width); ok && next+e > end {
			return next + e
		}
		at = lineEnd(b, next)
	}
	return -1
}

// crossed is crossing for a record that is followed by one that is bad: only
// there it matters. It does not look far.
func (r *Reader) crossed(b []byte, c cut, final bool) int {
	for at := c.next; ; {
		n := r.ahead.cut(b[at:], final, strictly)
		blank := n.trouble == none && isBlank(r.ahead.strings(r.width))
		if n.trouble == more || blank && n.next == 0 || n.trouble == none && n.cells == r.width && !blank {
			return -1
		}
		if !blank {
			break
		}
		at += n.next
	}
	few := b[:min(linesEnd(b, reachLines), reachBytes)]
	return r.crossing(few, c.end, final && len(few) == len(b), r.width)
}

// oneReading reports whether a record of the right width with line ends in it
// can only be meant as one. It cannot where every one of its lines has the
// header's width by itself: a quote that is never closed and another that is
// never opened look just like a cell of several lines.
func (r *Reader) oneReading(c cut) bool {
	b, final := r.lookahead(c.end)
	text := b[:c.end]
	if r.own {
		if end, _ := r.ownEnd(text); end >= 0 && end < len(text) {
			return false
		}
		if i := r.ahead.ownCells(text); i >= 0 {
			text = text[:i]
		}
	}
	return !r.isTable(text) && r.crossed(b, c, final) < 0
}

// isTable reports whether text has three lines or more, each of them, quotes
// taken literally, of the header's width.
func (r *Reader) isTable(text []byte) bool {
	lines := 0
	for begin := 0; begin <= len(text); lines++ {
		end := lineEnd(text, begin)
		if bytes.Count(text[begin:end], r.cutter.delim) != len(r.header)-1 {
			return false
		}
		if begin = afterBreak(text, end); end == len(text) {
			begin++
		}
	}
	return lines >= 3 && len(r.header) >= 3
}

// diagnose says what is wrong with a row, from its text alone: so that the
// same text has the same fault wherever it stands. Line is counted from the
// row's first, which is 0.
func (r *Reader) diagnose(raw []byte, endless bool) (*Fault, []string) {
	if endless {
		return &Fault{Code: CodeTooLong, Message: "the row is longer than 8 MiB",
			Hint: "look for line ends that are missing"}, nil
	}
	c := r.ahead.cut(raw, true, strictly)
	f := &Fault{Line: breaks(raw[:c.at]), Column: c.cells + 1}
	switch c.trouble {
	case stray:
		f.Code, f.Message = CodeQuote, "a quote stands inside a cell that does not begin with one"
		f.Hint = "put the cell in quotes and double those inside it"
	case after:
		f.Code, f.Message = CodeQuote, "text follows a closing quote"
		f.Hint = "double the quotes that stand inside the cell"
	case unclosed:
		f.Code, f.Message = CodeUnclosed, "a quote opens here and is never closed"
		f.Hint = "close it, or double it where it belongs to the text"
	case long:
		f.Code, f.Message = CodeTooLong, "the cell is longer than 1 MiB"
		f.Hint = "shorten it"
	default:
		if c.end < len(raw) {
			twoReadings(f, raw)
			return f, nil
		}
		cells := r.ahead.strings(len(r.header))
		f.Line = 0
		r.judge(f, raw, cells, c.cells)
		if len(cells) < c.cells || f.Code == CodeQuote && r.cutter.quote == 0 {
			cells = nil
		}
		return f, cells
	}
	return f, nil
}

// judge says what is wrong with a row that could be cut into n cells.
func (r *Reader) judge(f *Fault, raw []byte, cells []string, n int) {
	bad := func(is func(string) bool) bool {
		for i, cell := range cells {
			if is(cell) {
				f.Column = i + 1
				return true
			}
		}
		return false
	}
	want := len(r.header)
	f.Column = 0
	switch {
	case bad(func(s string) bool { return strings.IndexByte(s, 0) >= 0 }):
		f.Code, f.Message, f.Hint = CodeNUL, "holds a NUL character", "take it out, or export the file again"
	case bad(func(s string) bool { return !utf8.ValidString(s) }):
		f.Code, f.Message = CodeEncoding, badByte(cells[f.Column-1])
		f.Hint = "save the file as UTF-8"
	case bad(func(s string) bool { return (r.lossy || r.own) && strings.Contains(s, "\uFFFD") }):
		f.Code, f.Message = CodeEncoding, "a character could not be read, U+FFFD stands in its place"
		f.Hint = "put it right, or name the encoding of the file"
	case r.isHeader(cells):
		f.Code, f.Message, f.Hint = CodeHeader, "this is the header once more", "take the line out"
	case r.cutter.quote == 0 && enclosed(cells):
		f.Code, f.Message, f.Hint = CodeQuote, "a cell is in quotes, in a file whose quotes are characters like others", "take them off"
	case n == want && r.isTable(raw):
		twoReadings(f, raw)
	default:
		f.Code, f.Message = CodeRagged, fmt.Sprintf("has %s, the header has %d", count(n, "cell"), want)
		if f.Hint = "put a cell that holds the delimiter in quotes"; n < want {
			f.Hint = "add the cells that are missing"
		}
	}
}

// twoReadings says that nothing tells which of several readings is meant.
func twoReadings(f *Fault, raw []byte) {
	*f = Fault{Code: CodeQuote, Message: fmt.Sprintf("the quotes in these %d lines can be read in two ways", breaks(raw)+1),
		Hint: "close each quote in its line, or take the line ends out of the cells"}
}

// badByte names the first byte of s that is no UTF-8.
func badByte(s string) string {
	i := 0
	for i < len(s) {
		c, n := utf8.DecodeRuneInString(s[i:])
		if c == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return fmt.Sprintf("byte 0x%02X is no UTF-8 (byte %d of the cell)", s[i], i+1)
}

// count gives "1 cell", "2 cells".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
