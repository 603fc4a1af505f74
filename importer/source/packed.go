package source

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// What comes out of a compressed file is bounded: more than bombRatio times
// what went in is a bomb, once bombSize is passed. Tables of repeated text stay
// far below.
const (
	bombSize  = 64 << 20
	bombRatio = 200
)

var errBomb = errors.New("it unpacks to more than 200 times its size")

const zipMagic = "PK\x03\x04"

// unpacked is src without the compression around it; close is to be called
// when it has been read. head is how src begins.
func unpacked(head []byte, src *hashed) (out io.Reader, close func() error, err error) {
	all := io.MultiReader(bytes.NewReader(head), src)
	switch {
	case bytes.HasPrefix(head, []byte("\x1F\x8B")):
		z, err := gzip.NewReader(all)
		if err != nil {
			return nil, nil, fmt.Errorf("unpacking gzip: %w", err)
		}
		return &bounded{src: z, in: src}, z.Close, nil
	case bytes.HasPrefix(head, []byte("\x28\xB5\x2F\xFD")):
		z, err := zstd.NewReader(all, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20), zstd.WithDecoderMaxMemory(64<<20))
		if err != nil {
			return nil, nil, fmt.Errorf("unpacking zstd: %w", err)
		}
		return &bounded{src: z, in: src}, func() error { z.Close(); return nil }, nil
	case bytes.HasPrefix(head, []byte("BZh")):
		return &bounded{src: bzip2.NewReader(all), in: src}, nil, nil
	}
	return nil, nil, nil
}

// bounded ends with errBomb where too much comes out of too little.
type bounded struct {
	src io.Reader
	in  *hashed
	out int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.src.Read(p)
	b.out += int64(n)
	if b.out > bombSize && b.out > bombRatio*b.in.read {
		return n, errBomb
	}
	return n, err
}

// spooled is src as a file that can be read at any place: the file itself
// where it is one on a disk, else a copy, which close removes. head is how src
// begins, and already read.
func spooled(head []byte, src *hashed) (at io.ReaderAt, size int64, close func() error, err error) {
	if f, ok := src.src.(*os.File); ok {
		if fi, err := f.Stat(); err == nil && fi.Mode().IsRegular() {
			_, err = io.Copy(io.Discard, src)
			return f, fi.Size(), nil, err
		}
	}
	f, err := os.CreateTemp("", "campsync-*")
	if err != nil {
		return nil, 0, nil, err
	}
	close = func() error { return errors.Join(f.Close(), os.Remove(f.Name())) }
	size, err = io.Copy(f, io.MultiReader(bytes.NewReader(head), src))
	if err != nil {
		return nil, 0, nil, errors.Join(err, close())
	}
	return f, size, close, nil
}

// members lists the files of an archive, without what systems put in beside.
func members(z *zip.Reader) (files []*zip.File) {
	for _, f := range z.File {
		base := path.Base(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") || strings.HasPrefix(base, ".") || base == "Thumbs.db" {
			continue
		}
		files = append(files, f)
	}
	return files
}

// isBomb reports whether an archive unpacks to too much, by its own directory;
// archive/zip does not read more of a member than that says.
func isBomb(z *zip.Reader, size int64) bool {
	var out uint64
	for _, f := range z.File {
		out += f.UncompressedSize64
	}
	return out > bombSize && out > bombRatio*uint64(size)
}

// isWorkbook reports whether an archive is an XLSX file.
func isWorkbook(z *zip.Reader) bool {
	for _, f := range z.File {
		if f.Name == "xl/workbook.xml" {
			return true
		}
	}
	return false
}

// member opens the file of an archive that is named, or the only one.
func member(z *zip.Reader, name string) (io.ReadCloser, *Error) {
	files := members(z)
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if name == "" && len(files) == 1 {
		name = files[0].Name
	}
	for _, f := range files {
		if f.Name != name {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return nil, &Error{Code: "format", Message: fmt.Sprintf("unpacking %s: %v", f.Name, err), Hint: "make the archive again", Err: err}
		}
		return in, nil
	}
	return nil, &Error{Code: "format", Message: "the archive holds " + choice(names, "file"), Hint: "name the one to read"}
}

// choice gives `2 files ("a", "b")`.
func choice(names []string, what string) string {
	var quoted []string
	for _, n := range names[:min(len(names), 10)] {
		quoted = append(quoted, fmt.Sprintf("%q", n))
	}
	if len(names) > 10 {
		quoted = append(quoted, "...")
	}
	return fmt.Sprintf("%s (%s)", count(len(names), what), strings.Join(quoted, ", "))
}
