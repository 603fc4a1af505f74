package importer_test

import (
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// TestAbandonCrashes stops a sync at every point and gives it up: nothing more is
// sent for it, and it is known of each row what became of it. The next run brings
// in what is missing, once.
func TestAbandonCrashes(t *testing.T) {
	const rows = 5
	everyCrash(t, 15, 13, func(t *testing.T, c *crash) {
		if at := c.write + c.request; !*long && at > 0 && at/2%2 == 0 {
			t.SkipNow() // every second pair of points is for -long
		}
		kind := []reconcile.Kind{reconcile.RemoveOrder, reconcile.CancelOrder}[(c.write+c.request)%2]
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			m := w.mix(rows)
			got := c.run(w, w.runner([]file{m.file}, m.spec, m.all(kind, c.moment == after)), "run")
			if got.state.Phase == importer.Reading || got.state.Phase == importer.Looking {
				t.SkipNow() // nothing was sent: there is nothing to give up
			}
			w.writes.Store(0)
			got = w.run(w.runner([]file{m.file}, m.spec, func(r *importer.Runner) {
				m.all(kind, c.moment == after)(r)
				r.Abandon = true
			}), "run")
			must(t, got.err)
			if n := w.writes.Load(); n > 0 || got.state.Phase != importer.Done {
				t.Errorf("%d requests were sent for a run that was given up (%s)", n, got.state.Phase)
			}
			got.rows = got.rows[:got.state.Rows]
			w.books(got, rows)
			got = w.run(w.runner([]file{m.file}, m.spec, m.all(kind, false)), "next")
			must(t, got.err)
			m.settled(w, kind, false)
			w.allOnce(len(w.orders()))
			for _, o := range w.orders() {
				if want := m.protect[o.Record.PhoneNumber]; want != "" && o.Status != want {
					t.Errorf("%s is %s now", o.Record.PhoneNumber, o.Status)
				}
			}
		})
	})
}
