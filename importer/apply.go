package importer

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/campsync/campsync/importer/reconcile"
)

const (
	// readyTasks are taken from a group before a worker asks for them, so that
	// no worker waits for being handed one.
	readyTasks = 64
	// gatherAnswers is how long answers are gathered for a commit. One that a
	// crash loses is looked up.
	gatherAnswers = 20 * time.Millisecond
	// mostChanges is how many rows' answers go into one commit at most.
	mostChanges = 1024
	// asideLimit is how many rows can stand aside at a time, waiting to be
	// found at the server.
	asideLimit = 2048
	// defaultWorkers and defaultBatch hold where a Runner does not say.
	defaultWorkers = 32
	defaultBatch   = 100
)

// task is one request that changes something: for one row, or an association
// for several.
type task []*work

// applier sends what was planned.
//
//	plan -> intend -> workers -> record
//	                     |
//	                   aside: lost answers, second halves
//
// Planning, writing intents down and sending go on at the same time, and so
// do writing answers down and sending: nobody waits for a disk but the row
// whose intent has to be durable.
type applier struct {
	*Runner
	hard    context.Context // done: drop everything
	soft    context.Context // done: begin nothing new
	stop    func(error)     // ends soft for a reason
	changes chan Change
	aside   errgroup.Group
	failed  atomic.Int64
	most    int64 // failed rows that are too many; -1 none
	batch   atomic.Int64
	claims  *claims
	noticed sync.Map

	activating bool
	renewal    renewal
	late       *semaphore.Weighted // places for rows that are read again after they were late
}

// apply gives every row its outcome. It returns when all that was under way
// is written down.
func (r *Runner) apply(hard, soft context.Context, state State) error {
	total := state.Rows - state.Rejected + state.Leftovers
	if r.forecast != nil {
		total = r.forecast.Fresh + r.forecast.Touched
	}
	r.Observer.Stage("sending", total)
	return r.applying(hard, soft, state, func(a *applier) {
		if err := a.expect(); err != nil {
			a.stop(err)
			return
		}
		a.run(a.plan)
	})
}

// applying does something with an applier, and sees it to its end.
func (r *Runner) applying(hard, soft context.Context, state State, do func(*applier)) error {
	soft, cancel := context.WithCancelCause(soft)
	defer cancel(nil)
	var refused refusal
	stop := func(why error) {
		refused.note(why)
		cancel(why)
		if r.Halt != nil {
			r.Halt()
		}
	}
	a := &applier{Runner: r, hard: hard, soft: soft, stop: stop, changes: make(chan Change, mostChanges), most: -1, claims: newClaims()}
	if most, ok := r.MaxErrors.Of(state.Rows); ok {
		a.most = most
		a.failed.Store(state.Rejected)
	}
	a.aside.SetLimit(asideLimit)
	a.batch.Store(int64(orDefault(r.Batch, defaultBatch)))
	a.renewal.turn, a.late = make(chan struct{}, 1), semaphore.NewWeighted(lateAtATime)
	a.renewal.pages.Store(int64(state.Before/pageSize + 1))

	recorded := make(chan struct{})
	go func() {
		defer close(recorded)
		a.record()
	}()
	do(a)
	a.aside.Wait() //nolint:errcheck // rows standing aside report through stop
	close(a.changes)
	<-recorded
	if err := context.Cause(soft); err != nil {
		return refused.beside(err)
	}
	return r.finish(soft)
}

// finish says that every row has its outcome.
func (r *Runner) finish(ctx context.Context) error {
	state, err := r.Ledger.Progress(ctx)
	if err != nil {
		return err
	}
	open, err := r.Ledger.Open(ctx, 0, 1)
	if err != nil || len(open) > 0 {
		return err // ambiguous rows are left: the run can be resumed
	}
	state.Phase, state.Abandoned = Done, r.Abandon
	return r.Ledger.Advance(ctx, state)
}

// run sends what plan gives. Whatever ends it early is in the cause of soft.
func (a *applier) run(plan func(chan<- task) error) {
	planned := make(chan task, mostIntents)
	intended := make(chan []task)
	ready := make(chan task, readyTasks)
	var stages sync.WaitGroup
	stage := func(f func() error) {
		stages.Go(func() {
			if err := f(); err != nil {
				a.stop(err)
			}
		})
	}
	stage(func() error {
		defer close(planned)
		return plan(planned)
	})
	stage(func() error {
		defer close(intended)
		return a.intend(planned, intended)
	})
	stage(func() error {
		defer close(ready)
		for batch := range intended {
			for _, t := range batch {
				ready <- t
			}
		}
		return nil
	})
	a.crew(ready, stage)
	stages.Wait()
}

// plan goes on with rows that an earlier try has begun, then decides on the
// others.
func (a *applier) plan(planned chan<- task) error {
	if err := a.reopen(); err != nil || a.Abandon {
		return err
	}
	p, err := a.newPlanner(a.soft)
	if err != nil {
		return err
	}
	var batch task // known records gather to be associated together
	pass := func(t task) error {
		select {
		case planned <- t:
			return nil
		case <-a.soft.Done():
			return context.Cause(a.soft)
		}
	}
	err = p.plan(a.soft, func(d decision, res *Result) error {
		if res != nil {
			a.settled(RowResult{Seq: d.row.Seq, Result: *res, Applied: d.agreed(res.Outcome)})
			return nil
		}
		w := newWork(d, a.Policy.FinalStatus())
		w.agreed = d.agreed(w.final.Outcome)
		if w.waitsForActivation() {
			a.postpone(w)
			return nil
		}
		if w.operations[0].Kind != reconcile.Associate {
			return pass(task{w})
		}
		if batch = append(batch, w); len(batch) < int(a.batch.Load()) {
			return nil
		}
		full := batch
		batch = nil
		return pass(full)
	})
	if err == nil && len(batch) > 0 {
		err = pass(batch)
	}
	if a.soft.Err() != nil {
		return context.Cause(a.soft)
	}
	return err
}

// record writes answers down, in groups. After a failure it only takes them:
// the ledger still has the intents.
func (a *applier) record() {
	broken := false
	var group Change // its memory serves the next one
	for change := range a.changes {
		group.clear()
		group.add(change)
		full := time.NewTimer(gatherAnswers)
		for more := true; more && len(group.Operations)+len(group.Results) < mostChanges; {
			select {
			case c, ok := <-a.changes:
				group.add(c)
				more = ok
			case <-full.C:
				more = false
			}
		}
		full.Stop()
		if broken {
			continue
		}
		if err := a.write(group); err != nil {
			broken = true
			a.stop(err)
		}
	}
}

// write writes a change down, and lets the ledger tell from then on whose its
// orders are.
func (a *applier) write(change Change) error {
	err := a.Ledger.Write(a.hard, change)
	if err == nil {
		a.claims.written(change.Operations)
	}
	return err
}

// settled gives a row its outcome without an operation.
func (a *applier) settled(res RowResult) {
	a.conclude(Change{Results: []RowResult{res}})
}

// conclude hands a row's last change to the recorder, and counts.
func (a *applier) conclude(c Change) {
	var failed int64
	for _, res := range c.Results {
		if res.Outcome.Unwanted() {
			failed++
		}
	}
	if len(c.Operations) > 0 && (a.activating || !c.Operations[0].Kind.Makes()) {
		a.renewal.left.Add(-1) // as expect has counted it
	}
	a.changes <- c
	a.Observer.Advance(int64(len(c.Results)), failed)
	if failed > 0 {
		if n := a.failed.Add(failed); a.most >= 0 && n > a.most {
			a.stop(fmt.Errorf("%w: %d and --max-errors is %d", ErrTooManyErrors, n, a.most))
		}
	}
}

// notice tells the user something once, whatever the number of rows.
func (a *applier) notice(code, text string) {
	if _, known := a.noticed.LoadOrStore(code, true); !known {
		a.Observer.Notice(text)
	}
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}
