package importer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
)

// restless is a list that changes while it is read: before a page is given
// out there is at most one change, so that its total gives each away.
type restless struct {
	mu      sync.Mutex
	rng     *rand.Rand
	items   []string
	next    int
	newest  bool // first
	size    int
	changes int     // that are left
	create  float64 // share of them
	often   float64
	counted bool
	fetches int
}

func (l *restless) fetch(_ context.Context, page int) (client.Page[string], error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fetches++
	if l.changes > 0 && l.rng.Float64() < l.often {
		l.changes--
		l.change()
	}
	p := client.Page[string]{Total: len(l.items), Page: page, Limit: l.size}
	if !l.counted {
		p.Total = -1
	}
	if from := (page - 1) * l.size; from < len(l.items) {
		p.Items = slices.Clone(l.items[from:min(from+l.size, len(l.items))])
	}
	return p, nil
}

func (l *restless) change() {
	switch {
	case l.rng.Float64() < l.create || len(l.items) == 0:
		l.next++
		if l.newest {
			l.items = slices.Insert(l.items, 0, fmt.Sprint(l.next))
		} else {
			l.items = append(l.items, fmt.Sprint(l.next))
		}
	default:
		i := l.rng.IntN(len(l.items))
		l.items = slices.Delete(l.items, i, i+1)
	}
}

// TestCensus: whatever happens to a list while it is read, what was in it all
// the time was seen, or the reader says that it cannot be sure.
func TestCensus(t *testing.T) {
	seeds := 3000
	if *long {
		seeds = 200_000
	}
	restlessly := 0
	for seed := range uint64(seeds) {
		rng := rand.New(rand.NewPCG(seed, 3))
		l := &restless{
			rng: rng, newest: rng.IntN(2) == 0, size: 1 + rng.IntN(10), changes: rng.IntN(12),
			create: float64(rng.IntN(5)) / 4, often: 0.1 + 0.9*rng.Float64(), counted: true,
		}
		for range rng.IntN(60) {
			l.next++
			l.items = append(l.items, fmt.Sprint(l.next))
		}
		before := slices.Clone(l.items)
		seen := map[string]bool{}
		n, err := importer.ReadAll(t.Context(), l.fetch,
			func() error { clear(seen); return nil },
			func(items []string) error {
				for _, item := range items {
					seen[item] = true
				}
				return nil
			})
		if errors.Is(err, importer.ErrRestless) {
			restlessly++
			continue
		}
		must(t, err)
		if n != len(seen) {
			t.Fatalf("seed %d: %d items are counted, %d were given", seed, n, len(seen))
		}
		for _, item := range before {
			if slices.Contains(l.items, item) && !seen[item] {
				t.Fatalf("seed %d: item %s was there all the time and was not seen", seed, item)
			}
		}
	}
	if restlessly > seeds/10 {
		t.Errorf("%d of %d lists were given up", restlessly, seeds)
	}
}

// TestCensusGivesUp on a list that never rests.
func TestCensusGivesUp(t *testing.T) {
	l := &restless{rng: rand.New(rand.NewPCG(1, 1)), size: 2, changes: 1 << 30, create: 0.5, often: 1, counted: true}
	for l.next < 50 {
		l.next++
		l.items = append(l.items, fmt.Sprint(l.next))
	}
	_, err := importer.ReadAll(t.Context(), l.fetch, func() error { return nil }, func([]string) error { return nil })
	if !errors.Is(err, importer.ErrRestless) {
		t.Errorf("%v", err)
	}
}

// TestCensusOfAQuietList costs a request a page, and one more and twice that where
// the list does not say its total.
func TestCensusOfAQuietList(t *testing.T) {
	for _, counted := range []bool{true, false} {
		for n := range 35 {
			l := &restless{size: 10, counted: counted}
			for i := range n {
				l.items = append(l.items, fmt.Sprint(i))
			}
			got := 0
			total, err := importer.ReadAll(t.Context(), l.fetch, func() error { return nil },
				func(items []string) error { got += len(items); return nil })
			must(t, err)
			most, times := max(1, (n+9)/10), 1
			if !counted && n > 0 {
				most++ // only an empty page says that it is the end
			}
			if !counted {
				most, times = 2*most, 2 // and it may be empty by mistake
			}
			if total != n || got != times*n || l.fetches > most {
				t.Errorf("counted %t: %d of %d items, %d given, in %d requests", counted, total, n, got, l.fetches)
			}
		}
	}
}

// TestCensusWithoutTotals: items that are removed while the list is read shift
// those behind them to pages that were read already; they are not missed.
func TestCensusWithoutTotals(t *testing.T) {
	for removed := range 30 {
		var items []string
		for i := range 35 {
			items = append(items, fmt.Sprint(i))
		}
		fetches := 0
		fetch := func(_ context.Context, page int) (client.Page[string], error) {
			if fetches++; fetches == 2 {
				items = append(items[:removed], items[removed+1:]...)
			}
			from := min((page-1)*10, len(items))
			return client.Page[string]{Items: items[from:min(from+10, len(items))], Total: -1}, nil
		}
		seen := make(map[string]bool)
		_, err := importer.ReadAll(t.Context(), fetch, func() error { clear(seen); return nil }, func(page []string) error {
			for _, item := range page {
				seen[item] = true
			}
			return nil
		})
		must(t, err)
		for _, item := range items {
			if !seen[item] {
				t.Errorf("%d removed: %s is missing", removed, item)
			}
		}
	}
}

// TestCensusWithAnEmptyPage: a page of a list without a total that comes back
// empty once, the first or any other, in the first pass or a later one, does not
// cut the list.
func TestCensusWithAnEmptyPage(t *testing.T) {
	for n := range 41 {
		for empty := range 14 {
			l := &restless{size: 10}
			for i := range n {
				l.items = append(l.items, fmt.Sprint(i))
			}
			fetch := func(ctx context.Context, page int) (client.Page[string], error) {
				p, err := l.fetch(ctx, page)
				if l.fetches == empty {
					p.Items = nil
				}
				return p, err
			}
			seen := make(map[string]bool)
			total, err := importer.ReadAll(t.Context(), fetch, func() error { clear(seen); return nil }, func(page []string) error {
				for _, item := range page {
					seen[item] = true
				}
				return nil
			})
			must(t, err)
			if total != n || len(seen) != n {
				t.Errorf("%d items, request %d shows none: %d are counted, %d seen", n, empty, total, len(seen))
			}
		}
	}
}
