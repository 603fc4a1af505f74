package ledger

import (
	"context"
	"sync"

	"github.com/campsync/campsync/importer"
)

// group lets callers that write at the same time share a commit. The first
// caller that finds nobody committing leads: it commits its own change and all
// that gather while it does, so that there is no goroutine to start or stop
// and no wait where there is no crowd.
type group struct {
	apply func(context.Context, []importer.Change) error

	mu      sync.Mutex
	waiting *batch // gathers while another is being committed
	leading bool
}

type batch struct {
	changes []importer.Change
	done    chan struct{}
	err     error
}

func newGroup(apply func(context.Context, []importer.Change) error) *group {
	return &group{apply: apply}
}

// write returns when the change is durable, whoever has committed it. It does
// not return early when ctx ends: whether a change is durable must be known.
func (g *group) write(ctx context.Context, c importer.Change) error {
	g.mu.Lock()
	if g.waiting == nil {
		g.waiting = &batch{done: make(chan struct{})}
	}
	mine := g.waiting
	mine.changes = append(mine.changes, c)
	if g.leading {
		g.mu.Unlock()
		<-mine.done
		return mine.err
	}
	g.leading = true
	for g.waiting != nil {
		b := g.waiting
		g.waiting = nil
		g.mu.Unlock()
		b.err = g.apply(ctx, b.changes)
		close(b.done)
		g.mu.Lock()
	}
	g.leading = false
	g.mu.Unlock()
	return mine.err
}
