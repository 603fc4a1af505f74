package importer

import (
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

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

// keeping is what the rows have, in about 10 bytes each.
type keeping struct {
	byPhone, shared bool
	keys, phones    *keySet // keys: nil where the number is the key
}

func (l *staging) kept() (*keeping, error) {
	k := &keeping{byPhone: l.runner.byPhone(), shared: l.runner.shared(), phones: newKeySet(0)}
	if !k.byPhone {
		k.keys = newKeySet(0)
	}
	for p, err := range l.runner.Ledger.Persons(l.ctx) {
		if err != nil {
			return nil, err
		}
		if !k.byPhone {
			k.keys.add(p.Key, 1)
		}
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
			rec, there, err := recordOf(ctx, l.runner.Records, o.RecordUUID)
			if there {
				o.Key = l.runner.otherKey(rec)
			}
			return err
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
