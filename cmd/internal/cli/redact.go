package cli

import (
	"bytes"
	"io"
	"sync"
)

// redacted stands where a token would.
const redacted = "[token]"

// redactor keeps the token out of a stream, whoever writes it there: a server
// may echo what it was sent, and an error may quote it. An end of what was
// written that may be the beginning of the token is held until more comes.
type redactor struct {
	mu     sync.Mutex
	w      io.Writer
	secret []byte // empty: none is known yet
	held   []byte
}

// hide makes secret what is kept out from now on.
func (r *redactor) hide(secret string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secret = []byte(secret)
}

func (r *redactor) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.secret) == 0 {
		return r.w.Write(p)
	}
	text := append(r.held, p...)
	text = bytes.ReplaceAll(text, r.secret, []byte(redacted))
	keep := beginning(text, r.secret)
	r.held = bytes.Clone(text[len(text)-keep:])
	if _, err := r.w.Write(text[:len(text)-keep]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what was held.
func (r *redactor) Flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err := r.w.Write(r.held)
	r.held = nil
	return err
}

// beginning is how much of the end of text is a beginning of secret.
func beginning(text, secret []byte) int {
	for n := min(len(text), len(secret)-1); n > 0; n-- {
		if bytes.HasSuffix(text, secret[:n]) {
			return n
		}
	}
	return 0
}
