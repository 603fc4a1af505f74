package importer

import (
	"context"
	"fmt"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// Removals, and other changes of orders that no row stands for, are rows of
// their own kind: leftovers. They are staged before the first write, and from
// then on an order that is to be removed is planned, written down, sent, settled
// and resumed as every row is.

// Bulk is what a run without sources does to orders of the campaign.
type Bulk struct {
	Kind reconcile.Kind // RemoveOrder, CancelOrder or UpdateOrder
	// Set is what an UpdateOrder brings: settings, and the status as the target
	// order.status.
	Set reconcile.Values
	// Picks reports whether an order, as the campaign's list shows it, is meant.
	Picks func(client.Order) bool
	// Uncapped says that MaxRemovals does not hold.
	Uncapped bool
}

// defaultRemovals is the most that is taken out where nobody says otherwise,
// and smallCampaign the number of orders below which it does not hold.
const (
	defaultRemovals = 10 // per cent
	smallCampaign   = 20
)

// leftovers stages the orders that are dealt with beside the rows, and counts
// them.
func (r *Runner) leftovers(ctx context.Context, state *State) error {
	if r.Prune == "" && r.Bulk == nil {
		return nil
	}
	if err := r.Ledger.DropLeftovers(ctx); err != nil { // of a try that came no further
		return err
	}
	l := staging{runner: r, ctx: ctx, seq: state.Rows}
	var err error
	if r.Bulk != nil {
		err = l.picked(r.Bulk)
	} else {
		err = l.gone(state)
	}
	if err == nil {
		err = l.flush()
	}
	if err != nil {
		return err
	}
	if l.keyless > 0 {
		r.Observer.Notice(fmt.Sprintf("%d orders have no key, or no number that can be read: nobody can say whether a row has them, and they stay", l.keyless))
	}
	state.Leftovers = l.seq - state.Rows
	return r.capped(state, l.removals)
}

// capped refuses to take out more orders than may be.
func (r *Runner) capped(state *State, removals int64) error {
	if r.Bulk != nil && r.Bulk.Uncapped {
		return nil
	}
	bound := r.MaxRemovals
	if !bound.Set {
		if state.Before < smallCampaign {
			return nil
		}
		bound = Cap{Percent: defaultRemovals, Set: true}
	}
	if most, ok := bound.Of(int64(state.Before)); ok && removals > most {
		return fmt.Errorf("%w: %d of %d, and --max-removals is %d; nothing was sent", ErrTooManyRemovals, removals, state.Before, most)
	}
	return nil
}

// staging gathers leftovers for the ledger.
type staging struct {
	runner   *Runner
	ctx      context.Context
	seq      int64
	rows     []Row
	removals int64
	keyless  int64
}

func (l *staging) add(o SnapshotOrder) error {
	l.seq++
	key := o.Key
	if key == "" {
		key = o.Phone
	}
	l.rows = append(l.rows, Row{Seq: l.seq, Source: Leftover, Key: key, Phone: o.Phone, Meant: o.UUID})
	if len(l.rows) < planBatch {
		return nil
	}
	return l.flush()
}

func (l *staging) flush() error {
	rows := l.rows
	l.rows = nil
	if len(rows) == 0 {
		return nil
	}
	return l.runner.Ledger.Stage(l.ctx, rows)
}

// picked stages the orders that a bulk change is for.
func (l *staging) picked(b *Bulk) error {
	for o, err := range l.runner.Ledger.Originals(l.ctx) {
		if err != nil {
			return err
		}
		if _, is := l.runner.picks.get(o.UUID); !is {
			continue
		}
		if b.Kind != reconcile.UpdateOrder && !o.Status.Protected() {
			l.removals++
		}
		if err := l.add(o); err != nil {
			return err
		}
	}
	return nil
}

// pick remembers which orders of the campaign's list a bulk change is for, in
// about 10 bytes each.
func (r *Runner) pick(orders []client.Order) error {
	for _, o := range orders {
		if r.Bulk.Picks(o) {
			r.picks.add(o.UUID, 1)
		}
	}
	return nil
}

// leftover gives the order that a leftover stands for, and behind it the others
// of its number; none where it is not there.
func (s *situations) leftover(row *Row) []SnapshotOrder {
	own, there := s.byUUID[row.Meant]
	if !there {
		return nil
	}
	orders := []SnapshotOrder{own}
	for _, o := range s.byPhone[own.Phone] {
		if own.Phone != "" && o.UUID != own.UUID {
			orders = append(orders, o)
		}
	}
	return orders
}

// decideLeftover decides on an order that no row has; the orders are it, and
// others of its number.
func (p *planner) decideLeftover(row *Row, orders []SnapshotOrder) reconcile.Action {
	if len(orders) == 0 {
		return reconcile.Action{
			Outcome: reconcile.Skipped, OrderUUID: row.Meant, Code: "gone", Reason: "its order is not in the campaign any more",
		}
	}
	bulk := p.Bulk
	if bulk == nil {
		bulk = &Bulk{Kind: p.Prune}
	}
	return reconcile.Leftover(orders[0].Order, situationOf(orders[1:], nil).Orders, bulk.Kind, bulk.Set)
}
