package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// look reads into the snapshot what is there already and gives the number of
// the campaign's orders. original says that nothing of this run was sent yet.
//
// Reads may lag behind writes: where an earlier run has just made an order
// for one of the rows and the list does not show it, it is read again until it
// does, or until the settle window since that write is over.
func (r *Runner) look(ctx context.Context, original bool) (int, error) {
	for delay := r.Settle / (1 << looks); ; delay *= 2 {
		since := time.Now().Add(-r.Settle)
		orders, err := r.lookOnce(ctx, original)
		if err != nil || !original {
			return orders, err
		}
		hidden, err := r.Ledger.Hidden(ctx, since)
		if err != nil || !hidden {
			return orders, err
		}
		r.Observer.Notice("the campaign does not show yet what the run before has made; looking again")
		if err := sleep(ctx, min(delay, r.Settle/4)); err != nil {
			return 0, err
		}
	}
}

// sleep waits; it fails with the context's cause where that ends meanwhile.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(max(d, time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// lookOnce reads by the cheaper of listing everything and searching for each
// row.
func (r *Runner) lookOnce(ctx context.Context, original bool) (int, error) {
	if original {
		if err := errors.Join(r.Ledger.ClearOrders(ctx), r.Ledger.ClearRecords(ctx)); err != nil {
			return 0, err
		}
	}
	if r.Bulk != nil {
		if !original { // the orders were picked
			return r.countOrders(ctx)
		}
		return r.listOrders(ctx, nil, original, r.pick)
	}
	if !r.byPhone() {
		// Orders show only name and number for sure: a row's other key leads to its
		// record first, and from there to the order.
		err := r.lookRecords(ctx, r.accountRecords(), everyone)
		if err == nil && !original {
			err = r.lookAssociated(ctx)
		}
		if err != nil {
			return 0, err
		}
		orders, err := r.lookOrders(ctx, original)
		if err == nil && r.Policy.Update {
			err = r.lookKeys(ctx, orders, original)
		}
		return orders, err
	}
	// The number finds the orders; records matter for what has none, and for
	// what is to be updated and is shown in part.
	orders, err := r.lookOrders(ctx, original)
	if err == nil && r.Policy.Associate != reconcile.AssociateNever {
		err = r.lookRecords(ctx, r.accountRecords(), r.withoutOrder)
	}
	if err == nil && r.Policy.Update && r.partial.Load() {
		err = r.lookRecords(ctx, client.RecordQuery{CampaignUUID: r.Campaign.UUID}, r.shownInPart)
	}
	return orders, err
}

// countOrders is how many orders the campaign has.
func (r *Runner) countOrders(ctx context.Context) (int, error) {
	first, err := r.page(ctx, client.OrderQuery{}, 1)
	if err != nil {
		return 0, fmt.Errorf("reading the campaign's orders: %w", err)
	}
	if first.Total >= 0 {
		return first.Total, nil
	}
	return r.listOrders(ctx, &first, true, nil)
}

// lookOrders reads the campaign's orders.
func (r *Runner) lookOrders(ctx context.Context, original bool) (int, error) {
	first, err := r.page(ctx, client.OrderQuery{}, 1)
	if err != nil {
		return 0, fmt.Errorf("reading the campaign's orders: %w", err)
	}
	listing := pagesLeft(first)
	if listing > 0 && r.Prune == "" { // what no row has can only be found by listing
		searching, err := r.count(ctx, listing, everyone)
		if err != nil {
			return 0, err
		}
		if searching < listing {
			return first.Total, r.searchOrders(ctx, "reading orders", original, pending)
		}
	}
	r.Observer.Stage("reading orders", int64(max(first.Total, 0)))
	return r.listOrders(ctx, &first, original, nil)
}

// pagesLeft is how many requests the rest of a list takes; a list that is not
// counted is taken for one that has to be read.
func pagesLeft[T any](first client.Page[T]) int {
	size := len(first.Items)
	if size == 0 || first.Total < 0 || first.Total <= size {
		return 0
	}
	return (first.Total+size-1)/size - 1
}

// listOrders is readOrders as a stage of the run.
func (r *Runner) listOrders(ctx context.Context, first *client.Page[client.Order], original bool, each func([]client.Order) error) (int, error) {
	return r.readOrders(ctx, first, original, func(orders []client.Order) error {
		r.Observer.Advance(int64(len(orders)), 0)
		if each == nil {
			return nil
		}
		return each(orders)
	})
}

// readOrders reads all orders into the snapshot; each, which may be nil, gets
// them too.
func (r *Runner) readOrders(ctx context.Context, first *client.Page[client.Order], original bool, each func([]client.Order) error) (int, error) {
	c := r.orderCensus()
	c.reset = func() error {
		if !original {
			return nil
		}
		r.picks = newKeySet(0)
		return r.Ledger.ClearOrders(ctx)
	}
	c.take = func(orders []client.Order) error {
		if err := r.addOrders(ctx, orders, original); err != nil || each == nil {
			return err
		}
		return each(orders)
	}
	return c.read(ctx, first)
}

// orderCensus is a list of the campaign's orders that is yet to be read.
func (r *Runner) orderCensus() *census[client.Order] {
	return &census[client.Order]{
		what: "the campaign's orders",
		fetch: func(ctx context.Context, page int) (client.Page[client.Order], error) {
			return r.page(ctx, client.OrderQuery{}, page)
		},
		id: func(o client.Order) string { return o.UUID },
	}
}

func (r *Runner) addOrders(ctx context.Context, orders []client.Order, original bool) error {
	if len(orders) == 0 {
		return nil
	}
	now := time.Now()
	read := make([]SnapshotOrder, 0, len(orders))
	for _, o := range orders {
		s := SnapshotOrder{
			Order:  reconcile.Order{UUID: o.UUID, RecordUUID: o.Record.UUID, Status: o.Status},
			Phone:  e164(o.Record.PhoneNumber, r.Region),
			Key:    r.otherKey(o.Record),
			ReadAt: now,
		}
		if r.Policy.Update || r.Bulk != nil {
			s.Values = r.shownOrder(o, r.wanted)
			r.settings.see(s.Values)
			if !o.Status.Protected() && !r.wanted.shownBy(s.Values) {
				r.partial.Store(true)
			}
		}
		read = append(read, s)
	}
	if err := r.fillKeys(ctx, read); err != nil {
		return err
	}
	return r.Ledger.AddOrders(ctx, read, original)
}

// fillKeys gives orders the keys of their records, where they do not show them.
func (r *Runner) fillKeys(ctx context.Context, orders []SnapshotOrder) error {
	if r.byPhone() {
		return nil
	}
	var records []string
	for i := range orders {
		if orders[i].Key == "" {
			records = append(records, orders[i].RecordUUID)
		}
	}
	if len(records) == 0 {
		return nil
	}
	keys, err := r.Ledger.RecordKeys(ctx, records)
	if err != nil {
		return err
	}
	for i := range orders {
		if orders[i].Key == "" {
			orders[i].Key = keys[orders[i].RecordUUID]
		}
	}
	return nil
}

// searchOrders looks for the orders of the rows' numbers.
func (r *Runner) searchOrders(ctx context.Context, stage string, original bool, which func(*Person) bool) error {
	return r.search(ctx, stage, which, func(ctx context.Context, batch []Person) ([]string, error) {
		records, err := r.Ledger.RecordsOf(ctx, keysOf(batch))
		if err != nil {
			return nil, err
		}
		var numbers []string
		for _, p := range batch {
			numbers = append(numbers, p.Phone)
		}
		for _, rec := range records {
			numbers = append(numbers, rec.Phone)
		}
		return numbers, nil
	}, func(ctx context.Context, number string) error {
		orders, err := r.ordersOf(ctx, number)
		if err != nil {
			return err
		}
		return r.addOrders(ctx, orders, original)
	})
}

// ordersOf reads the orders that have exactly this number.
func (r *Runner) ordersOf(ctx context.Context, number string) ([]client.Order, error) {
	found := make(map[string]client.Order)
	c := census[client.Order]{
		what: "the orders of a number",
		fetch: func(ctx context.Context, page int) (client.Page[client.Order], error) {
			return r.page(ctx, client.OrderQuery{Search: number}, page)
		},
		id:    func(o client.Order) string { return o.UUID },
		reset: func() error { clear(found); return nil },
		take: func(orders []client.Order) error {
			for _, o := range orders {
				if e164(o.Record.PhoneNumber, r.Region) == number {
					found[o.UUID] = o
				}
			}
			return nil
		},
	}
	if _, err := c.read(ctx, nil); err != nil {
		return nil, err
	}
	orders := make([]client.Order, 0, len(found))
	for _, o := range found {
		orders = append(orders, o)
	}
	slices.SortFunc(orders, func(a, b client.Order) int { return strings.Compare(a.UUID, b.UUID) })
	return orders, nil
}
