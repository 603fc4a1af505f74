package importer

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"golang.org/x/sync/errgroup"

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
	// Orders are those that are meant.
	Orders func(context.Context) iter.Seq2[client.Order, error]
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
	for o, err := range b.Orders(l.ctx) {
		if err != nil {
			return fmt.Errorf("reading the campaign's orders: %w", err)
		}
		if err := l.runner.addOrders(l.ctx, []client.Order{o}, true); err != nil {
			return err
		}
		if b.Kind != reconcile.UpdateOrder && !o.Status.Protected() {
			l.removals++
		}
		if err := l.add(SnapshotOrder{
			Order: reconcile.Order{UUID: o.UUID}, Phone: e164(o.Record.PhoneNumber, l.runner.Region), Key: l.runner.otherKey(o.Record),
		}); err != nil {
			return err
		}
	}
	return nil
}

// gone stages the orders that may be touched and that no row has. Nothing is
// gone for sure where a source was empty, or a row could not be read or has no
// key: it may be anybody's.
func (l *staging) gone(state *State) error {
	if i := slices.IndexFunc(state.Sources, func(s SourceState) bool { return s.Rows == 0 }); i >= 0 {
		// That it is empty is known and allowed; that all others are gone is not.
		l.runner.Observer.Notice("no order is taken out: " + state.Sources[i].Name + " has no row")
		return nil
	}
	var err error
	if state.Withheld, err = l.withheld(state); err != nil || state.Withheld != "" {
		return err
	}
	kept, err := l.kept()
	if err != nil {
		return err
	}
	batch := make([]SnapshotOrder, 0, planBatch)
	for o, err := range l.runner.Ledger.Originals(l.ctx) {
		if err != nil {
			return err
		}
		if o.Status.Protected() || kept.has(&o) {
			continue
		}
		if batch = append(batch, o); len(batch) == planBatch {
			if err := l.check(batch, kept); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return l.check(batch, kept)
}

// withheld says why nothing may be taken out; empty where it may.
func (l *staging) withheld(state *State) (string, error) {
	if most := l.runner.Limit; most > 0 && state.Rows >= most {
		return fmt.Sprintf("only %d rows were read", most), nil
	}
	for _, s := range state.Sources {
		if s.Doubtful != "" {
			return s.Name + " may not be whole: " + s.Doubtful, nil
		}
	}
	for p, err := range l.runner.Ledger.Persons(l.ctx) {
		switch {
		case err != nil:
			return "", err
		case p.Key == "":
			return fmt.Sprintf("line %d of %s has no key (%s)", p.Line, state.Sources[p.Source].Name, p.Code), nil
		}
	}
	return "", nil
}

// keeping is what the rows have, in about 20 bytes each.
type keeping struct {
	byPhone, shared bool
	keys, phones    *keySet
}

func (l *staging) kept() (*keeping, error) {
	k := &keeping{byPhone: l.runner.byPhone(), shared: l.runner.shared(), keys: newKeySet(), phones: newKeySet()}
	for p, err := range l.runner.Ledger.Persons(l.ctx) {
		if err != nil {
			return nil, err
		}
		k.keys.add(p.Key, 1)
		if p.Phone != "" {
			k.phones.add(p.Phone, 1)
		}
	}
	return k, nil
}

// has reports whether a row has the order, by key or by number. Where several
// people may have one number, the number says so only while the key is not
// known.
func (k *keeping) has(o *SnapshotOrder) bool {
	_, phone := k.phones.get(o.Phone)
	if k.byPhone || o.Key == "" {
		return phone
	}
	_, key := k.keys.get(o.Key)
	return key || phone && !k.shared
}

// check stages orders that no row seems to have, once it is sure: one whose key
// the list does not show is looked up.
func (l *staging) check(batch []SnapshotOrder, kept *keeping) error {
	g, ctx := errgroup.WithContext(l.ctx)
	g.SetLimit(searchesInFlight)
	for i := range batch {
		o := &batch[i]
		if kept.byPhone || o.Key != "" {
			continue
		}
		g.Go(func() error {
			rec, err := l.runner.Records.Get(ctx, o.RecordUUID)
			if err != nil {
				return fmt.Errorf("reading the record of order %s: %w", o.UUID, err)
			}
			o.Key = l.runner.otherKey(rec)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, o := range batch {
		switch {
		case !kept.byPhone && o.Key == "", kept.byPhone && !IsE164(o.Phone):
			l.keyless++
		case kept.has(&o):
		default:
			l.removals++
			if err := l.add(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// leftover gives the snapshot's order that a leftover stands for.
func (p *planner) leftover(row *Row, there *situations) []SnapshotOrder {
	for _, orders := range []([]SnapshotOrder){there.byPhone[row.Phone], there.byKey[row.Key]} {
		for _, o := range orders {
			if o.UUID == row.Meant {
				return []SnapshotOrder{o}
			}
		}
	}
	return nil
}

// decideLeftover decides on an order that no row has.
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
	return reconcile.Leftover(orders[0].Order, bulk.Kind, bulk.Set)
}
