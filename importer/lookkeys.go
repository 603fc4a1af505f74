package importer

import (
	"context"
	"errors"
	"maps"

	"golang.org/x/sync/errgroup"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// lookKeys reads the records of orders that have a row's number, may be updated
// and do not show their key: they may be somebody else's, and a record must not
// be given to the wrong one. orders is how many the campaign has.
func (r *Runner) lookKeys(ctx context.Context, orders int, original bool) error {
	listing, reading := orders/pageSize+1, 0
	err := r.keyless(ctx, func(batch []SnapshotOrder) error {
		if reading += len(batch); reading > listing {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = r.listKeys(ctx, original)
	}
	if err != nil || reading == 0 {
		return err
	}
	return r.keyless(ctx, func(batch []SnapshotOrder) error {
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(searchesInFlight)
		for i := range batch {
			g.Go(func() error {
				o := &batch[i]
				rec, there, err := recordOf(gctx, r.Records, o.RecordUUID)
				if there {
					r.complete(o, rec)
				} else {
					o.RecordUUID = "" // nobody can say any more whose it is
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		return r.Ledger.AddOrders(ctx, batch, original)
	})
}

// keyless gives the orders that lookKeys is about, in batches.
func (r *Runner) keyless(ctx context.Context, take func([]SnapshotOrder) error) error {
	return r.persons(ctx, pending, func(batch []Person) error {
		var phones []string
		for _, p := range batch {
			if p.Phone != "" {
				phones = append(phones, p.Phone)
			}
		}
		orders, err := r.Ledger.OrdersOf(ctx, Wanted{Phones: phones})
		if orders = r.withoutKey(orders); err != nil || len(orders) == 0 {
			return err
		}
		return take(orders)
	})
}

// withoutKey gives those of the orders that may be updated and do not show
// whether they have a key.
func (r *Runner) withoutKey(orders []SnapshotOrder) (without []SnapshotOrder) {
	for _, o := range orders {
		_, blank := o.Values[r.Identity]
		if o.Key == "" && o.RecordUUID != "" && !o.Status.Protected() && !(blank && r.wanted.shownBy(o.Values)) {
			without = append(without, o)
		}
	}
	return without
}

// listKeys lists the campaign's records for the orders that do not show their key.
func (r *Runner) listKeys(ctx context.Context, original bool) error {
	query := client.RecordQuery{CampaignUUID: r.Campaign.UUID}
	c := census[client.Record]{
		what: "the campaign's records",
		fetch: func(ctx context.Context, page int) (client.Page[client.Record], error) {
			return r.Records.Page(ctx, query, page, pageSize)
		},
		id:    func(rec client.Record) string { return rec.UUID },
		reset: func() error { return nil },
		take: func(records []client.Record) error {
			byUUID := make(map[string]client.Record, len(records))
			uuids := make([]string, 0, len(records))
			for _, rec := range records {
				byUUID[rec.UUID] = rec
				uuids = append(uuids, rec.UUID)
			}
			orders, err := r.Ledger.OrdersOf(ctx, Wanted{Records: uuids})
			if orders = r.withoutKey(orders); err != nil || len(orders) == 0 {
				return err
			}
			for i := range orders {
				r.complete(&orders[i], byUUID[orders[i].RecordUUID])
			}
			return r.Ledger.AddOrders(ctx, orders, original)
		},
	}
	_, err := c.read(ctx, nil)
	return err
}

// complete adds to an order what its record says.
func (r *Runner) complete(o *SnapshotOrder, rec client.Record) {
	o.Key = r.otherKey(rec)
	values := make(reconcile.Values)
	maps.Copy(values, o.Values)
	maps.Copy(values, r.shownRecord(rec, r.wanted))
	o.Values = values
}
