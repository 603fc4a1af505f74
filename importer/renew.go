package importer

import (
	"context"
	"sync/atomic"
	"time"
)

// renewal reads orders again before they are touched, by page, where many are
// left: a search for each would double the requests.
type renewal struct {
	left  atomic.Int64 // rows that are still to be sent, about
	pages atomic.Int64 // that the campaign's list has

	turn chan struct{} // whose turn it is holds it, while the list is read
	at   time.Time     // of the last list
}

// renew gives the row's order as the campaign's list shows it now; found is
// false where a search for it alone is cheaper, or where the list does not show it.
func (a *applier) renew(w *work) (found bool, err error) {
	n := &a.renewal
	if n.left.Load() <= n.pages.Load() {
		return false, nil
	}
	select {
	case n.turn <- struct{}{}:
		defer func() { <-n.turn }()
	case <-a.soft.Done():
		return false, context.Cause(a.soft)
	}
	if time.Since(n.at) > staleAfter/4 {
		at := time.Now()
		orders, err := a.listOrders(a.hard, nil, false, nil)
		if err != nil {
			return false, err
		}
		n.at = at
		n.pages.Store(int64(orders/pageSize + 1))
	}
	last := *w
	if err := a.seenLast(&last); err != nil || last.order.ReadAt.Before(n.at.Truncate(time.Millisecond)) {
		return false, err
	}
	w.order = last.order
	return true, nil
}

// seenLast takes in the row's order as the ledger has it, which is as it was
// read last; one that it does not have stays as it is.
func (a *applier) seenLast(w *work) error {
	if w.order.UUID == "" {
		return nil
	}
	var keys []string
	if !a.byPhone() {
		keys = known(w.row.Key)
	}
	orders, err := a.Ledger.OrdersOf(a.hard, keys, known(w.number), known(w.order.RecordUUID))
	for _, o := range orders {
		if o.UUID == w.order.UUID {
			w.order = o
		}
	}
	return err
}
