package importer

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// update brings in the order's settings, and its status with them.
func (a *applier) update(w *work) {
	for a.fresh(w) {
		patch := a.patch(w)
		if patch == (client.OrderPatch{}) {
			w.applied(client.Order{UUID: w.order.UUID, Status: w.order.Status})
			a.proceed(w)
			return
		}
		var now client.Order
		v, err := a.request(task{w}, http.MethodPatch, func(ctx context.Context) (err error) {
			// A wait at the gate makes the read old too.
			ctx, cancel := context.WithDeadline(ctx, w.order.ReadAt.Add(staleAfter))
			defer cancel()
			now, err = a.Orders.Update(ctx, a.Campaign.UUID, w.order.UUID, patch)
			return err
		})
		if v == late {
			w.order.ReadAt = time.Time{} // to be read again, which waits at the gate as long as it takes
			continue
		}
		if v == done && now.UUID != w.order.UUID {
			v, err = unclear, errWrongAnswer
		}
		a.concluded(w, v, now, err)
		return
	}
}

// patch is what a row's update sends.
func (a *applier) patch(w *work) client.OrderPatch {
	p := patchOf(w.row.Settings)
	if want := a.Policy.FinalStatus(); want != w.order.Status {
		p.Status = want
	}
	return p
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
		case !found:
			a.refuse(w, fmt.Errorf("its order %s is not in the campaign any more", w.order.UUID))
			return false
		}
	}
	if w.order.Status.Protected() {
		a.protect(w)
		return false
	}
	return true
}

// reread looks at the row's order as it is now.
func (a *applier) reread(w *work) (found bool, err error) {
	orders, err := a.ordersOf(a.hard, w.number)
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
