package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/report"
	"github.com/campsync/campsync/mapping"
)

// anyWorld is a world of rows and orders as they come.
func anyWorld(r *rand.Rand) *world {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	statuses := []client.Status{client.StatusRegistered, client.StatusPlanned, client.StatusContacted, client.StatusNoAnswer}
	w := &world{policy: reconcile.Policy{
		Status: statuses[r.IntN(2)], Staged: r.IntN(2) == 0, Associate: reconcile.AssociateAuto, Update: r.IntN(3) > 0,
		Conflicts: reconcile.Resolutions{Otherwise: []reconcile.Resolution{reconcile.ConflictReport, reconcile.ConflictFile}[r.IntN(2)]},
	}}
	for range r.IntN(3) {
		w.refuse(reconcile.Rejected, "ragged", "", pick("has 1 cell", "bad \xff byte", "<&> \u2028"))
	}
	for range r.IntN(12) {
		n := w.next()
		email, other := pick("a@x.org", "b@x.org", "<\u2029\x01\xffé"), pick("a@x.org", "b@x.org")
		contact := row{key: phone(n), values: map[string]string{"email": email}}
		if r.IntN(2) == 0 {
			contact.settings = &mapping.Settings{Instructions: pick("call\nsoon", "\u202e"), CurrencyCode: pick("GBP", "")}
		}
		if r.IntN(2) == 0 {
			contact.applied = valuesOf("email", pick("a@x.org", "c@x.org"))
		}
		var o *importer.SnapshotOrder
		var rec *importer.SnapshotRecord
		switch r.IntN(4) {
		case 0, 1:
			o = order(n, statuses[r.IntN(len(statuses))], "email", other)
			o.Unfinished = r.IntN(4) == 0
			o.Values["parameters.x"] = json.RawMessage(pick("null", "5", `{ "a": [1, 2] }`, ""))
		case 2:
			rec = &importer.SnapshotRecord{Key: phone(n)}
			rec.UUID, rec.Values = fmt.Sprint("rec-", n), valuesOf("email", other)
		}
		w.add(contact, o, rec)
	}
	for i := range r.IntN(4) {
		w.leftover(*order(900+i, statuses[r.IntN(len(statuses))]), []reconcile.Kind{reconcile.RemoveOrder, reconcile.CancelOrder}[r.IntN(2)])
	}
	return w.closed()
}

// TestPlanIsAccepted: of the same preview a plan is the same to the byte, and is
// accepted against it, also where somebody has laid it out anew.
func TestPlanIsAccepted(t *testing.T) {
	for seed := range uint64(300) {
		w := anyWorld(rand.New(rand.NewPCG(seed, 1)))
		_, text := planned(t, w)
		if _, again := planned(t, w); !bytes.Equal(text, again) {
			t.Fatalf("seed %d: written twice it differs:\n%s\n%s", seed, text, again)
		}
		if err := report.CheckPlan(t.Context(), bytes.NewReader(text), w); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		var anew bytes.Buffer
		if err := json.Indent(&anew, text, "", "\t"); err != nil {
			t.Fatal(err)
		}
		if err := report.CheckPlan(t.Context(), &anew, w); err != nil {
			t.Fatalf("seed %d, laid out anew: %v", seed, err)
		}
	}
}

// settled gives the rows for which nothing is to be sent their outcome, as a run
// does before it sends anything.
func (w *world) settled() *world {
	s := *w
	s.planned = nil
	for _, p := range w.planned {
		if len(p.Action.Steps) > 0 {
			s.planned = append(s.planned, p)
			continue
		}
		p.Row.Result = p.Result
		s.refused = append(s.refused, p.Row)
	}
	return &s
}

// TestPlanOfSettledRows: it makes no difference whether rows for which nothing
// is to be sent have their outcome already.
func TestPlanOfSettledRows(t *testing.T) {
	for seed := range uint64(100) {
		w := anyWorld(rand.New(rand.NewPCG(seed, 2)))
		before, text := planned(t, w)
		after, _ := planned(t, w.settled())
		if before.Digest != after.Digest || before.Counts != after.Counts || before.Snapshot != after.Snapshot {
			t.Fatalf("seed %d: %+v\n%+v", seed, before.PlanHead, after.PlanHead)
		}
		if err := report.CheckPlan(t.Context(), bytes.NewReader(text), w.settled()); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// TestPlanIsOutdated: whatever is another than it was makes the plan one that is
// not carried out, and the row is named.
func TestPlanIsOutdated(t *testing.T) {
	moves := map[string]func(p *importer.Planned){
		"after": func(p *importer.Planned) {
			if len(p.Action.Changes) > 0 {
				p.Action.Changes = slices.Clone(p.Action.Changes)
				p.Action.Changes[0].After = json.RawMessage(`"moved"`)
			}
		},
		"before": func(p *importer.Planned) {
			if len(p.Action.Changes) > 0 {
				p.Action.Changes = slices.Clone(p.Action.Changes)
				p.Action.Changes[0].Before = json.RawMessage(`"moved"`)
			}
		},
		"one value less": func(p *importer.Planned) {
			if p.Action.Steps[0] != reconcile.CreateOrder && !p.Action.Finishes && len(p.Action.Changes) > 0 {
				p.Action.Changes = p.Action.Changes[1:]
			}
		},
		"record as sent": func(p *importer.Planned) {
			if p.Action.Steps[0] == reconcile.CreateOrder {
				p.Row.Record = []byte(`{"phoneNumber":"+447400999999"}`)
			}
		},
		"settings": func(p *importer.Planned) {
			if p.Action.Steps[0].Makes() && p.Row.Settings != nil {
				p.Row.Settings = &mapping.Settings{Instructions: "moved"}
			}
		},
		"final status": func(p *importer.Planned) {
			if p.Action.Steps[0].Makes() || p.Action.Finishes {
				p.Status = client.StatusScheduled
			}
		},
		"status": func(p *importer.Planned) { p.Order.Status = client.StatusBusy },
		"order":  func(p *importer.Planned) { p.Action.OrderUUID = "moved" },
		"record": func(p *importer.Planned) { p.Action.RecordUUID = "moved" },
		"one step more": func(p *importer.Planned) {
			p.Action.Steps = append(slices.Clone(p.Action.Steps), reconcile.UpdateRecord)
		},
		"another step":    func(p *importer.Planned) { p.Action.Steps = []reconcile.Kind{"another"} },
		"nothing to send": func(p *importer.Planned) { p.Action.Steps, p.Result.Message = nil, "it is done" },
		"another row":     func(p *importer.Planned) { p.Row.Seq += 1000; p.Row.Meant += "0" },
	}
	tried := make(map[string]int)
	for seed := range uint64(40) {
		w := anyWorld(rand.New(rand.NewPCG(seed, 3)))
		_, text := planned(t, w)
		for i := range w.planned {
			if len(w.planned[i].Action.Steps) == 0 {
				continue
			}
			for name, move := range moves {
				moved := *w
				moved.planned = slices.Clone(w.planned)
				p := &moved.planned[i]
				move(p)
				if name != "another row" && bytes.Equal(text, planJSON(t, &moved)) {
					continue // the move does not apply to this row
				}
				tried[name]++
				err := report.CheckPlan(t.Context(), bytes.NewReader(text), &moved)
				if !errors.Is(err, report.ErrPlanOutdated) {
					t.Fatalf("seed %d, row %d, %s: %v\n%s", seed, i, name, err, text)
				}
				place := fmt.Sprintf("leads.csv line %d:", p.Row.Line)
				if p.Row.Source == importer.Leftover {
					place = "order " + w.planned[i].Row.Meant
				}
				if !strings.Contains(err.Error(), place) {
					t.Fatalf("seed %d, %s: %v; it should name %s", seed, name, err, place)
				}
			}
		}
		outdatedByOrder(t, w, text)
	}
	for name := range moves {
		if tried[name] == 0 {
			t.Errorf("%q was never tried", name)
		}
	}
}

func planJSON(t *testing.T, w *world) []byte {
	t.Helper()
	_, text := planned(t, w)
	return text
}

// outdatedByOrder leaves rows out, and puts them in another order.
func outdatedByOrder(t *testing.T, w *world, text []byte) {
	t.Helper()
	var sending []int
	for i := range w.planned {
		if len(w.planned[i].Action.Steps) > 0 {
			sending = append(sending, i)
		}
	}
	for k, i := range sending {
		without := *w
		without.planned = slices.Delete(slices.Clone(w.planned), i, i+1)
		if err := report.CheckPlan(t.Context(), bytes.NewReader(text), &without); !errors.Is(err, report.ErrPlanOutdated) {
			t.Fatalf("without row %d: %v", i, err)
		}
		if err := report.CheckPlan(t.Context(), bytes.NewReader(planJSON(t, &without)), w); !errors.Is(err, report.ErrPlanOutdated) {
			t.Fatalf("with row %d beyond the plan: %v", i, err)
		}
		if k == 0 {
			continue
		}
		turned := *w
		turned.planned = slices.Clone(w.planned)
		turned.planned[i], turned.planned[sending[k-1]] = w.planned[sending[k-1]], w.planned[i]
		if err := report.CheckPlan(t.Context(), bytes.NewReader(text), &turned); !errors.Is(err, report.ErrPlanOutdated) {
			t.Fatalf("rows %d and %d turned: %v", sending[k-1], i, err)
		}
	}
}

func TestPlanDifferencesAreNamed(t *testing.T) {
	w := demo()
	_, text := planned(t, w)
	at := func(line int) *importer.Planned {
		i := slices.IndexFunc(w.planned, func(p importer.Planned) bool { return p.Row.Line == line && p.Row.Source != importer.Leftover })
		return &w.planned[i]
	}
	*at(4) = importer.Planned{Row: at(4).Row, Result: importer.Result{Outcome: reconcile.Protected, Message: "its order is Contacted and must not be touched"}}
	at(7).Action.Changes = []reconcile.Change{{Target: "email", Before: json.RawMessage(`"x@example.com"`), After: json.RawMessage(`"bob@example.org"`)}}
	at(8).Order.Status = client.StatusBusy
	at(9).Action.Steps = []reconcile.Kind{reconcile.CreateOrder}
	w.planned = w.planned[:len(w.planned)-1]
	err := report.CheckPlan(t.Context(), bytes.NewReader(text), w)
	if err == nil {
		t.Fatal("it was accepted")
	}
	golden(t, "plan-outdated.txt", []byte(err.Error()+"\n"))
}

func TestPlanFiles(t *testing.T) {
	w := demo()
	p, _ := planned(t, w)
	changed := slices.Clone(w.state.Sources)
	changed[0].SHA256 = "other"
	for _, test := range []struct {
		sources []importer.SourceState
		mapping report.PlanMapping
		want    string
	}{
		{w.state.Sources, head().Mapping, ""},
		{changed, head().Mapping, "the plan is out of date: leads.csv has changed since it was made"},
		{nil, head().Mapping, "the plan is out of date: it was made of 1 file, and there are 0 now"},
		{w.state.Sources, report.PlanMapping{}, "the plan is out of date: the mapping (mapping.yaml) has changed since it was made"},
	} {
		err := p.CheckFiles(test.sources, test.mapping)
		if test.want == "" && err != nil || test.want != "" && (!errors.Is(err, report.ErrPlanOutdated) || err.Error() != test.want) {
			t.Errorf("%v; want %q", err, test.want)
		}
	}
}
