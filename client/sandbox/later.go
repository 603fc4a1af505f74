package sandbox

import (
	"context"
	"sync"
	"time"
)

// later does work after a delay, until it is closed.
type later struct {
	mu    sync.Mutex
	none  sync.Cond
	count int
	ctx   context.Context
	drop  context.CancelFunc
}

func (l *later) open() {
	l.none.L = &l.mu
	l.ctx, l.drop = context.WithCancel(context.Background())
}

func (l *later) after(d time.Duration, work func()) {
	l.mu.Lock()
	l.count++
	l.mu.Unlock()
	go func() {
		defer l.done()
		if sleep(l.ctx, d) {
			work()
		}
	}()
}

func (l *later) done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count--; l.count == 0 {
		l.none.Broadcast()
	}
}

// wait returns when nothing is left to do.
func (l *later) wait() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.count > 0 {
		l.none.Wait()
	}
}

func (l *later) dropped() <-chan struct{} { return l.ctx.Done() }

// close drops what has not begun, and waits for what has.
func (l *later) close() {
	l.drop()
	l.wait()
}
