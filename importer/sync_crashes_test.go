package importer_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

func (c *crash) DropLeftovers(ctx context.Context) error {
	return c.written(func() error { return c.Ledger.DropLeftovers(ctx) })
}

func (c *crash) Remember(ctx context.Context) error {
	return c.written(func() error { return c.Ledger.Remember(ctx) })
}

// TestSyncCrashes stops a sync that does all that a sync can, with removals or
// cancels and with staged activation, at every point at which it writes its
// ledger or sends something, and goes on with it: everything that was wanted is
// there, once.
func TestSyncCrashes(t *testing.T) {
	rows := 5
	if *long {
		rows = 15
	}
	everyCrash(t, 15, 13, func(t *testing.T, c *crash) {
		if !*long && (c.write+c.request)/2%2 == 1 {
			t.SkipNow() // every second pair of points is for -long
		}
		kind := []reconcile.Kind{reconcile.RemoveOrder, reconcile.CancelOrder}[(c.write+c.request)%2]
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{PartialRecords: c.moment == after})
			m := w.mix(rows)
			name := "run"
			if got := c.run(w, w.runner([]file{m.file}, m.spec, m.all(kind, true)), name); got.state.Phase == importer.Reading || got.state.Phase == importer.Looking {
				if w.writes.Load() > 0 {
					t.Errorf("%d writes before all was read", w.writes.Load())
				}
				name = "run, once more"
			}
			got := w.run(w.runner([]file{m.file}, m.spec, m.all(kind, true)), name)
			commits, err := w.server.Journal(0)
			must(t, err)
			if m.done(w, got, kind); *long || c.moment == amid {
				m.settled(w, kind, true)
			}
			// Of five rows one takes one, one takes three, and the others take two.
			if want := 2*rows + m.gone; len(commits) != want {
				t.Errorf("%d commits; want %d: something was done twice, or not at all\n%+v", len(commits), want, commits)
			}
		})
	})
}
