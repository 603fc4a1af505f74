package importer

import (
	"context"

	"github.com/campsync/campsync/client"
)

// countable reports whether books that close can be told without the snapshot:
// each order shows the number that is its key, and nobody asks afterwards what
// the orders were like.
func (r *Runner) countable() bool { return r.byPhone() && !r.Policy.Staged }

// tally lists the campaign's orders and reports whether all is in order with
// them: no number has two of them where that matters, and each order of the run
// is there. To know that, it need not keep them. What is not in order has to be
// named, and for that the orders are read into the snapshot.
func (r *Runner) tally(ctx context.Context, first *client.Page[client.Order], v *Verification) (bool, error) {
	var numbers *keySet
	var twice bool
	hold := r.holding(ctx, v)
	c := r.orderCensus()
	c.reset = func() error {
		numbers, twice, v.Differs = newKeySet(), false, nil
		return nil
	}
	c.once = func(o client.Order) {
		if r.shared() || twice {
			return
		}
		if number := e164(o.Record.PhoneNumber, r.Region); number != "" {
			_, twice = numbers.add(number, 1)
		}
	}
	c.take = func(orders []client.Order) error {
		r.Observer.Advance(int64(len(orders)), 0)
		if hold == nil {
			return nil
		}
		return hold(orders)
	}
	var err error
	if v.After, err = c.read(ctx, first); err != nil || twice {
		return false, err
	}
	for order, err := range r.Ledger.Made(ctx) {
		if err != nil {
			return false, err
		}
		if _, there := c.seen.get(order); !there {
			return false, nil
		}
	}
	return true, nil
}
