package importer_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/report"
)

// TestPlanOfARun: what was planned is what a run does as long as nothing moves,
// and a run that finds anything else sends nothing.
func TestPlanOfARun(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	w.addOrder(number(900), "registered")
	gone := w.addOrder(number(901), "planned")
	w.addOrder(number(902), "contacted")
	w.addOrder(number(3), "registered")
	w.addOrder(number(4), "contacted")
	leads := lines("name,phone,company,amount",
		"Ann,"+number(1)+",Acme,5", "Bob,"+number(2)+",<b>,", "Cy,"+number(3)+",Acme,7.50", "Di,"+number(4)+",Acme,", "Ann,"+number(1)+",Acme,5", "Ed,"+number(5)+",Acme,much")

	run := func(review func(context.Context, *importer.Preview) error) ran {
		w.ledger = filepath.Join(scratch(t), "ledger.db")
		return w.run(w.runner([]file{leads}, "", func(r *importer.Runner) {
			r.Policy.Update, r.Policy.Status, r.Policy.Staged = true, client.StatusPlanned, true
			r.Policy.Now = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
			r.Prune, r.Review = reconcile.RemoveOrder, review
		}), "run")
	}
	head := report.PlanHead{Campaign: report.PlanCampaign{UUID: w.campaign.UUID, Name: "Spring"}}
	var text bytes.Buffer
	out := run(func(ctx context.Context, p *importer.Preview) error {
		plan, err := report.NewPlan(ctx, head, p.State, p)
		must(t, err)
		must(t, plan.JSON(ctx, &text))
		return errLooked
	})
	if !errors.Is(out.err, errLooked) || w.writes.Load() > 0 {
		t.Fatalf("%v, and %d requests changed something", out.err, w.writes.Load())
	}
	read, err := report.ReadPlanHead(bytes.NewReader(text.Bytes()))
	must(t, err)
	c := read.Counts
	if c.Create != 2 || c.Activate != 2 || c.Update != 1 || c.Remove != 2 || c.Protected != 1 || c.Duplicate != 1 || c.Rejected != 1 || c.Rows != 6 || c.Leftovers != 2 {
		t.Fatalf("%+v\n%s", c, &text)
	}
	checking := func(settled bool) func(context.Context, *importer.Preview) error {
		return func(ctx context.Context, p *importer.Preview) error {
			if settled {
				_, err := p.Settle(ctx)
				must(t, err)
			}
			return report.CheckPlan(ctx, bytes.NewReader(text.Bytes()), p)
		}
	}
	_, err = w.client.Orders.Update(t.Context(), w.campaign.UUID, gone.UUID, client.OrderPatch{Status: client.StatusScheduled})
	must(t, err)
	before := w.writes.Load()
	out = run(checking(true))
	if !errors.Is(out.err, report.ErrPlanOutdated) || !strings.Contains(out.err.Error(), "which is Planned; now it is to remove order "+gone.UUID+", which is Scheduled") || w.writes.Load() > before {
		t.Fatalf("%v", out.err)
	}
	_, err = w.client.Orders.Update(t.Context(), w.campaign.UUID, gone.UUID, client.OrderPatch{Status: client.StatusPlanned})
	must(t, err)
	if out = run(checking(false)); out.err != nil {
		t.Fatal(out.err)
	}
	w.books(ran{rows: out.rows[:6]}, 6)
	if got, want := out.outcomes(), "created created updated protected duplicate rejected removed removed"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	out = run(checking(true))
	if !errors.Is(out.err, report.ErrPlanOutdated) || !strings.Contains(out.err.Error(), "leads.csv line 2: the plan is to create an order; now it is to do nothing") {
		t.Errorf("carried out already: %v", out.err)
	}
}
