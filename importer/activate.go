package importer

import (
	"context"
	"slices"

	"github.com/campsync/campsync/importer/reconcile"
)

// Staged activation: every order was made as registered, so that nobody is
// called. Once the books are verified, the orders that are still registered are
// switched to the status and the time asked for, in the order of their times.
// A run that is cut off calls no one; going on with it switches what is left.

// activate switches the orders of the run.
func (r *Runner) activate(hard, soft context.Context, state State) error {
	staged, err := r.Ledger.Staged(soft)
	if err != nil {
		return err
	}
	r.Observer.Stage("activating", int64(len(staged)))
	return r.applying(hard, soft, state, func(a *applier) {
		a.activating = true
		a.renewal.left.Store(int64(len(staged)))
		a.run(func(planned chan<- task) error {
			for batch := range slices.Chunk(staged, planBatch) {
				if err := a.switchable(batch, planned); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// switchable hands those of the rows on whose orders the verification has shown
// as registered, and gives the others their outcome.
func (a *applier) switchable(seqs []int64, planned chan<- task) error {
	open, err := a.Ledger.OpenOf(a.soft, seqs)
	if err != nil {
		return err
	}
	for _, o := range open {
		w := reopened(o)
		if err := a.seenLast(w); err != nil {
			return err
		}
		if w.order.Status != "" && a.untouchable(w) {
			continue
		}
		select {
		case planned <- task{w}:
		case <-a.soft.Done():
			return context.Cause(a.soft)
		}
	}
	return nil
}

// postpone leaves a row whose order is made until the books are verified.
func (a *applier) postpone(w *work) {
	a.Observer.Advance(1, 0)
	said, _ := w.said() // a row that was ambiguous is so no more
	a.changes <- Change{Operations: w.operations, Results: []RowResult{said}}
}

// unactivated ends a row whose order stays as it is.
func (a *applier) unactivated(w *work, code, message string) {
	a.end(w, w.final.Outcome, code, "", message)
}

// waitsForActivation reports whether a row's order is made and is to be
// activated only once the books are verified.
func (w *work) waitsForActivation() bool {
	i := w.current()
	return i >= 0 && w.operations[i].Kind == reconcile.Activate && w.operations[i].State == Waiting
}
