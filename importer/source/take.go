package source

import "io"

// record is the record at the start of the window.
type record struct {
	cut
	row     []string // its cells, where there is no trouble
	oneLine bool     // no cell has a line end in it
	padded  bool     // white space stands between a quote and a delimiter
}

// take finds the record at the start of the window, and reads on as far as that
// needs.
func (r *Reader) take() record {
	w := r.w
	for {
		if w.pos == w.end && w.final() {
			r.err = io.EOF
			return record{}
		}
		end := min(w.find(&w.lf, w.pos), w.find(&w.cr, w.pos))
		if r.lines == nil || end-w.pos > MaxCell {
			return r.takeAny()
		}
		quoted := r.cutter.quote != 0 && w.find(&w.quote, w.pos) < end
		if end < w.end && w.buf[end] == '\n' || end+1 < w.end || w.final() {
			row, ok := r.lines.cut(w.buf[w.pos:end], quoted)
			if !ok {
				return r.takeAny()
			}
			c := cut{end: end - w.pos, next: afterBreak(w.rest(), end-w.pos), cells: len(row)}
			return record{cut: c, row: row, oneLine: true}
		}
		if quoted {
			return r.takeAny()
		}
		if !r.pull() {
			return record{}
		}
	}
}

// takeAny is take for a record of any form. One that does not end within the
// window is cut again from its start with twice as much of it.
func (r *Reader) takeAny() record {
	for {
		c := r.cutter.cut(r.w.rest(), r.w.final(), strictly)
		switch {
		case c.trouble == more && len(r.w.rest()) > MaxRow, c.trouble == none && c.end > MaxRow:
			return record{cut: cut{trouble: long}}
		case c.trouble == none:
			text := r.w.rest()[:c.end]
			return record{cut: c, row: r.cutter.strings(r.width), oneLine: lineEnd(text, 0) == len(text), padded: r.cutter.padded}
		case c.trouble != more, !r.pull():
			return record{cut: c}
		}
	}
}

// pull reads more of the current record; false where that failed, which is r.err.
func (r *Reader) pull() bool {
	if r.w.eof {
		r.err = r.unreadable(r.w.err)
		return false
	}
	r.w.fill(min(2*len(r.w.rest())+4096, MaxRow+reachBytes))
	return true
}

// consume passes over a record and its line end.
func (r *Reader) consume(rec record) {
	if !rec.oneLine {
		r.line += breaks(r.w.rest()[:rec.end])
	}
	if rec.next > rec.end {
		r.line++
	}
	r.w.pos += rec.next
}
