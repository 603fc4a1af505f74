package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// Reader reads the rows of one file. It is not safe for concurrent use.
type Reader struct {
	name    string
	raw     *hashed
	closers []func() error
	dialect Dialect
	header  []string
	own     bool // the file has the tool's own columns
	width   int  // cells of a row as it stands, own columns and such without a name included
	line    int  // physical line at w.pos, or of the sheet's row
	blank   int64
	padded  int64
	held    columns
	gap     bool  // the row before was blank
	second  bool  // rows are those of a second table
	err     error // io.EOF, or what ended the file

	headerLine int
	w          *window // of a file of text
	cutter     *cutter // of the current record
	lines      *lines  // the same for records of one line; nil where an escape character may stand anywhere
	ahead      *cutter // of everything else that is looked at
	plain      string  // the delimiter
	unquoted   bool    // it was found out, not said, that cells are never quoted
	lossy      bool    // U+FFFD stands for what could not be decoded
	sheet      *sheet  // of a workbook
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
	rd := &Reader{name: name, raw: newHashed(r), line: 1}
	rd.onClose(r.Close)
	if err := rd.begin(o); err != nil {
		_ = rd.Close() // why it cannot be read says more
		var e *Error
		if errors.As(err, &e) {
			e.Name = name
		}
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

// Padded returns how many of the rows so far had white space between a quote and
// a delimiter, which was passed over: a strict reader takes such a row for
// broken, and there is no other reading of it.
func (r *Reader) Padded() int64 { return r.padded }

// Close closes the file, and removes what had to be kept of it for a while.
func (r *Reader) Close() error {
	if r.err == nil {
		r.err = io.EOF
	}
	var errs []error
	for _, f := range slices.Backward(r.closers) {
		errs = append(errs, f())
	}
	r.closers = nil
	return errors.Join(errs...)
}

// Rest reads on to the end of the file without looking at its rows, and
// returns the SHA-256 of all its bytes as they lie on the disk, in hex.
func (r *Reader) Rest() (string, error) {
	sum, err := r.raw.hex()
	if err != nil {
		return "", r.unreadable(err)
	}
	if r.err == nil {
		r.err = io.EOF
	}
	return sum, nil
}

// Next returns the next row, and io.EOF after the last. A row that cannot be
// read is a Row with a Fault; an error, always an *Error, ends the file.
func (r *Reader) Next() (Row, error) {
	next := r.next
	if r.sheet != nil {
		next = r.nextInSheet
	}
	for r.err == nil {
		if row, ok := next(); ok {
			return row, nil
		}
	}
	return Row{}, r.err
}

// next reads a record; ok is false where it is blank or there is none.
func (r *Reader) next() (row Row, ok bool) {
	rec := r.take()
	if r.err != nil {
		return row, false
	}
	if rec.trouble != none {
		r.gap = false
		return r.broken(rec.cut), true
	}
	gap := r.gap
	if r.gap = r.isBlank(rec.row); r.gap {
		r.blank++
		r.consume(rec)
		return row, false
	}
	if !r.fits(rec.row) || !r.clean(rec.end) || !rec.oneLine && !r.oneReading(rec.cut) {
		return r.broken(rec.cut), true
	}
	if r.isSecond(rec.row, gap, func() [][]string { return r.behind(rec.cut) }) {
		row = r.broken(rec.cut)
		row.trim(len(r.header))
		return row, true
	}
	row = Row{Line: r.line, Cells: rec.row[:len(r.header):len(r.header)]}
	r.held.note(row.Cells)
	if rec.padded {
		r.padded++
	}
	r.consume(rec)
	return row, true
}

// isBlank reports whether a row holds nothing; what the tool itself has
// added does not count.
func (r *Reader) isBlank(cells []string) bool {
	if r.own && len(cells) == r.width {
		cells = cells[:len(r.header)]
	}
	return isBlank(cells)
}

// fits reports whether a row has a cell for each column, and holds nothing in
// those without a name. A row that repeats the header, as where files were put
// together, does not fit.
func (r *Reader) fits(cells []string) bool {
	n := len(r.header)
	if len(cells) != r.width && (r.own || len(cells) < n || len(cells) > r.width) {
		return false
	}
	nameless := cells[n:]
	if r.own {
		nameless = cells[n : len(cells)-ownColumns]
	}
	if !isBlank(nameless) {
		return false
	}
	return !r.isHeader(cells) && (!r.unquoted || !enclosed(cells))
}

// isHeader reports whether cells are the header once more.
func (r *Reader) isHeader(cells []string) bool {
	if n := len(r.header); n < 2 || len(cells) < n || r.dialect.HeaderLine == 0 {
		return false
	}
	for i, name := range r.header {
		if len(cells[i]) < len(name) || strings.TrimSpace(cells[i]) != name {
			return false
		}
	}
	return true
}

// enclosed reports whether there is a quoted cell where none was expected.
func enclosed(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool { return strings.HasPrefix(c, `"`) || strings.HasSuffix(c, `"`) })
}

// clean reports whether the next n bytes are text.
func (r *Reader) clean(n int) bool {
	text := r.w.rest()[:n]
	return r.w.find(&r.w.nul, r.w.pos) >= r.w.pos+n && utf8.Valid(text) &&
		!((r.lossy || r.own) && bytes.Contains(text, []byte("\uFFFD")))
}
