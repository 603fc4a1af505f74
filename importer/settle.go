package importer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// maxResends is how often a row's request is sent again, in one try of the run,
// while each answer is lost and nothing of it is found.
const maxResends = 2

// looks is how many times about a row is looked for in its settle window: at
// once, then after growing delays, the last time after its end.
const looks = 5

// reopen takes up the rows that an earlier try of the run has begun: an intent
// without an answer may have been applied.
func (a *applier) reopen() error {
	for after := int64(0); ; {
		open, err := a.Ledger.Open(a.soft, after, planBatch)
		if err != nil || len(open) == 0 {
			return err
		}
		for _, o := range open {
			after = o.Seq
			if a.soft.Err() != nil {
				return context.Cause(a.soft)
			}
			w := reopened(o)
			if w.waitsForActivation() {
				if a.Abandon {
					a.giveUp(w)
				}
				continue
			}
			if err := a.seenLast(w); err != nil {
				return err
			}
			if err := a.numbersOf(w); err != nil {
				return err
			}
			if i := w.current(); i >= 0 && w.operations[i].State == Sent {
				a.setAside(w, errInterrupted)
				continue
			}
			a.stepAside(w, func() { a.proceed(w) })
		}
	}
}

// numbersOf finds the numbers under which the order of a row that was begun may
// stand: a record that is associated comes in with its own.
func (a *applier) numbersOf(w *work) error {
	first := &w.operations[0]
	if a.byPhone() || w.number != "" && first.Kind != reconcile.Associate {
		return nil
	}
	records, err := a.Ledger.RecordsOf(a.soft, []string{w.row.Key})
	for _, rec := range records {
		if w.number == "" {
			w.number = rec.Phone
		}
		if rec.UUID == first.Record && w.order.Phone == "" {
			w.order.Phone = rec.Phone
		}
	}
	return err
}

var errInterrupted = errors.New("the run was interrupted before the answer came")

// setAside lets a row whose answer was lost wait, without holding a worker,
// until it is known what became of its request.
func (a *applier) setAside(w *work, why error) {
	if a.soft.Err() != nil {
		return // its intent stays in the ledger
	}
	lost := time.Now()
	w.doubtful = true
	a.stepAside(w, func() { a.settle(w, lost, why) })
}

// stepAside goes on with a row without a worker. A row that stands aside
// already stays where it is.
func (a *applier) stepAside(w *work, f func()) {
	if w.aside {
		f()
		return
	}
	w.aside = true
	a.aside.Go(func() error {
		f()
		return nil
	})
}

// settle finds out what became of the current operation. The window is
// counted from the moment at which the answer was given up, which is never
// before the send: a request may be applied after we gave up on it.
func (a *applier) settle(w *work, lost time.Time, why error) {
	var o client.Order
	delay := a.Settle >> looks
	if errors.Is(why, errInterrupted) {
		// A crash leaves many intents that were never sent: what is not there
		// at once is most likely not there at all.
		delay = a.Settle
	}
	found, err := a.watch(lost, delay, func() (found bool, err error) {
		o, found, err = a.lookUp(w)
		return found, err
	})
	switch {
	case err != nil:
		a.lookupFailed(w, err)
	case found:
		if !errors.Is(why, errUnnamed) {
			a.resolved.Add(1)
		}
		a.found(w, o)
	default:
		a.resend(w, why)
	}
}

// watch looks at once and after delays that double, until something is found
// or the settle window that began at since is over: the last look begins after
// its end, however long the one before has taken. Where the run ends meanwhile,
// its cause is the error.
func (a *applier) watch(since time.Time, delay time.Duration, look func() (found bool, err error)) (bool, error) {
	for end := since.Add(a.Settle); ; delay *= 2 {
		began := time.Now()
		if found, err := look(); found || err != nil || !began.Before(end) {
			return found, err
		}
		if err := sleep(a.soft, min(delay, time.Until(end))); err != nil {
			return false, err
		}
	}
}

// found goes on with an operation that was applied.
func (a *applier) found(w *work, o client.Order) {
	if w.operations[w.current()].Kind == reconcile.Associate {
		a.joined(w, o)
		return
	}
	w.applied(o)
	a.right(w, "new")
	a.proceed(w)
}

// resend sends an operation again that is absent at the end of its window, or
// leaves its row ambiguous.
func (a *applier) resend(w *work, why error) {
	kind := w.operations[w.current()].Kind
	switch {
	case a.givesUp(w):
		a.giveUp(w)
		return
	case kind.Makes() && w.barred != "":
		a.protect(w, w.barred)
		return
	case kind.Makes() && a.suppressed(w):
		return
	case a.Resend == ResendNever && kind.Makes():
		a.ambiguous(w, fmt.Sprintf("the answer was lost (%v), and after %v it is not there; resume looks for it again", why, a.Settle))
		return
	case w.resends >= maxResends:
		a.ambiguous(w, fmt.Sprintf("it was sent %d times, each answer was lost (%v), and it is not there; resume looks for it again", w.resends+1, why))
		return
	}
	w.resends++
	a.resolved.Add(1) // it is known not to be there
	if err := a.write(Change{Operations: w.intents()}); err != nil {
		a.stop(err)
		return
	}
	a.send(task{w})
}

// ambiguous gives a row the outcome that says that nobody knows; resume begins
// with it.
func (a *applier) ambiguous(w *work, message string) {
	a.conclude(Change{Operations: w.operations, Results: []RowResult{w.result(reconcile.Ambiguous, "ambiguous", "", message)}})
}

// lookupFailed leaves a row ambiguous whose order could not be looked for.
func (a *applier) lookupFailed(w *work, err error) {
	if a.soft.Err() != nil || client.Decide(http.MethodGet, err) == client.Stop {
		a.stop(err)
		return // its intent stays in the ledger
	}
	_, _, message := describe(err)
	a.ambiguous(w, "the answer was lost, and the look-up failed too: "+message)
}

// lookUp looks for what the current operation would have done.
func (a *applier) lookUp(w *work) (o client.Order, found bool, err error) {
	op := &w.operations[w.current()]
	if op.Kind == reconcile.UpdateRecord {
		rec, err := a.Records.Get(a.hard, op.Record)
		return o, err == nil && shown(op.Changes, a.shownRecord(rec, changed(op.Changes))), err
	}
	orders, err := a.itsOrders(w)
	if err != nil {
		return o, false, err
	}
	w.bar(orders)
	for _, o := range orders {
		var ours bool
		switch op.Kind {
		case reconcile.Associate:
			ours = o.Record.UUID == op.Record
		case reconcile.CreateOrder:
			ours, err = a.mine(w, o)
		case reconcile.RemoveOrder:
			if o.UUID == w.order.UUID {
				w.seen(o)
				return o, false, nil
			}
		default:
			if o.UUID == w.order.UUID {
				w.seen(o) // should it be sent again, then only where it may be touched now
				ours = a.brought(op, o)
			}
		}
		if err != nil || ours {
			return o, ours, err
		}
	}
	return o, op.Kind == reconcile.RemoveOrder, nil
}

// itsOrders reads the orders of the row's number, and of the one that its order
// was seen with: an update may be about to give it the other.
func (a *applier) itsOrders(w *work) ([]client.Order, error) {
	orders, err := a.ordersOf(a.hard, w.number)
	if had := w.order.Phone; err == nil && had != "" && had != w.number {
		var more []client.Order
		more, err = a.ordersOf(a.hard, had)
		orders = append(orders, more...)
	}
	return orders, err
}

// changed are the targets of changes.
func changed(changes []reconcile.Change) fieldSet {
	set := make(fieldSet, len(changes))
	for _, c := range changes {
		set[c.Target] = true
	}
	return set
}

// brought reports whether an order shows what an update of it was to bring.
func (a *applier) brought(op *Operation, o client.Order) bool {
	status, settings := parted(op.Changes)
	return shown(settings, a.shownOrder(o, nil)) && (status == nil || took(status, o.Status, len(settings) > 0))
}

// took reports whether an order's status says that it has taken a change of it.
// One that was made callable was called meanwhile where it is further on than
// that: to set its status again would have it called once more. The settings tell
// whether they came first where it must not be touched any more.
func took(change *reconcile.Change, has client.Status, settings bool) bool {
	asked := func(s client.Status) bool { return reconcile.Same(change.After, quoted(string(s))) }
	switch {
	case asked(has):
		return true
	case asked(client.StatusRegistered), asked(client.StatusCanceled):
		return false
	}
	return has == client.StatusBusy || has == client.StatusNoAnswer || has.Protected() && settings
}

// parted are the changes of an order's status, nil where there is none, and of
// its settings.
func parted(changes []reconcile.Change) (status *reconcile.Change, settings []reconcile.Change) {
	for i := range changes {
		if changes[i].Target == orderStatus {
			status = &changes[i]
		} else {
			settings = append(settings, changes[i])
		}
	}
	return status, settings
}

// mine reports whether an order with the row's number is the one that its
// create has made: it was not there before, and is no other row's.
func (a *applier) mine(w *work, o client.Order) (bool, error) {
	if a.shared() {
		rec := o.Record
		if key := a.otherKey(rec); key == "" {
			var err error
			if rec, err = a.Records.Get(a.hard, rec.UUID); err != nil {
				return false, err
			}
		}
		if a.otherKey(rec) != w.row.Key {
			return false, nil
		}
	}
	return a.own(w, o.UUID)
}
