package importer_test

import (
	"math/rand/v2"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
)

// TestTally: counting finds fault with a campaign exactly where there is
// something to be named, whatever became of its orders after the run.
func TestTally(t *testing.T) {
	t.Parallel()
	const rows, others = 230, 40
	for name, tt := range map[string]struct{ seconds, removed, strangers, crossed int }{
		"as it was left":           {},
		"somebody has two orders":  {seconds: 1},
		"many have two":            {seconds: 30},
		"an order is gone":         {removed: 1},
		"many are gone":            {removed: 120},
		"two orders, and one gone": {seconds: 1, removed: 1},
		"orders of other people":   {strangers: 90},
		"one has another's number": {crossed: 1},
		"of everything some":       {seconds: 3, removed: 3, strangers: 3},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			for i := range others {
				w.addOrder(number(rows+i), "registered")
			}
			r := w.runner([]file{contacts(rows)}, "", nil)
			must(t, w.run(r, "run").err)
			made := w.orders()
			rand.Shuffle(len(made), func(i, j int) { made[i], made[j] = made[j], made[i] })
			for i := range tt.seconds {
				w.addOrder(made[len(made)-1-i].Record.PhoneNumber, "registered")
			}
			gone := 0
			for _, o := range made[:tt.removed] {
				must(t, w.client.Orders.Remove(t.Context(), w.campaign.UUID, o.UUID))
				if o.Record.PhoneNumber < number(rows) {
					gone++
				}
			}
			for i := range tt.strangers {
				w.addOrder(number(rows+others+i), "registered")
			}
			for i := range tt.crossed {
				w.patchAs("/records/"+made[i].Record.UUID, `{"phoneNumber":"`+made[len(made)-1-i].Record.PhoneNumber+`"}`)
			}
			clear, named := w.audits(r, "run")
			if is := len(named.Twice)+len(named.Missing) == 0; clear != is {
				t.Errorf("counting says %t; named are %d with two orders, %d rows without", clear, len(named.Twice), len(named.Missing))
			}
			if want := min(gone, 100); tt.seconds == 0 && len(named.Missing) != want {
				t.Errorf("%d of the run's orders are gone, %d rows are named", want, len(named.Missing))
			}
		})
	}
}

// audits verifies a run that is over, in both ways.
func (w *world) audits(r *importer.Runner, name string) (clear bool, named importer.Verification) {
	w.t.Helper()
	l, err := ledger.Open(w.t.Context(), w.ledger)
	must(w.t, err)
	defer func() { must(w.t, l.Close()) }()
	r.Ledger, _, err = l.Resume(w.t.Context(), name)
	must(w.t, err)
	clear, err = r.Tally(w.t.Context())
	must(w.t, err)
	named, err = r.Name(w.t.Context())
	must(w.t, err)
	return clear, named
}
