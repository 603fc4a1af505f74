package importer

import (
	"context"
	"slices"
	"sync/atomic"
	"time"
)

// renewal reads orders again before they are touched, by page, where many are
// left: a search for each would double the requests.
type renewal struct {
	left  atomic.Int64 // rows that are still to be sent, about
	pages atomic.Int64 // that the campaign's list has

	turn  chan struct{} // whose turn it is holds it, and what follows, while the list is read
	began time.Time     // when the list was read last
	took  time.Duration // how long that took
}

// fit reports whether what a list shows is young enough at its end to be of use.
func (n *renewal) fit() bool { return n.took < staleAfter/2 }

// expect counts the orders that will be touched, where there may be more than
// a search for each is worth; a run that goes on counts what is left.
func (a *applier) expect() error {
	if a.forecast != nil {
		a.renewal.left.Store(a.forecast.Touched)
		return nil
	}
	if !a.touches() {
		return nil
	}
	p, err := a.newPlanner(a.soft)
	if err != nil {
		return err
	}
	return p.plan(a.soft, func(d decision, res *Result) error {
		if res == nil && d.action.OrderUUID != "" {
			a.renewal.left.Add(1)
		}
		return nil
	})
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
	// A row that was late must not take what was read before that: it would be
	// late again at once, and again, without a pause.
	since := time.Now().Add(-staleAfter / 4)
	if w.lateAt.After(since) {
		since = w.lateAt
	}
	if found, err = a.seenSince(w, since); found || err != nil {
		return found, err
	}
	if n.began.After(since) || !n.fit() {
		return false, nil // the list has been read since, and does not show it, or helps nobody
	}
	n.began = time.Now()
	orders, err := a.readOrders(a.hard, nil, false, nil)
	if n.took = time.Since(n.began); err != nil || !n.fit() {
		return false, err
	}
	n.pages.Store(int64(orders/pageSize + 1))
	return a.seenSince(w, since)
}

// seenSince takes in the row's order where it was read after that time.
func (a *applier) seenSince(w *work, since time.Time) (bool, error) {
	last := *w
	if err := a.seenLast(&last); err != nil || !last.order.ReadAt.After(since) || time.Since(last.order.ReadAt) > staleAfter/2 {
		return false, err
	}
	w.order, w.barred = last.order, last.barred
	return true, nil
}

// seenLast takes in the row's order as the ledger has it, which is as it was
// read last; one that it does not have stays as it is.
func (a *applier) seenLast(w *work) error {
	if w.order.UUID == "" {
		return nil
	}
	own, err := a.Ledger.OrdersOf(a.hard, Wanted{Orders: []string{w.order.UUID}})
	if err != nil {
		return err
	}
	for _, o := range own {
		w.order = o
	}
	w.barred = ""
	beside, err := a.Ledger.OrdersOf(a.hard, Wanted{Phones: slices.Concat(known(w.number), known(w.order.Phone))})
	for _, o := range beside {
		if o.UUID != w.order.UUID && o.Status.DoNotCall() {
			w.barred = o.Status
		}
	}
	return err
}
