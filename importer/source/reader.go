package source

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"
)

// Reader reads the rows of one file. It is not safe for concurrent use.
type Reader struct {
	name    string
	src     io.Closer
	w       *window
	cutter  *cutter // of the current record
	ahead   *cutter // of everything else that is looked at
	plain   string  // the delimiter
	header  []string
	own     bool // the file has the tool's own columns
	width   int  // cells of a row as it stands, own columns included
	dialect Dialect
	line    int // physical line at w.pos
	blank   int64
	err     error // io.EOF, or what ended the file
}

// Open opens a file and reads its header. The caller closes the Reader.
func Open(path string, o Options) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, &Error{Name: path, Code: "open", Message: "cannot be opened: " + err.Error(), Err: err}
	}
	return NewReader(f, path, o)
}

// NewReader reads the header of r, which name stands for in messages. It
// closes r where it fails; else the caller closes the Reader.
func NewReader(r io.ReadCloser, name string, o Options) (*Reader, error) {
	rd := &Reader{name: name, src: r, w: newWindow(r), line: 1}
	if err := rd.begin(o); err != nil {
		r.Close()
		return nil, err
	}
	return rd, nil
}

// Header returns the names of the columns, without the tool's own.
func (r *Reader) Header() []string { return r.header }

// Dialect returns how the file is written.
func (r *Reader) Dialect() Dialect { return r.dialect }

// Blank returns how many lines and rows without anything in them have been
// passed over so far.
func (r *Reader) Blank() int64 { return r.blank }

// Close closes the file.
func (r *Reader) Close() error {
	if r.err == nil {
		r.err = io.EOF
	}
	return r.src.Close()
}

// Rest reads on to the end of the file without looking at its rows, and
// returns the SHA-256 of all its bytes, in hex.
func (r *Reader) Rest() (string, error) {
	r.w.drain()
	if r.w.err != nil {
		return "", r.broke()
	}
	if r.err == nil {
		r.err = io.EOF
	}
	return hex.EncodeToString(r.w.sum.Sum(nil)), nil
}

// Next returns the next row, and io.EOF after the last. A row that cannot be
// read is a Row with a Fault; an error, always an *Error, ends the file.
func (r *Reader) Next() (Row, error) {
	for r.err == nil {
		if row, ok := r.next(); ok {
			return row, nil
		}
	}
	return Row{}, r.err
}

// next reads a record; ok is false where it is blank or there is none.
func (r *Reader) next() (row Row, ok bool) {
	c, plain := r.take()
	if r.err != nil {
		return row, false
	}
	if c.trouble != none {
		return r.broken(c), true
	}
	text := r.w.rest()[:c.end]
	cells := r.cells(text, plain)
	if r.isBlank(cells) {
		r.blank++
		r.consume(c, plain)
		return row, false
	}
	oneLine := plain || lineEnd(text, 0) == len(text)
	if len(cells) != r.width || !r.clean(c.end) || !oneLine && !r.oneReading(c) {
		return r.broken(c), true
	}
	row = Row{Line: r.line, Cells: cells[:len(r.header):len(r.header)]}
	r.consume(c, oneLine)
	return row, true
}

// cells returns the cells of the record that take has found.
func (r *Reader) cells(text []byte, plain bool) []string {
	if plain {
		return split(string(text), r.plain, r.width)
	}
	return r.cutter.strings(r.width)
}

// isBlank reports whether a row holds nothing; what the tool itself has
// added does not count.
func (r *Reader) isBlank(cells []string) bool {
	if r.own && len(cells) == r.width {
		cells = cells[:len(r.header)]
	}
	return isBlank(cells)
}

// clean reports whether the next n bytes are text.
func (r *Reader) clean(n int) bool {
	return r.w.find(&r.w.nul, r.w.pos) >= r.w.pos+n && utf8.Valid(r.w.rest()[:n])
}

// take finds the record at the start of the window, and reads on as far as that
// needs. plain says that it has no quotes
// and has not been cut into cells.
func (r *Reader) take() (c cut, plain bool) {
	w := r.w
	for {
		end := min(w.find(&w.lf, w.pos), w.find(&w.cr, w.pos))
		if w.find(&w.quote, w.pos) < end || end-w.pos > MaxCell {
			return r.takeQuoted(), false
		}
		c = cut{end: end - w.pos, next: afterBreak(w.rest(), end-w.pos)}
		if end < w.end && w.buf[end] == '\n' || end+1 < w.end || w.final() {
			if w.pos == w.end {
				r.err = io.EOF
			}
			return c, true
		}
		if !r.pull() {
			return c, true
		}
	}
}

// takeQuoted is take for a record with quotes, or with a cell that may be too
// long. A record that does not end
// where the window does is cut again from its start with twice as much of it.
func (r *Reader) takeQuoted() cut {
	for {
		c := r.cutter.cut(r.w.rest(), r.w.final(), strictly)
		switch {
		case c.trouble == more && len(r.w.rest()) > MaxRow, c.trouble == none && c.end > MaxRow:
			return cut{trouble: long}
		case c.trouble != more:
			return c
		}
		if !r.pull() {
			return c
		}
	}
}

// pull reads more of the current record; false where that failed, which is r.err.
func (r *Reader) pull() bool {
	if r.w.eof {
		r.err = r.broke()
		return false
	}
	r.w.fill(min(2*len(r.w.rest())+4096, MaxRow+reachBytes))
	return true
}

// broke is the error for a file that could not be read to its end.
func (r *Reader) broke() error {
	return &Error{Name: r.name, Line: r.line, Code: "read", Err: r.w.err,
		Message: fmt.Sprintf("reading stopped after %d bytes: %v", r.w.offset+int64(r.w.end), r.w.err)}
}

// consume passes over a record and its line end. oneLine says that no cell
// has line ends in it.
func (r *Reader) consume(c cut, oneLine bool) {
	if !oneLine {
		r.line += breaks(r.w.rest()[:c.end])
	}
	if c.next > c.end {
		r.line++
	}
	r.w.pos += c.next
}

// split cuts a record without quotes. Of a row with more cells than any header
// may have, the last holds all that is left.
func split(text, delim string, width int) []string {
	cells := make([]string, 0, width)
	for len(cells) < MaxColumns+ownColumns {
		i := strings.IndexByte(text, delim[0])
		if len(delim) > 1 {
			i = strings.Index(text, delim)
		}
		if i < 0 {
			break
		}
		cells = append(cells, text[:i])
		text = text[i+len(delim):]
	}
	return append(cells, text)
}
