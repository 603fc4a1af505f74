package importer

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/campsync/campsync/importer/reconcile"
)

// searchesInFlight is how many keys are searched for at a time.
const searchesInFlight = 16

// lookBatch is how many rows are looked up in the ledger at a time.
const lookBatch = 500

// search calls look for every different key of the rows.
func (r *Runner) search(ctx context.Context, stage string, which func(*Person) bool, keys func(context.Context, []Person) ([]string, error), look func(context.Context, string) error) error {
	r.Observer.Stage(stage, 0)
	return r.persons(ctx, which, func(batch []Person) error {
		wanted, err := keys(ctx, batch)
		if err != nil {
			return err
		}
		slices.Sort(wanted)
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(searchesInFlight)
		for _, key := range slices.Compact(wanted) {
			if key == "" {
				continue
			}
			g.Go(func() error {
				r.Observer.Advance(1, 0)
				return look(gctx, key)
			})
		}
		return g.Wait()
	})
}

// filter takes those out of a batch for whom nothing has to be looked up.
type filter func(context.Context, []Person) ([]Person, error)

func everyone(_ context.Context, batch []Person) ([]Person, error) { return batch, nil }

var errEnough = errors.New("enough")

// count counts the rows that have no outcome and pass the filter; it stops
// counting at enough.
func (r *Runner) count(ctx context.Context, enough int, f filter) (int, error) {
	n := 0
	err := r.persons(ctx, pending, func(batch []Person) error {
		batch, err := f(ctx, batch)
		if n += len(batch); err == nil && n >= enough {
			return errEnough
		}
		return err
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return n, err
}

// pending picks the rows that nothing was done for yet.
func pending(p *Person) bool { return !p.Touched }

// persons gives the rows that are picked, in batches.
func (r *Runner) persons(ctx context.Context, which func(*Person) bool, take func([]Person) error) error {
	batch := make([]Person, 0, lookBatch)
	for p, err := range r.Ledger.Persons(ctx) {
		if err != nil {
			return err
		}
		if !which(&p) {
			continue
		}
		if batch = append(batch, p); len(batch) == lookBatch {
			if err := take(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return take(batch)
}

func keysOf(batch []Person) []string {
	keys := make([]string, 0, len(batch))
	for _, p := range batch {
		keys = append(keys, p.Key)
	}
	return keys
}

// withoutOrder gives those whose number has no order in the snapshot.
func (r *Runner) withoutOrder(ctx context.Context, batch []Person) ([]Person, error) {
	ordered, err := r.Ledger.Ordered(ctx, keysOf(batch))
	if err != nil {
		return nil, err
	}
	var without []Person
	for _, p := range batch {
		if !ordered[p.Phone] {
			without = append(without, p)
		}
	}
	return without, nil
}

// shownInPart gives those who have an order that may be updated, and whose
// record it does not show as far as it matters.
func (r *Runner) shownInPart(ctx context.Context, batch []Person) ([]Person, error) {
	orders, err := r.Ledger.OrdersOf(ctx, Wanted{Phones: keysOf(batch)})
	if err != nil {
		return nil, err
	}
	byPhone := make(map[string][]SnapshotOrder, len(orders))
	for _, o := range orders {
		byPhone[o.Phone] = append(byPhone[o.Phone], o)
	}
	var part []Person
	for _, p := range batch {
		if slices.ContainsFunc(byPhone[p.Phone], func(o SnapshotOrder) bool {
			return !o.Status.Protected() && !r.mapped[p.Source].shownBy(o.Values)
		}) {
			part = append(part, p)
		}
	}
	return part, nil
}

// shownBy reports whether the values tell of every mapped field of a record.
func (f fieldSet) shownBy(values reconcile.Values) bool {
	for target := range f {
		if _, known := values[target]; !known && !reconcile.OfOrder(target) {
			return false
		}
	}
	return true
}
