package source

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// hashed is a file as it lies on the disk, whatever it is packed or encoded
// in: it hashes all that is read.
type hashed struct {
	src  io.Reader
	sum  hash.Hash
	read int64
	eof  bool
	err  error // why reading ended before the end of the file
}

func newHashed(src io.Reader) *hashed { return &hashed{src: src, sum: sha256.New()} }

func (h *hashed) Read(p []byte) (int, error) {
	if h.eof {
		return 0, io.EOF
	}
	if h.err != nil {
		return 0, h.err
	}
	n, err := h.src.Read(p)
	h.sum.Write(p[:n])
	h.read += int64(n)
	switch err {
	case nil:
	case io.EOF:
		h.eof = true
	default:
		h.err = err
	}
	return n, err
}

// hex reads to the end, and returns the hash of all.
func (h *hashed) hex() (string, error) {
	if _, err := io.Copy(io.Discard, h); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.sum.Sum(nil)), nil
}
