package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/campsync/campsync/importer/source"
)

// opened is a file that is inspected. Unlike other commands, which could put
// cells under the wrong names, inspect also reads one whose header is damaged.
type opened struct {
	*source.Reader
	name       string
	size       func() (int64, error)
	ends       *lineEnds
	headerLine int           // 0: there is none
	damaged    *fileProblem  // of the header; nil where it is well
	header     []string      // as it stands, where it is damaged and can be cut into cells
	ahead      *source.Row   // was read to find the header
	stream     io.ReadCloser // where it is no file on a disk
}

// names are those of the columns.
func (f *opened) names() []string {
	if f.header != nil {
		return f.header
	}
	return f.Header()
}

// Next is the next row below the header.
func (f *opened) Next() (source.Row, error) {
	if f.ahead != nil {
		row := *f.ahead
		f.ahead = nil
		return row, nil
	}
	return f.Reader.Next()
}

// open opens a file, stdin or a pipe, and finds its header, damaged or not.
func (o *inspectOptions) open(a *app, path string) (*opened, error) {
	f := &opened{name: path}
	begin := func(format source.Options) (*source.Reader, error) {
		file, err := os.Open(path)
		if err != nil {
			return source.Open(path, format) // it has the words for it
		}
		f.ends = &lineEnds{src: file}
		return source.NewReader(watchedFile{file, f.ends}, path, format)
	}
	f.size = func() (int64, error) {
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}
	if path == stdinName {
		f.name, f.stream = "stdin", io.NopCloser(a.stdin)
	} else if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		if f.stream, err = os.Open(path); err != nil {
			return nil, usageError("", err)
		}
	}
	if f.stream != nil {
		in := &replayed{src: f.stream}
		defer in.forget()
		begin = func(format source.Options) (*source.Reader, error) {
			f.ends = &lineEnds{src: in.again()}
			return source.NewReader(io.NopCloser(f.ends), f.name, format)
		}
		f.size = func() (int64, error) { return in.n, nil }
	}
	err := f.begin(begin, o.format)
	if err != nil && f.stream != nil {
		_ = f.stream.Close() // nothing more is wanted of it
	}
	return f, err
}

// begin reads the header.
func (f *opened) begin(begin func(source.Options) (*source.Reader, error), format source.Options) (err error) {
	if f.Reader, err = begin(format); err == nil {
		f.headerLine = f.Dialect().HeaderLine
		return nil
	}
	var bad *source.Error
	if !errors.As(err, &bad) || bad.Code != "header" || format.NoHeader {
		return usageError("", err)
	}
	format.NoHeader = true
	if f.Reader, _ = begin(format); f.Reader == nil {
		return usageError("", err)
	}
	f.damaged = &fileProblem{Line: bad.Line, Code: bad.Code, Message: bad.Message, Hint: bad.Hint}
	if err := f.toHeader(bad.Line); err != nil {
		_ = f.Reader.Close() // nothing more is wanted of it
		return usageError("", err)
	}
	return nil
}

// close closes the file. What was only read has nothing to lose.
func (f *opened) close() {
	_ = f.Reader.Close()
	if f.stream != nil {
		_ = f.stream.Close()
	}
}

// toHeader goes to the row that is the damaged header, in a file that is read
// as if it had none.
func (f *opened) toHeader(line int) error {
	for {
		row, err := f.Reader.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case row.Line < line: // a title
		case row.Line > line:
			f.ahead = &row
			return nil
		case row.Fault != nil: // it cannot be cut into cells
			return nil
		default:
			f.headerLine, f.header = row.Line, row.Cells
			for i, name := range f.header {
				f.header[i] = strings.TrimSpace(name)
			}
			return nil
		}
	}
}

// maxReplayed is how much of stdin is kept to be read a second time.
const maxReplayed = 64 << 20

// replayed is a stream whose beginning can be read again.
type replayed struct {
	src     io.Reader
	n       int64 // bytes of src that were read
	seen    []byte
	forgets bool
}

// again reads the stream from its beginning on.
func (r *replayed) again() io.Reader {
	return io.MultiReader(bytes.NewReader(r.seen), readerFunc(r.read))
}

// forget says that the beginning will not be read again.
func (r *replayed) forget() { r.forgets, r.seen = true, nil }

func (r *replayed) read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	r.n += int64(n)
	if !r.forgets {
		if len(r.seen)+n > maxReplayed {
			return n, errors.Join(err, errors.New("the beginning is too long to find a header in it"))
		}
		r.seen = append(r.seen, p[:n]...)
	}
	return n, err
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
