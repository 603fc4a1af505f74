package importer

import (
	"context"
	"maps"

	"golang.org/x/sync/errgroup"

	"github.com/campsync/campsync/importer/reconcile"
)

// lookKeys reads the records of orders that have a row's number, may be updated
// and do not show their key: they may be somebody else's, and a record must not
// be given to the wrong one.
func (r *Runner) lookKeys(ctx context.Context, original bool) error {
	return r.persons(ctx, pending, func(batch []Person) error {
		var phones []string
		for _, p := range batch {
			if p.Phone != "" {
				phones = append(phones, p.Phone)
			}
		}
		orders, err := r.Ledger.OrdersOf(ctx, Wanted{Phones: phones})
		if err != nil {
			return err
		}
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(searchesInFlight)
		var keyless []SnapshotOrder
		for _, o := range orders {
			if o.Key == "" && !o.Status.Protected() {
				keyless = append(keyless, o)
			}
		}
		for i := range keyless {
			g.Go(func() error { return r.complete(gctx, &keyless[i]) })
		}
		if err := g.Wait(); err != nil || len(keyless) == 0 {
			return err
		}
		return r.Ledger.AddOrders(ctx, keyless, original)
	})
}

// complete adds to an order what its record says.
func (r *Runner) complete(ctx context.Context, o *SnapshotOrder) error {
	rec, there, err := recordOf(ctx, r.Records, o.RecordUUID)
	if err != nil || !there {
		return err
	}
	o.Key = r.otherKey(rec)
	values := make(reconcile.Values)
	maps.Copy(values, o.Values)
	maps.Copy(values, r.shownRecord(rec, r.wanted))
	o.Values = values
	return nil
}
