package source

import (
	"bytes"
	"io"
)

// windowSize is what is read at a time; the window grows beyond it only for a
// record that is larger.
const windowSize = 256 << 10

// window is the part of a file that is in memory: from the start of the
// current record on.
type window struct {
	src      io.Reader
	buf      []byte
	pos, end int   // buf[pos:end] is read and not consumed
	offset   int64 // of buf[0] in the text
	eof      bool  // nothing comes after buf[:end]
	err      error // why reading ended before the end of the file

	lf, cr, quote, nul mark
}

// mark remembers a search: there is no b in buf[from:at]. It makes looking for
// the next line end cost one look at each byte, also where a file has none.
type mark struct {
	b        byte
	from, at int
}

func newWindow(src io.Reader) *window {
	return &window{src: src, buf: make([]byte, windowSize),
		lf: mark{b: '\n'}, cr: mark{b: '\r'}, quote: mark{b: '"'}, nul: mark{b: 0}}
}

// rest is all that has been read and not consumed.
func (w *window) rest() []byte { return w.buf[w.pos:w.end] }

// final reports whether rest reaches to the end of the file. After a read
// error it does not: what came last may be half a row.
func (w *window) final() bool { return w.eof && w.err == nil }

// fill reads until rest has n bytes, or nothing more comes.
func (w *window) fill(n int) {
	if len(w.buf)-w.pos < n {
		w.slide(n)
	}
	for w.end-w.pos < n && !w.eof {
		w.read()
	}
}

// read reads once.
func (w *window) read() {
	n, err := w.src.Read(w.buf[w.end:])
	w.end += n
	if err != nil {
		w.eof = true
		if err != io.EOF {
			w.err = err
		}
	}
}

// slide makes room for n bytes at pos.
func (w *window) slide(n int) {
	to := w.buf
	switch {
	case n > len(to):
		to = make([]byte, max(n, min(2*len(to), MaxRow+reachBytes)))
	case len(to) > windowSize && max(n, w.end-w.pos) <= windowSize/2:
		to = make([]byte, windowSize) // the large record is over
	}
	copy(to, w.buf[w.pos:w.end])
	w.buf = to
	w.offset += int64(w.pos)
	for _, m := range []*mark{&w.lf, &w.cr, &w.quote, &w.nul} {
		m.from, m.at = max(0, m.from-w.pos), max(0, m.at-w.pos)
	}
	w.end -= w.pos
	w.pos = 0
}

// find is the place of the first m.b in buf[i:end], or end.
func (w *window) find(m *mark, i int) int {
	if i > m.at {
		m.from, m.at = i, i
	}
	if i < m.from {
		// Going back after a bad record: what is known about the rest is kept.
		j := bytes.IndexByte(w.buf[i:m.from], m.b)
		m.from = i
		if j >= 0 {
			m.at = i + j
		}
	}
	if m.at < w.end && w.buf[m.at] == m.b {
		return m.at
	}
	if j := bytes.IndexByte(w.buf[m.at:w.end], m.b); j >= 0 {
		m.at += j
	} else {
		m.at = w.end
	}
	return m.at
}

// skipLine consumes everything up to the next line end, without keeping it.
func (w *window) skipLine() {
	for {
		w.pos += lineEnd(w.rest(), 0)
		if w.pos < w.end || w.eof {
			return
		}
		w.fill(1)
	}
}
