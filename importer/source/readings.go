package source

import "bytes"

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
