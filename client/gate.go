package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Limits bounds what a [Gate] lets through. The zero Limits finds a good
// concurrency and has no rate of its own.
type Limits struct {
	Rate        float64 // requests per second at most; 0: none of our own. With Auto: the limit as it was found last
	Auto        bool    // find the server's limit out; with a Rate alone that is done where the server allows less
	Concurrency int     // requests under way at once; 0: found out, at most 1024
}

// Stats is what a [Gate] has seen and does.
type Stats struct {
	Requests    int64     // attempts that were let through
	Retried     int64     // reads that were tried again by the client
	RateLimited int64     // answers of 429
	Rate        float64   // requests per second that are let through now; 0: no bound
	Limit       float64   // the server's limit as it was found out; 0: it was not
	Concurrency int       // requests that may be under way at once now
	UnderWay    int       // requests that are
	HeldUntil   time.Time // zero, or past: nobody is held
	Down        bool      // the server gives no proper answer: one probe a second
}

// Gate is what every request passes, and what makes them one well-behaved
// user of the server: see the package comment. It is safe for concurrent use.
type Gate struct {
	mu     sync.Mutex
	pacer  *pacer
	reads  queue // go first: they settle what is in doubt, and can do no harm
	writes queue
	wake   *time.Timer // asks again at wakeAt
	wakeAt time.Time
	stats  Stats
	closed bool
}

// NewGate makes a gate. Negative limits count as 0.
func NewGate(l Limits) *Gate { return &Gate{pacer: newPacer(l)} }

// Stats tells what the gate has seen so far and what it does now.
func (g *Gate) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, now := g.stats, time.Now()
	s.Rate, s.Limit = g.pacer.rate.now(now), g.pacer.rate.found()
	s.Concurrency, s.UnderWay = int(g.pacer.window), g.pacer.underWay
	s.HeldUntil, s.Down = g.pacer.held(now), g.pacer.down
	return s
}

// MaxConcurrency is how many requests it ever lets be under way at once.
func (g *Gate) MaxConcurrency() int { return int(g.pacer.most()) }

// waiter is a request in front of the gate.
type waiter struct {
	ready    chan struct{}
	pass     pass      // where it was let through
	err      error     // or why it was not
	deadline time.Time // of its context; zero: none
	gone     bool      // it does not wait any more
}

var errImpatient = errors.New("the server is down for too long")

// enter waits until a request may leave; then leave must follow. While the
// server is down it waits no longer than until giveUp, unless that is zero, and
// fails with errImpatient.
func (g *Gate) enter(ctx context.Context, read bool, giveUp time.Time) (pass, error) {
	if err := ctx.Err(); err != nil {
		return pass{}, err
	}
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return pass{}, ErrClosed
	}
	now := time.Now()
	if g.reads.empty() && (read || g.writes.empty()) {
		if ok, _ := g.pacer.allow(now); ok {
			of := g.pass(now)
			g.mu.Unlock()
			return of, nil
		}
	}
	w := &waiter{ready: make(chan struct{})}
	w.deadline, _ = ctx.Deadline()
	if read {
		g.reads.push(w)
	} else {
		g.writes.push(w)
	}
	g.dispatch(now)
	g.mu.Unlock()
	return g.await(ctx, w, giveUp)
}

func (g *Gate) await(ctx context.Context, w *waiter, giveUp time.Time) (pass, error) {
	var impatient <-chan time.Time
	if !giveUp.IsZero() {
		t := time.NewTimer(time.Until(giveUp))
		defer t.Stop()
		impatient = t.C
	}
	for {
		select {
		case <-w.ready:
			return w.pass, w.err
		case <-ctx.Done():
			if g.withdraw(w, false) {
				return pass{}, ctx.Err()
			}
		case <-impatient:
			if g.withdraw(w, true) {
				return pass{}, errImpatient
			}
			impatient = nil // held, but not by an outage
		}
	}
}

// withdraw takes a request back that was not let through yet.
func (g *Gate) withdraw(w *waiter, onlyDown bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w.pass.number != 0 || w.err != nil || onlyDown && !g.pacer.down {
		return false
	}
	w.gone = true
	return true
}

// leave tells what came of a request that was let through.
func (g *Gate) leave(of pass, s sighting) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if s.kind == limited {
		g.stats.RateLimited++
	}
	g.pacer.seen(now, of, s)
	g.dispatch(now)
}

func (g *Gate) retry() {
	g.mu.Lock()
	g.stats.Retried++
	g.mu.Unlock()
}

func (g *Gate) pass(now time.Time) pass {
	g.stats.Requests++
	return g.pacer.send(now)
}

// dispatch lets through all that may leave now, and sees to it that it is
// called again when more may.
func (g *Gate) dispatch(now time.Time) {
	g.refuse(now)
	for {
		q := &g.reads
		if q.empty() {
			q = &g.writes
		}
		w := q.front()
		if w == nil {
			return
		}
		ok, at := g.pacer.allow(now)
		if !ok {
			g.wakeUp(now, at)
			return
		}
		q.pop()
		w.pass = g.pass(now)
		close(w.ready)
	}
}

// refuse turns away all that would have to wait for too long.
func (g *Gate) refuse(now time.Time) {
	until := g.pacer.held(now)
	if !until.After(now) {
		return
	}
	for _, q := range []*queue{&g.reads, &g.writes} {
		for _, w := range *q {
			late := !w.deadline.IsZero() && w.deadline.Before(until)
			if w.gone || !late && until.Sub(now) <= MaxWait {
				continue
			}
			w.err = &WaitError{Until: until}
			if late {
				w.err = fmt.Errorf("%w: %w", w.err, context.DeadlineExceeded)
			}
			w.gone = true
			close(w.ready)
		}
	}
}

// wakeUp arranges that dispatch is called at a time; zero: somebody's leaving
// does it.
func (g *Gate) wakeUp(now, at time.Time) {
	switch {
	case at.IsZero() || at.Equal(g.wakeAt) && g.wakeAt.After(now):
	case g.wake == nil:
		g.wake = time.AfterFunc(at.Sub(now), g.woken)
	default:
		g.wake.Reset(at.Sub(now))
	}
	g.wakeAt = at
}

func (g *Gate) woken() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wakeAt = time.Time{}
	g.dispatch(time.Now())
}

// queue holds waiters in the order of their coming. Those that are gone are
// dropped when they get to the front.
type queue []*waiter

func (q *queue) push(w *waiter) { *q = append(*q, w) }

func (q *queue) pop() {
	(*q)[0] = nil
	*q = (*q)[1:]
}

func (q *queue) empty() bool { return q.front() == nil }

func (q *queue) front() *waiter {
	for len(*q) > 0 && (*q)[0].gone {
		q.pop()
	}
	if len(*q) == 0 {
		return nil
	}
	return (*q)[0]
}
