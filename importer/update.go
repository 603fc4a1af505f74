package importer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// update changes an order: it brings in the settings of a new one, and its
// status with them, or what differs.
func (a *applier) update(w *work) {
	for a.fresh(w) {
		patch, err := a.patch(w)
		if err != nil {
			a.refuse(w, err)
			return
		}
		if patch.IsZero() {
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
			if patch.Status != "" && now.Status == w.order.Status && now.Status != patch.Status {
				v, err = refused, &client.Error{Code: "status-ignored", Message: "the server took the change and left the order " + now.Status.Label()}
			} else {
				w.learnChanged(w.sentSettings(), a.shownOrder(now, nil))
			}
		}
		if now.Status == "" {
			now = client.Order{} // the answer does not show it
		}
		a.concluded(w, v, now, err)
		return
	}
}

// sentSettings are the settings that the current update brings.
func (w *work) sentSettings() []reconcile.Change {
	op := &w.operations[w.current()]
	if !op.Half() {
		return op.Changes
	}
	var changes []reconcile.Change
	for target, v := range settingsValues(w.row.Settings) {
		changes = append(changes, reconcile.Change{Target: target, After: v})
	}
	return changes
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
		w.order.ReadAt, w.lateAt = time.Time{}, time.Now()
	}
	return v, err
}

// patch is what a row's update of its order sends.
func (a *applier) patch(w *work) (client.OrderPatch, error) {
	op := &w.operations[w.current()]
	if !op.Half() {
		return orderPatch(op.Changes)
	}
	p := patchOf(w.row.Settings)
	if want := a.Policy.FinalStatus(); want != w.order.Status {
		p.Status = want
	}
	return p, nil
}

// patchOf is a patch that brings settings in.
func patchOf(s *mapping.Settings) (p client.OrderPatch) {
	if s == nil {
		return p
	}
	if !s.ScheduledTime.IsZero() {
		p.ScheduledTime = &s.ScheduledTime
	}
	p.ScheduledTimeTimezone = s.Timezone
	p.ScheduledDurationSeconds, p.Price = s.DurationSeconds, s.Price
	p.CurrencyCode, p.Instructions = s.CurrencyCode, s.Instructions
	return p
}

// staleAfter is how old a read may be when a write leaves that sets a status.
const staleAfter = time.Minute

// fresh reads the order again where there is not much of that time left, and
// gives the row its outcome where the order must not be touched any more. An
// order that the list does not show may only be too new for it.
func (a *applier) fresh(w *work) bool {
	if time.Since(w.order.ReadAt) > staleAfter/2 {
		found, err := a.watch(time.Now(), a.Settle>>looks, func() (bool, error) { return a.reread(w) })
		switch {
		case err != nil && a.soft.Err() != nil:
			a.leave(w) // nothing was sent
			return false
		case err != nil:
			a.lookupFailed(w, err)
			return false
		case !found && w.operations[w.current()].Kind == reconcile.RemoveOrder:
			w.operations[w.current()].State = Refused
			a.conclude(Change{Operations: w.operations, Results: []RowResult{w.result(reconcile.Skipped, "gone", "", "its order is not in the campaign any more")}})
			return false
		case !found:
			a.refuse(w, fmt.Errorf("its order %s is not in the campaign any more", w.order.UUID))
			return false
		}
	}
	return !a.untouchable(w)
}

// untouchable gives a row its outcome whose order must not be touched: it is
// protected, or was to be activated and is not registered any more.
func (a *applier) untouchable(w *work) bool {
	switch {
	case w.order.Status.Protected():
		a.protect(w)
	case w.operations[w.current()].Kind == reconcile.Activate && w.order.Status != client.StatusRegistered:
		a.unactivated(w, "not-registered", "its order is "+w.order.Status.Label()+" by now, and was not activated")
	default:
		return false
	}
	return true
}

// reread looks at the row's order as it is now.
func (a *applier) reread(w *work) (found bool, err error) {
	if found, err = a.renew(w); found || err != nil {
		return found, err
	}
	orders, err := a.itsOrders(w)
	for _, o := range orders {
		if o.UUID == w.order.UUID {
			w.seen(o)
			return true, err
		}
	}
	return false, err
}

// protect ends a row whose order must not be touched.
func (a *applier) protect(w *work) {
	outcome, code := reconcile.Protected, "protected"
	if w.order.Status.DoNotCall() {
		outcome, code = reconcile.Suppressed, "do-not-call"
	}
	w.operations[w.current()].State = Refused
	a.conclude(Change{Operations: w.operations, Results: []RowResult{
		w.result(outcome, code, "", "its order is "+w.order.Status.Label()+" and must not be touched")}})
}
