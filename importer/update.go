package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// update changes an order: it brings in the settings of a new one, and its
// status with them, or what differs.
func (a *applier) update(w *work) {
	for a.fresh(w) {
		changes := w.due()
		patch, err := orderPatch(changes)
		if err == nil {
			err = pastTime(changes)
		}
		if err != nil {
			a.endTurn(w)
			a.refuse(w, err)
			return
		}
		if patch.IsZero() {
			a.endTurn(w)
			w.applied(client.Order{})
			a.proceed(w)
			return
		}
		var now client.Order
		v, err := a.timely(w, http.MethodPatch, func(ctx context.Context) (err error) {
			now, err = a.Orders.Update(ctx, a.Campaign.UUID, w.order.UUID, patch)
			return err
		})
		if v == late {
			continue
		}
		if v == done && now.UUID != w.order.UUID {
			v, err = unclear, errWrongAnswer
		}
		if v == done {
			if ignored(patch.Status, w.order.Status, now.Status) {
				v, err = refused, &client.Error{Code: "status-ignored", Message: "the server took the change and left the order " + now.Status.Label()}
			} else {
				w.learnChanged(changes, a.shownOrder(now, nil))
			}
		}
		if now.Status == "" {
			now = client.Order{} // the answer does not show it
		}
		a.concluded(w, v, now, err)
		return
	}
}

// ignored reports whether an answer shows that the status which was asked for
// was not taken. One that is to be called may go on by itself; a call that is
// canceled may not.
func ignored(asked, had, has client.Status) bool {
	return asked != "" && has != asked && (has == had || asked == client.StatusCanceled && has != "")
}

// pastTime is an error where changes bring a scheduled time that has passed
// since they were planned.
func pastTime(changes []reconcile.Change) error {
	for _, c := range changes {
		var at time.Time
		if c.Target != orderTime || json.Unmarshal(c.After, &at) != nil || at.IsZero() || !at.Before(time.Now()) {
			continue
		}
		return &client.Error{Code: codePastTime, Fields: []client.FieldError{{
			Field: orderTime, Message: "the scheduled time " + utc(at) + " is in the past by now; give a later time"}}}
	}
	return nil
}

// updateRecord changes a record to what the row says.
func (a *applier) updateRecord(w *work) {
	op := w.operations[w.current()]
	patch, err := recordPatch(op.Changes)
	if err != nil {
		a.refuse(w, err)
		return
	}
	for a.fresh(w) {
		var now client.Record
		v, err := a.timely(w, http.MethodPatch, func(ctx context.Context) (err error) {
			now, err = a.Records.Update(ctx, op.Record, patch)
			return err
		})
		if v == done {
			w.learnChanged(op.Changes, a.shownRecord(now, changed(op.Changes)))
		}
		if v != late {
			a.concluded(w, v, client.Order{}, err)
			return
		}
	}
}

// remove takes an order out of the campaign.
func (a *applier) remove(w *work) {
	for a.fresh(w) {
		v, err := a.timely(w, http.MethodDelete, func(ctx context.Context) error {
			return a.Orders.Remove(ctx, a.Campaign.UUID, w.order.UUID)
		})
		switch {
		case v == late:
			continue
		case v == refused && w.doubtful && isGone(err):
			v, err = done, nil // by the request whose answer was lost
		}
		a.concluded(w, v, client.Order{}, err)
		return
	}
}

func isGone(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}

// timely makes a request that must leave while what was read of the order is
// not too old: a wait at the gate makes it old too. One that is late leaves the
// order to be read again, which waits at the gate as long as it takes.
func (a *applier) timely(w *work, method string, do func(context.Context) error) (verdict, error) {
	v, err := a.request(task{w}, method, func(ctx context.Context) error {
		ctx, cancel := context.WithDeadline(ctx, w.order.ReadAt.Add(staleAfter))
		defer cancel()
		return do(ctx)
	})
	if v == late {
		w.wasLate()
	}
	a.endTurn(w)
	return v, err
}

// staleAfter is how old a read may be when a write leaves that sets a status.
const staleAfter = time.Minute

// fresh reads the order again where there is not much of that time left, and
// gives the row its outcome where the order must not be touched any more. A row
// that goes on may have its turn, which timely ends.
func (a *applier) fresh(w *work) bool {
	if time.Since(w.order.ReadAt) > staleAfter/2 && !a.readAgain(w) || a.untouchable(w) {
		a.endTurn(w)
		return false
	}
	return true
}

// readAgain reads the order again, and gives the row its outcome where that
// cannot be done, or the order is gone. One that the list does not show may only be
// too new for it.
func (a *applier) readAgain(w *work) (found bool) {
	err := a.takeTurn(w)
	if err == nil {
		found, err = a.watch(time.Now(), a.Settle>>looks, func() (bool, error) { return a.reread(w) })
	}
	switch {
	case err != nil && (a.soft.Err() != nil || client.Decide(http.MethodGet, err) == client.Stop):
		a.stop(err)
		a.leave(w) // nothing was sent
		return false
	case err != nil && w.doubtful:
		a.lookupFailed(w, err)
		return false
	case err != nil:
		a.refuse(w, fmt.Errorf("nothing was sent, as its order could not be read again: %w", err))
		return false
	case !found && w.takesOut():
		a.end(w, reconcile.Skipped, "gone", "", "its order is not in the campaign any more")
	case !found:
		a.refuse(w, fmt.Errorf("its order %s is not in the campaign any more", w.order.UUID))
	}
	return found
}

// untouchable gives a row its outcome whose order must not be touched: it is
// protected, its number must not be called, or it was to be activated and is not
// registered any more. To keep somebody from being called is always right.
func (a *applier) untouchable(w *work) bool {
	op := &w.operations[w.current()]
	switch {
	case w.order.Status.Protected():
		a.protect(w, w.order.Status)
	case w.takesOut(), op.setsBack():
		return false
	case w.barred != "":
		a.protect(w, w.barred)
	case a.suppressed(w):
	case !op.Half() && w.movedOn():
		a.end(w, reconcile.Skipped, "status-changed", orderStatus, "its order is "+w.order.Status.Label()+" by now, and was left as it is")
	case op.Kind == reconcile.Activate && w.order.Status != client.StatusRegistered:
		a.unactivated(w, "not-registered", "its order is "+w.order.Status.Label()+" by now, and was not activated")
	default:
		return false
	}
	return true
}

// suppressed gives a row its outcome whose number is on a list by now: the lists
// are read again when a run is gone on with.
func (a *applier) suppressed(w *work) bool {
	for _, number := range [...]string{w.number, w.order.Phone} {
		if list := a.Suppression.By(number); list != "" {
			a.end(w, reconcile.Suppressed, "suppressed", "", "its number must not be called: "+list)
			return true
		}
	}
	return false
}

// reread looks at the row's order as it is now.
func (a *applier) reread(w *work) (found bool, err error) {
	if found, err = a.renew(w); found || err != nil {
		return found, err
	}
	orders, err := a.itsOrders(w)
	w.bar(orders)
	for _, o := range orders {
		if o.UUID == w.order.UUID {
			w.seen(o)
			found = true
		}
	}
	return found, err
}

// bar notes whether one of the orders of the row's numbers, beside its own, is Do
// Not Call.
func (w *work) bar(orders []client.Order) {
	w.barred = ""
	for _, o := range orders {
		if o.UUID != w.order.UUID && o.Status.DoNotCall() && o.Record.PhoneNumber != "" {
			w.barred = o.Status
		}
	}
}

// protect ends a row whose order, or one of whose number's orders, has a status
// that forbids it.
func (a *applier) protect(w *work, status client.Status) {
	outcome, code, message := reconcile.Protected, "protected", "its order is "+status.Label()+" and must not be touched"
	if status.DoNotCall() {
		outcome, code = reconcile.Suppressed, "do-not-call"
	}
	if status == w.barred {
		message = "its number has a Do-Not-Call order in this campaign by now"
	}
	a.end(w, outcome, code, "", message)
}
