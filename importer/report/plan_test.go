package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/report"
	"github.com/campsync/campsync/mapping"
)

var _ report.Preview = (*importer.Preview)(nil)

// world is a preview of rows that were decided on.
type world struct {
	state   importer.State
	refused []importer.Row
	planned []importer.Planned
	policy  reconcile.Policy
}

func (w *world) Each(_ context.Context, take func(*importer.Planned) error) error {
	for i := range w.planned {
		p := w.planned[i]
		if err := take(&p); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) Refused(context.Context) iter.Seq2[importer.Row, error] {
	return func(yield func(importer.Row, error) bool) {
		for _, r := range w.refused {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// row is what a file says of a contact.
type row struct {
	key      string
	values   map[string]string
	settings *mapping.Settings
	applied  reconcile.Values
}

func (w *world) next() int { return len(w.refused) + len(w.planned) + 1 }

// add decides on a row as a run does.
func (w *world) add(r row, order *importer.SnapshotOrder, record *importer.SnapshotRecord) {
	fields := map[string]string{"phoneNumber": r.key}
	for target, v := range r.values {
		fields[target] = v
	}
	body, _ := json.Marshal(fields)
	n := w.next()
	p := importer.Planned{Row: importer.Row{Seq: int64(n), Line: n + 1, Key: r.key, Phone: r.key, Record: body, Settings: r.settings}, Status: w.policy.FinalStatus()}
	values, err := importer.ValuesOf(body, r.settings)
	if err != nil {
		panic(err)
	}
	c := reconcile.Contact{Key: r.key, Settings: r.settings != nil, Values: values, Applied: r.applied}
	var s reconcile.Situation
	if order != nil {
		s.Orders, p.Order = []reconcile.Order{order.Order}, *order
	}
	if record != nil {
		s.Records, p.Record = []reconcile.Record{record.Record}, *record
	}
	w.decided(p, reconcile.Decide(c, s, w.policy))
}

// leftover decides on an order that no row has.
func (w *world) leftover(o importer.SnapshotOrder, kind reconcile.Kind) {
	p := importer.Planned{Row: importer.Row{Seq: int64(w.next()), Source: importer.Leftover, Key: o.Key, Meant: o.UUID}, Order: o, Status: w.policy.FinalStatus()}
	w.state.Leftovers++
	w.decided(p, reconcile.Leftover(o.Order, nil, kind, nil))
}

func (w *world) decided(p importer.Planned, a reconcile.Action) {
	p.Action = a
	p.Result = importer.Result{Outcome: a.Final(), OrderUUID: a.OrderUUID, RecordUUID: a.RecordUUID}
	if len(a.Steps) == 0 {
		p.Result.Code, p.Result.Message = a.Code, a.Reason
	}
	if len(a.Conflicts) > 0 {
		p.Result.Code, p.Result.Field = importer.CodeConflict, a.Conflicts[0].Target
		p.Result.Message = fmt.Sprintf("%s: the row says %s, the server has %s now", a.Conflicts[0].Target, a.Conflicts[0].Row, a.Conflicts[0].Server)
	}
	w.planned = append(w.planned, p)
}

func (w *world) refuse(outcome importer.Outcome, code, field, message string) {
	n := w.next()
	w.refused = append(w.refused, importer.Row{Seq: int64(n), Line: n + 1, Key: phone(n), Result: result(outcome, code, field, message)})
}

// outcome adds a row for which nothing is to be sent.
func (w *world) outcome(o importer.Outcome) {
	n := w.next()
	w.planned = append(w.planned, importer.Planned{Row: importer.Row{Seq: int64(n), Line: n + 1, Key: phone(n)}, Result: importer.Result{Outcome: o}})
}

func (w *world) closed() *world {
	w.state.Rows = int64(w.next()-1) - w.state.Leftovers
	w.state.Sources = []importer.SourceState{{Name: "leads.csv", SHA256: strings.Repeat("ab", 32), Rows: w.state.Rows}}
	w.state.Before = 10_005
	return w
}

func phone(n int) string { return fmt.Sprintf("+4474%08d", n) }

func order(n int, status client.Status, values ...string) *importer.SnapshotOrder {
	o := &importer.SnapshotOrder{Key: phone(n), Phone: phone(n)}
	o.UUID, o.RecordUUID, o.Status = fmt.Sprintf("00000000-0000-4000-8000-%012d", n), fmt.Sprintf("rec-%d", n), status
	o.Values, o.Whole = valuesOf(append(values, "phoneNumber", phone(n))...), true
	return o
}

func valuesOf(pairs ...string) reconcile.Values {
	values := make(reconcile.Values)
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]], _ = json.Marshal(pairs[i+1])
	}
	return values
}

// demo is a world that has everything in it.
func demo() *world {
	price := json.Number("7.50")
	w := &world{policy: reconcile.Policy{Status: client.StatusPlanned, Staged: true, Associate: reconcile.AssociateAuto, Update: true}}
	w.refuse(reconcile.Rejected, "phone-digits-lost", "phoneNumber", `"Mobile": 4.4E+11 has lost digits; export the column as text`)
	w.refuse(reconcile.Skipped, importer.CodeFiltered, "", "")
	w.add(row{key: phone(3), values: map[string]string{"firstName": "Ann", "email": "ann@example.com"},
		settings: &mapping.Settings{Price: &price, Instructions: "Thank Ann <again> for the donation of last year & ask whether she would like to give more."}}, nil, nil)
	w.add(row{key: phone(4), values: map[string]string{"firstName": "山田\u202e太郎"}}, nil, nil)
	known := &importer.SnapshotRecord{Key: phone(5)}
	known.UUID, known.Values = "rec-5", valuesOf("phoneNumber", phone(5), "email", "old@example.com")
	w.add(row{key: phone(5), values: map[string]string{"email": "new@example.com"}}, nil, known)
	w.add(row{key: phone(6), values: map[string]string{"email": "bob@example.org"}, settings: &mapping.Settings{CurrencyCode: "GBP"}},
		order(6, client.StatusRegistered, "email", "bob@example.com", "order.currencyCode", "EUR"), nil)
	w.add(row{key: phone(7), values: map[string]string{"firstName": "Cy", "email": "cy@example.org"}, applied: valuesOf("email", "cy@example.com")},
		order(7, client.StatusPlanned, "email", "cyrus@example.com"), nil)
	w.add(row{key: phone(8), values: map[string]string{"email": "di@example.org"}}, order(8, client.StatusRegistered, "email", "di@example.org"), nil)
	w.add(row{key: phone(9), values: map[string]string{"email": "ed@example.org"}}, order(9, client.StatusContacted, "email", "ed@example.com"), nil)
	w.add(row{key: phone(10), values: map[string]string{"email": "flo@example.org"}}, order(10, client.StatusContacted, "email", "flo@example.org"), nil)
	half := order(11, client.StatusRegistered)
	half.Unfinished = true
	w.add(row{key: phone(11), settings: &mapping.Settings{CurrencyCode: "GBP"}}, half, nil)
	w.outcome(reconcile.Duplicate)
	w.outcome(reconcile.Suppressed)
	w.leftover(*order(90, client.StatusPlanned), reconcile.RemoveOrder)
	w.leftover(*order(91, client.StatusNoAnswer), reconcile.RemoveOrder)
	w.leftover(*order(92, client.StatusScheduled), reconcile.CancelOrder)
	return w.closed()
}

func head() report.PlanHead {
	return report.PlanHead{
		CreatedAt: time.Date(2026, 5, 1, 14, 0, 0, 0, time.FixedZone("", 7200)), Command: "sync", Server: "https://api.example.com",
		Campaign: report.PlanCampaign{UUID: "c1", Name: "Demo"},
		Mapping:  report.PlanMapping{Path: "mapping.yaml", SHA256: strings.Repeat("cd", 32)}, Options: json.RawMessage(`{"prune":"<remove>"}`),
	}
}

func planned(t *testing.T, w *world) (*report.Plan, []byte) {
	t.Helper()
	p, err := report.NewPlan(t.Context(), head(), w.state, w)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.JSON(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return p, b.Bytes()
}

func TestPlanJSON(t *testing.T) {
	p, text := planned(t, demo())
	golden(t, "plan.json", text)
	if !json.Valid(text) {
		t.Error("it is no JSON")
	}
	back, err := report.ReadPlanHead(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&p.PlanHead, back, cmp.Transformer("options", func(raw json.RawMessage) string {
		var b bytes.Buffer
		if err := json.Compact(&b, raw); err != nil {
			t.Error(err)
		}
		return b.String()
	})); diff != "" {
		t.Error(diff)
	}
}

// TestPlanBalances: every row and every leftover is counted once.
func TestPlanBalances(t *testing.T) {
	p, _ := planned(t, demo())
	c := p.Counts
	sum := c.Create + c.Associate + c.Update + c.Cancel + c.Remove + c.Unchanged + c.Skipped + c.Duplicate + c.Suppressed + c.Protected + c.Rejected
	if want := c.Rows + c.Leftovers; sum != want {
		t.Errorf("%d are counted of %d: %+v", sum, want, c)
	}
}

func TestPlanText(t *testing.T) {
	many := &world{policy: reconcile.Policy{Status: client.StatusPlanned, Update: true}}
	for n := 1; n <= 10_000; n++ {
		o := order(n, client.StatusRegistered, "email", fmt.Sprintf("old%d@example.com", n), "firstName", "Ann")
		if n%50 == 0 {
			o.Values["firstName"] = json.RawMessage("null")
		}
		many.add(row{key: phone(n), values: map[string]string{"email": fmt.Sprintf("new%d@example.com", n), "firstName": "Ann"}}, o, nil)
	}
	many.closed()
	nothing := &world{policy: reconcile.Policy{Update: true}, state: importer.State{Withheld: "leads.csv has no row"}}
	nothing.add(row{key: phone(1)}, order(1, client.StatusRegistered), nil)
	mark := func(begin, end string) func(string) string {
		return func(s string) string { return begin + s + end }
	}
	marked := report.Style{
		Strong: mark("<b>", "</b>"), Quiet: mark("<q>", "</q>"), Bad: mark("<bad>", "</bad>"), Good: mark("<good>", "</good>"), Changed: mark("<changed>", "</changed>"),
		Escape: func(s string) string { return strings.ReplaceAll(s, "\u202e", `\u202e`) },
	}
	for _, test := range []struct {
		golden      string
		world       *world
		style       report.Style
		width, most int
	}{
		{"plan.txt", demo(), marked, 0, 10},
		{"plan-narrow.txt", demo(), report.Style{}, 64, 1},
		{"plan-10000.txt", many, report.Style{}, 100, 3},
		{"plan-10000-fifteen.txt", many, report.Style{}, 100, 15},
		{"plan-nothing.txt", nothing.closed(), report.Style{}, 80, 10},
	} {
		t.Run(test.golden, func(t *testing.T) {
			p, _ := planned(t, test.world)
			var b bytes.Buffer
			if err := p.Text(t.Context(), &b, test.style, test.width, test.most); err != nil {
				t.Fatal(err)
			}
			golden(t, test.golden, b.Bytes())
		})
	}
}

// TestPlanTextOfAll: without a bound every entry is shown, and as many as are
// kept look the same as when the preview is gone through again.
func TestPlanTextOfAll(t *testing.T) {
	w := demo()
	p, _ := planned(t, w)
	var all, ten, twenty bytes.Buffer
	for most, b := range map[int]*bytes.Buffer{0: &all, 10: &ten, 20: &twenty} {
		if err := p.Text(t.Context(), b, report.Style{}, 80, most); err != nil {
			t.Fatal(err)
		}
	}
	if all.String() != ten.String() || all.String() != twenty.String() {
		t.Errorf("all:\n%s\nten:\n%s", &all, &ten)
	}
	for i := 0; i < 30; i++ {
		w.add(row{key: phone(100 + i)}, nil, nil)
	}
	p, _ = planned(t, w.closed())
	all.Reset()
	if err := p.Text(t.Context(), &all, report.Style{}, 80, 0); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 30; i++ {
		if !strings.Contains(all.String(), phone(100+i)) {
			t.Errorf("%s is not shown", phone(100+i))
		}
	}
	if strings.Contains(all.String(), " more\n") {
		t.Error("something is left out")
	}
}

// TestPlanTextFits: no heading and no line of an entry is wider than it may be,
// whatever stands in it; messages are.
func TestPlanTextFits(t *testing.T) {
	w := demo()
	w.add(row{key: strings.Repeat("9", 80), values: map[string]string{"firstName": strings.Repeat("山", 200), strings.Repeat("field", 20): "x"}}, nil, nil)
	w.add(row{key: phone(50), values: map[string]string{"firstName": strings.Repeat("山", 200)}},
		order(50, client.StatusRegistered, "firstName", strings.Repeat("e\u0301", 300)), nil)
	p, _ := planned(t, w.closed())
	for width := 60; width < 200; width += 7 {
		var b bytes.Buffer
		if err := p.Text(t.Context(), &b, report.Style{}, width, 10); err != nil {
			t.Fatal(err)
		}
		_, entries, _ := strings.Cut(b.String(), "\n+")
		for line := range strings.Lines("+" + entries) {
			message := strings.HasPrefix(line, "      ") && !strings.Contains(line, " -> ")
			if n := runewidth.StringWidth(line); n > width && !message {
				t.Errorf("width %d: %d cells: %s", width, n, line)
			}
		}
	}
}
