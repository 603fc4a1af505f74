package importer

import (
	"context"
	"slices"

	"github.com/campsync/campsync/client"
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
		switch {
		case w.order.Status.Protected() && w.order.Status != "":
			a.protect(w)
			continue
		case w.order.Status != client.StatusRegistered && w.order.Status != "":
			w.operations[w.current()].State = Refused
			a.conclude(Change{Operations: w.operations, Results: []RowResult{w.result(w.final.Outcome, "not-registered", "",
				"its order is "+w.order.Status.Label()+" by now, and was not activated")}})
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

// postpone leaves a row until the books are verified.
func (a *applier) postpone(w *work) {
	change := Change{Operations: w.operations}
	if said, any := w.said(); any {
		change.Results = []RowResult{said}
	}
	a.Observer.Advance(1, 0)
	a.changes <- change
}

// holdBack makes an order registered again that the server has made callable,
// and that is to wait for the books.
func (a *applier) holdBack(w *work, o client.Status) {
	status := quoted(string(client.StatusRegistered))
	last := w.operations[len(w.operations)-1]
	last.Step++
	w.operations[len(w.operations)-1] = Operation{
		Seq: w.row.Seq, Step: last.Step - 1, Kind: reconcile.UpdateOrder, Order: w.order.UUID,
		Changes: []reconcile.Change{{Target: orderStatus, Before: quoted(string(o)), After: status}},
	}
	w.operations = append(w.operations, last)
}

// waitsForActivation reports whether a row's order is made and is to be
// activated only once the books are verified.
func (w *work) waitsForActivation() bool {
	i := w.current()
	return i >= 0 && w.operations[i].Kind == reconcile.Activate && w.operations[i].State == Waiting
}
