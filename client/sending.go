package client

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"sync/atomic"
)

// sending follows one request on its way out, to know afterwards whether the
// server can have got all of it. The transport may still be writing, in a
// goroutine of its own, when it gives up on a request; so it is not enough to
// look whether the last byte has been handed over: it must not be handed over
// after that look either. That is what sealing is for.
type sending struct {
	last   atomic.Int32 // what became of the body's last byte
	conns  atomic.Int32 // connections that the request was given to
	broken atomic.Bool  // writing it to one failed
	size   int          // of the body; 0: none
}

const (
	lastWaiting int32 = iota
	lastHanded        // the transport has it, and may have written it
	lastSealed        // the transport does not have it and never will
)

var errSealed = errors.New("the request was given up")

func (s *sending) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { s.conns.Add(1) },
		WroteRequest: func(w httptrace.WroteRequestInfo) {
			// HTTP/2 also stops writing because the server has seen enough;
			// with a failed write it has not got the end.
			var write *net.OpError
			if errors.As(w.Err, &write) && write.Op == "write" {
				s.broken.Store(true)
			}
		},
	}
}

// applied says what is known about a request that got no answer.
func (s *sending) applied() Applied {
	switch {
	case s.size > 0 && s.last.CompareAndSwap(lastWaiting, lastSealed):
		return NotApplied
	case s.size == 0 && s.conns.Load() == 0:
		return NotApplied
	case s.conns.Load() == 1 && s.broken.Load():
		// With a second connection one could not tell which it was that broke.
		return NotApplied
	}
	return MaybeApplied
}

// body is a reader of the request's body.
func (s *sending) body(text []byte) io.ReadCloser {
	b := &outgoing{sending: s}
	b.text.Reset(text)
	return b
}

type outgoing struct {
	sending *sending
	text    bytes.Reader
}

func (b *outgoing) Read(p []byte) (int, error) {
	n, err := b.text.Read(p)
	if n > 0 && b.text.Len() == 0 && !b.sending.last.CompareAndSwap(lastWaiting, lastHanded) && b.sending.last.Load() == lastSealed {
		return 0, errSealed
	}
	return n, err
}

func (b *outgoing) Close() error { return nil }
