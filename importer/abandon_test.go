package importer_test

import (
	"net/http"
	"strings"
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

// TestAbandonedCallable: an order that the server has made callable is set back
// also by a run that is given up.
func TestAbandonedCallable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		w.addRecords(0, 1)
		f := lines("phone,price", number(0)+",5")
		drain := make(chan struct{})
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			resp, err := send()
			if r.Method == http.MethodPost {
				for _, o := range w.orders() { // the server makes them planned
					w.patchOrder(o.Record.PhoneNumber, `{"status":"planned"}`)
				}
				resp, err = reworded(resp, err, func(b []byte) string { return strings.ReplaceAll(string(b), `"registered"`, `"planned"`) })
				close(drain)
				synctest.Wait()
			}
			return resp, err
		}
		got := w.runWith(t.Context(), w.runner([]file{f}, syncSpec("phone,price"), nil), "run", drain, nil)
		if got.err == nil {
			t.Fatal("the run was not stopped")
		}
		w.between = nil
		got = w.run(w.runner([]file{f}, syncSpec("phone,price"), func(r *importer.Runner) { r.Abandon = true }), "run")
		must(t, got.err)
		if s := w.orderOf(number(0)).Status; s != "registered" {
			t.Errorf("given up: order is %s without settings", s)
		}
		got = w.run(w.runner([]file{f}, syncSpec("phone,price"), nil), "next")
		o := w.orderOf(number(0))
		must(t, got.err)
		if o.Status != "registered" || o.Price == nil {
			t.Errorf("next run, status registered wanted: %s, order is %s", got.outcomes(), o.Status)
		}
	})
}
