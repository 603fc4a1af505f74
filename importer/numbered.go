package importer

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/campsync/campsync/client"
)

// page reads a page of the campaign's orders, each with its number.
func (r *Runner) page(ctx context.Context, q client.OrderQuery, page int) (client.Page[client.Order], error) {
	p, err := r.Orders.Page(ctx, r.Campaign.UUID, q, page, pageSize)
	if err == nil {
		err = numbered(ctx, r.Records, p.Items)
	}
	return p, err
}

// numbered gives the orders that do not show a number their whole record. Whose
// number is not known may be anybody, also somebody who must not be called: it
// would be taken for one that no row has.
func numbered(ctx context.Context, records Records, orders []client.Order) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(searchesInFlight)
	for i := range orders {
		o := &orders[i]
		if o.Record.UUID == "" || o.Record.Has(identityPhone) {
			continue
		}
		g.Go(func() error {
			rec, there, err := recordOf(gctx, records, o.Record.UUID)
			if err != nil {
				return fmt.Errorf("order %s does not show its number: %w", o.UUID, err)
			}
			if there {
				o.Record = rec
			}
			return nil
		})
	}
	return g.Wait()
}
