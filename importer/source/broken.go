package source

import "bytes"

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
