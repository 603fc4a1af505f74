package ledger

import "encoding/binary"

// What no query asks for is kept as one value: numbers and texts one behind the
// other, each text behind its length. A text may hold anything, also what is no
// valid UTF-8, and comes out as it went in.

func appendText[T ~string | ~[]byte](b []byte, text T) []byte {
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

// reader takes such a value apart. The texts share its memory.
type reader struct {
	left    []byte
	damaged bool // it ended too early, or had no number where one must be
}

func (r *reader) number() int64 {
	n, w := binary.Varint(r.left)
	if w <= 0 {
		r.fail()
		return 0
	}
	r.left = r.left[w:]
	return n
}

func (r *reader) text() []byte {
	n, w := binary.Uvarint(r.left)
	if w <= 0 || n > uint64(len(r.left)-w) {
		r.fail()
		return nil
	}
	text := r.left[w : w+int(n)]
	r.left = r.left[w+int(n):]
	return text
}

func (r *reader) fail() { r.left, r.damaged = nil, true }

// strings gives all texts that are left, with one allocation.
func (r *reader) strings() (texts []string) {
	all, size := string(r.left), len(r.left)
	for len(r.left) > 0 {
		n := len(r.text())
		end := size - len(r.left)
		texts = append(texts, all[end-n:end])
	}
	return texts
}
