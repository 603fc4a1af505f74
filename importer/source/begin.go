package source

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// sampleSize is how much of a file is looked at to find out what it is.
const sampleSize = 64 << 10

// begin finds out what the file is, layer by layer, and reads its header.
func (r *Reader) begin(o Options) error {
	delim, bad := delimiterOf(o.Delimiter)
	if bad != nil {
		return bad
	}
	quotes, bad := quotingOf(o.Quote, o.Escape)
	if bad != nil {
		return bad
	}
	head, err := sampleOf(r.raw)
	if err != nil {
		return r.unreadable(err)
	}
	body, err := r.unpack(head, o)
	switch {
	case err != nil:
		return err
	case r.sheet != nil:
		return r.beginSheet(o)
	case body == nil:
		return r.beginText(head, r.raw, r.raw.src, delim, quotes, o)
	}
	if head, err = sampleOf(body); err != nil {
		return r.unreadable(err)
	}
	return r.beginText(head, body, nil, delim, quotes, o)
}

// unpack opens what is packed: a workbook as r.sheet, all else as text. It
// returns nil for what is not packed.
func (r *Reader) unpack(head []byte, o Options) (io.Reader, error) {
	if bytes.HasPrefix(head, []byte(zipMagic)) {
		return r.openArchive(head, o.Sheet)
	}
	body, done, err := unpacked(head, r.raw)
	if err != nil {
		return nil, &Error{Code: "format", Message: err.Error(), Hint: "pack the file again", Err: err}
	}
	r.onClose(done)
	return body, nil
}

// beginText begins a file of text, of which head is read and body is to come;
// file is the file on the disk where that is the text itself.
func (r *Reader) beginText(head []byte, body, file io.Reader, delim string, quotes quoting, o Options) error {
	whole := len(head) < sampleSize
	if bad := magicOf(head); bad != nil {
		return bad
	}
	var set charset
	var bad *Error
	if o.Encoding != "" {
		set, bad = namedCharset(o.Encoding, head)
	} else {
		set, bad = detectCharset(head, fartherOn(file, head), whole)
	}
	if bad != nil {
		return bad
	}
	r.dialect.Encoding, r.dialect.BOM, r.lossy = set.name, set.bom > 0, set.enc != nil
	r.w = newWindow(set.decoded(io.MultiReader(bytes.NewReader(head[set.bom:]), body)))
	r.w.fill(sampleSize)
	if r.w.err != nil {
		return r.unreadable(r.w.err)
	}
	sample := r.w.rest()[:min(len(r.w.rest()), sampleSize)]
	whole = r.w.final() && len(sample) == len(r.w.rest())
	r.dialect.CR = bytes.IndexByte(sample, '\r') >= 0 && bytes.IndexByte(sample, '\n') < 0
	if bad := foreign(sample); bad != nil {
		return bad
	}
	if o.Encoding == "" && ownDelimiter(sample) == "" {
		if bad := encodedTwice(sample); bad != nil {
			return bad
		}
	}
	if sep, n := sepLine(sample); n > 0 {
		if delim == "" {
			delim = sep
		}
		sample = sample[n:]
		r.w.pos += n
		r.line++
	}
	if bad := quotes.clash(delim); bad != nil {
		return bad
	}
	rd, confidence := findFormat(sample, whole, delim, quotes)
	r.setFormat(rd.format)
	r.unquoted = rd.quote == 0 && !quotes.said()
	r.w.quote.b, r.dialect.Padded = rd.quote, rd.pads
	r.dialect.Confidence = min(confidence, set.confidence)
	return r.readHeader(o, &rd)
}

// setFormat is how all records are cut from here on.
func (r *Reader) setFormat(f format) {
	r.cutter, r.ahead, r.plain = newCutter(f), newCutter(f), string(f.delim)
	if f.escape == 0 {
		r.lines = &lines{delim: r.plain, quote: f.quote}
	}
	r.dialect.Delimiter = string(f.delim)
	if f.quote != 0 {
		r.dialect.Quote = string(f.quote)
	}
	if f.escape != 0 {
		r.dialect.Escape = string(f.escape)
	}
}

// beginSheet begins a workbook.
func (r *Reader) beginSheet(o Options) error {
	r.setFormat(format{delim: []byte(","), quote: '"'})
	r.dialect.Encoding, r.dialect.Confidence = "XLSX", 1
	rd := reading{format: r.cutter.format}
	if err := r.sheet.sample(&rd); err != nil {
		return &Error{Code: "format", Message: err.Error(), Hint: "save the workbook again", Err: err}
	}
	return r.readHeader(o, &rd)
}

// openArchive opens a workbook, which becomes r.sheet, or the member of a zip
// archive.
func (r *Reader) openArchive(head []byte, name string) (io.Reader, error) {
	at, size, done, err := spooled(head, r.raw)
	if err != nil {
		return nil, r.unreadable(err)
	}
	r.onClose(done)
	z, err := zip.NewReader(at, size)
	if err != nil {
		return nil, &Error{Code: "format", Message: fmt.Sprintf("unpacking zip: %v", err), Hint: "pack the file again", Err: err}
	}
	if isBomb(z, size) {
		return nil, &Error{Code: "format", Message: errBomb.Error(), Hint: "unpack it first, if it is what it should be", Err: errBomb}
	}
	if isWorkbook(z) {
		s, bad := openSheet(io.NewSectionReader(at, 0, size), name)
		if bad != nil {
			return nil, bad
		}
		r.sheet = s
		r.onClose(s.close)
		return nil, nil
	}
	in, bad := member(z, name)
	if bad != nil {
		return nil, bad
	}
	r.onClose(in.Close)
	return in, nil
}

func (r *Reader) onClose(f func() error) {
	if f != nil {
		r.closers = append(r.closers, f)
	}
}

// sampleOf reads the start of src.
func sampleOf(src io.Reader) ([]byte, error) {
	head := make([]byte, sampleSize)
	n, err := io.ReadFull(src, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return head[:n], err
}

// fartherOn is text from further on in a file whose start is all ASCII: that
// around the first byte that is not. It is nil where there is none, and for
// what is no file on a disk.
func fartherOn(src io.Reader, head []byte) []byte {
	const block, most = 1 << 20, 256 << 20
	at, ok := src.(io.ReaderAt)
	if !ok || len(head) < sampleSize || beyondASCII(head) >= 0 {
		return nil
	}
	b := make([]byte, block)
	for from := int64(len(head)); from < most; from += block {
		n, err := at.ReadAt(b, from)
		if i := beyondASCII(b[:n]); i >= 0 {
			n, _ = at.ReadAt(b[:sampleSize], from+int64(max(0, i-64)))
			return b[:n]
		}
		if err != nil {
			return nil
		}
	}
	return nil
}

// beyondASCII is the place of the first byte that is not ASCII, or -1. It looks
// at eight bytes at a time: a file may be all ASCII.
func beyondASCII(b []byte) int {
	i := 0
	for len(b)-i >= 8 && binary.LittleEndian.Uint64(b[i:])&0x8080808080808080 == 0 {
		i += 8
	}
	for ; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf {
			return i
		}
	}
	return -1
}

// unreadable is the error for a file that could not be read to its end.
func (r *Reader) unreadable(cause error) error {
	e := &Error{Name: r.name, Line: r.line, Code: "read", Err: cause,
		Message: fmt.Sprintf("reading stopped after %d bytes: %v", r.raw.read, cause)}
	if errors.Is(cause, errBomb) {
		e.Hint = "unpack it first, if it is what it should be"
	}
	return e
}
