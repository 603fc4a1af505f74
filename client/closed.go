package client

import "errors"

// ErrClosed is the cause of requests that a closed gate has not let through.
// They were not applied.
var ErrClosed = errors.New("no new requests are made")

// Close lets no request through any more: those that wait fail with
// [ErrClosed], like all that come later. What is under way goes on.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for _, q := range []*queue{&g.reads, &g.writes} {
		for w := q.front(); w != nil; w = q.front() {
			q.pop()
			w.err = ErrClosed
			w.gone = true
			close(w.ready)
		}
	}
}
