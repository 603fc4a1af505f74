package importer

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/campsync/campsync/client"
)

// associate adds known records to the campaign in one request. A batch that is
// refused is halved until the culprit stands alone: one record of another type
// must not sink its neighbours.
func (a *applier) associate(t task) {
	records := make([]string, 0, len(t))
	for _, w := range t {
		records = append(records, w.operations[0].Record)
	}
	var orders []client.Order
	v, err := a.request(t, http.MethodPost, func(ctx context.Context) (err error) {
		orders, err = a.Orders.Associate(ctx, a.Campaign.UUID, records)
		return err
	})
	switch v {
	case done:
		a.associated(t, orders)
	case refused:
		if len(t) == 1 || !divisible(err) {
			for _, w := range t {
				a.refuse(w, err)
			}
			return
		}
		half := len(t) / 2
		if tooLarge(err) {
			a.batch.Store(min(a.batch.Load(), int64(half)))
			a.notice("batch", fmt.Sprintf("the server takes no %d records in one association; going on with %d", len(t), half))
		}
		a.associate(t[:half])
		a.associate(t[half:])
	case unclear:
		for _, w := range t {
			a.setAside(w, err)
		}
	case unsent:
		for _, w := range t {
			a.leave(w)
		}
	}
}

// divisible reports whether a smaller batch can have another answer.
func divisible(err error) bool {
	var e *client.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Status != http.StatusMethodNotAllowed && e.Status != http.StatusUnsupportedMediaType
}

func tooLarge(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Status == http.StatusRequestEntityTooLarge
}

// associated goes on with a batch that the server has taken. What the answer
// names is documented nowhere: orders that it does not name are looked for.
func (a *applier) associated(t task, orders []client.Order) {
	unnamed := a.match(t, orders)
	if len(unnamed) == 0 {
		return
	}
	orders, err := a.ordersOfRecords(unnamed)
	if err == nil {
		unnamed = a.match(unnamed, orders)
	}
	for _, w := range unnamed {
		a.setAside(w, errUnnamed)
	}
}

var errUnnamed = errors.New("the answer does not name its order")

// match goes on with the rows whose records have one of the orders, and gives
// the others.
func (a *applier) match(t task, orders []client.Order) (unnamed task) {
	byRecord := make(map[string]client.Order, len(orders))
	for _, o := range orders {
		byRecord[o.Record.UUID] = o
	}
	for _, w := range t {
		o, named := byRecord[w.operations[0].Record]
		if !named || o.UUID == "" || o.Status == "" {
			unnamed = append(unnamed, w)
			continue
		}
		a.joined(w, o)
	}
	return unnamed
}

// ordersOfRecords lists the campaign for the orders of a batch's records, where
// that costs less than to search for each.
func (a *applier) ordersOfRecords(t task) (orders []client.Order, err error) {
	fetch := func(ctx context.Context, page int) (client.Page[client.Order], error) {
		return a.page(ctx, client.OrderQuery{}, page)
	}
	first, err := fetch(a.hard, 1)
	if err != nil || pagesLeft(first) >= len(t) {
		return nil, err
	}
	wanted := make(map[string]bool, len(t))
	for _, w := range t {
		wanted[w.operations[0].Record] = true
	}
	c := census[client.Order]{
		what:  "the campaign's orders",
		fetch: fetch,
		id:    func(o client.Order) string { return o.UUID },
		reset: func() error { orders = nil; return nil },
		take: func(page []client.Order) error {
			for _, o := range page {
				if wanted[o.Record.UUID] {
					orders = append(orders, o)
				}
			}
			return nil
		},
	}
	_, err = c.read(a.hard, &first)
	return orders, err
}

// joined goes on with a record that is in the campaign now.
func (a *applier) joined(w *work, o client.Order) {
	w.applied(o)
	a.right(w, "associated")
	if w.current() < 0 {
		a.proceed(w)
		return
	}
	// The second half is a request of its own, and the rest of the batch need
	// not wait for it.
	a.stepAside(w, func() { a.proceed(w) })
}
