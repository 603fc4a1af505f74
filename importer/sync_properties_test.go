package importer_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
)

// TestPlansTouchNothingElse is a property over random campaigns and files, of
// which the plans are looked at: they are read, staged and decided on as for a
// run, and nothing is sent. An order is taken out exactly where no row has it,
// whatever became of the row, where it is not protected and nothing withholds
// it, and where there are not too many; no row touches what is protected; and
// the plan does not depend on the number of workers or cores.
func TestPlansTouchNothingElse(t *testing.T) {
	campaigns := uint64(120)
	if *long {
		campaigns = 100_000
	}
	l, err := ledger.Open(t.Context(), scratch(t)+"/ledger.db")
	must(t, err)
	defer func() { must(t, l.Close()) }()
	var removals, capped, withheld int
	for seed := range campaigns {
		d := draw(seed, 40, false)
		plan, err := d.plan(t, l, 8)
		gone := d.gone()
		switch {
		case d.withheld:
			withheld++
		case len(gone) > d.bound:
			capped++
		}
		if tooMany := errors.Is(err, importer.ErrTooManyRemovals); tooMany != (len(gone) > d.bound) || !tooMany && !errors.Is(err, errLooked) {
			t.Fatalf("seed %d: %d orders are gone, %d may be: %v", seed, len(gone), d.bound, err)
		}
		if err != nil && !errors.Is(err, errLooked) {
			continue
		}
		removals += d.holds(t, seed, plan, gone)
		if seed%10 == 0 {
			d.indifferent(t, l, plan)
			must(t, l.Tidy(t.Context()))
		}
		if t.Failed() {
			t.Fatalf("seed %d: %s\n%s", seed, d.spec, strings.Join(d.rows, "\n"))
		}
	}
	if removals < 100 || capped < 10 || withheld < 10 {
		t.Errorf("%d removals, %d capped and %d withheld plans are too few to say anything", removals, capped, withheld)
	}
}

// plan is what a sync of the drawn campaign would do.
func (d *drawn) plan(t *testing.T, l *ledger.Ledger, workers int) (all []importer.Planned, err error) {
	t.Helper()
	s := d.shelve(t)
	w := &world{t: t, client: &client.Client{}}
	r := w.runner([]file{lines(d.rows...)}, d.spec, d.change)
	r.Orders, r.Records, r.Workers = shelvedOrders{shelf: s}, shelvedRecords{s}, workers
	r.Campaign = importer.Campaign{UUID: "campaign", RecordTypeUUID: "type"}
	run, err := l.Begin(t.Context(), ledger.Meta{Name: fmt.Sprint(time.Now().UnixNano(), workers), StartedAt: time.Now()})
	must(t, err)
	r.Ledger = run
	r.Review = func(ctx context.Context, p *importer.Preview) error {
		if err := p.Each(ctx, func(planned *importer.Planned) error {
			all = append(all, *planned)
			return nil
		}); err != nil {
			return err
		}
		return errLooked
	}
	_, err = r.Run(t.Context(), nil)
	return all, err
}

// holds holds a plan against what was drawn, and gives the number of removals.
func (d *drawn) holds(t *testing.T, seed uint64, plan []importer.Planned, gone map[string]bool) (removals int) {
	t.Helper()
	protected := make(map[string]bool)
	for _, o := range d.orders {
		protected[o.UUID] = client.Status(o.Status).Protected()
	}
	for _, p := range plan {
		uuid := p.Action.OrderUUID
		switch {
		case len(p.Action.Steps) > 0 && protected[uuid]:
			t.Errorf("seed %d: %s is protected and touched: %+v", seed, uuid, p.Action)
		case p.Row.Source != importer.Leftover:
		case !gone[uuid] || len(p.Action.Steps) != 1 || p.Action.Steps[0] != d.kind:
			t.Errorf("seed %d: %s is taken out and must not be, or twice: %+v", seed, p.Row.Key, p.Action)
		default:
			removals++
			delete(gone, uuid)
		}
	}
	if len(gone) > 0 {
		t.Errorf("seed %d: %v are gone and stay", seed, gone)
	}
	return removals
}

// indifferent holds that the plan is the same whoever makes it.
func (d *drawn) indifferent(t *testing.T, l *ledger.Ledger, plan []importer.Planned) {
	t.Helper()
	cores := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(cores)
	d.rng.Shuffle(len(d.orders), func(i, j int) { d.orders[i], d.orders[j] = d.orders[j], d.orders[i] })
	again, err := d.plan(t, l, 1)
	if !errors.Is(err, errLooked) {
		t.Error(err)
	}
	if diff := gocmp.Diff(plan, again, gocmp.FilterValues(func(_, _ time.Time) bool { return true }, gocmp.Ignore())); diff != "" {
		t.Errorf("the plan depends on who makes it: %s", diff)
	}
}

// TestApplyThenPlan is a property over random campaigns: what was synced needs
// nothing more, by a second run and by its plan, and the books close.
func TestApplyThenPlan(t *testing.T) {
	campaigns, most := uint64(12), 20
	if *long {
		campaigns, most = 2000, 60
	}
	for seed := range campaigns {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{PartialRecords: seed%2 == 0, NewestFirst: seed%3 == 0})
				d := draw(seed, most, true)
				for _, o := range d.orders {
					w.put(o)
				}
				for _, rec := range d.records {
					rec.RecordTypeUUID = w.campaign.RecordTypeUUID
					_, err := w.server.AddRecord(rec)
					must(t, err)
				}
				f := lines(d.rows...)
				before := len(w.orders())
				got := w.sync("run", f, d.spec, d.change)
				if !got.verification.Closed() || len(got.rows) < len(d.rows)-1 {
					t.Errorf("%d rows, %+v", len(got.rows), got.verification)
				}
				made, removed := 0, 0
				for _, row := range got.rows {
					switch row.Outcome {
					case reconcile.Created, reconcile.Associated:
						made++
					case reconcile.Removed:
						removed++
					case reconcile.Failed, reconcile.Ambiguous, reconcile.Unprocessed:
						t.Errorf("line %d is %s: %s", row.Line, row.Outcome, row.Message)
					}
				}
				if after := len(w.orders()); after != before+made-removed {
					t.Errorf("%d orders before, %d made, %d removed, %d now", before, made, removed, after)
				}
				if w.settledBy("again", f, d.spec, d.change); t.Failed() {
					t.Logf("%s\n%s", d.spec, f.text)
				}
			})
		})
	}
}
