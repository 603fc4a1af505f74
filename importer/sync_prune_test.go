package importer_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// notices counts what the user is told.
type notices struct {
	silent
	told atomic.Int64
}

func (n *notices) Notice(string) { n.told.Add(1) }

// TestNothingIsTakenOut: where a row may be anybody's, or the file may not be
// whole, no order is taken out, and the user is told; the rows are synced.
func TestNothingIsTakenOut(t *testing.T) {
	const a, header = "+447400000001", "phone,first,keep"
	const filtered = "filter: 'columns[\"keep\"] == \"yes\"'"
	for name, tt := range map[string]struct {
		files  []file
		change func(*importer.Runner)
		taken  int
	}{
		"a row of every order's":       {files: []file{lines(header, a+",Ann,yes")}, taken: 2},
		"a file without rows":          {files: []file{lines(header)}},
		"one of several files":         {files: []file{lines(header, a+",Ann,yes"), {"empty.csv", header + "\n"}}},
		"a row without a key":          {files: []file{lines(header, a+",Ann,yes", ",Bob,yes")}},
		"a number with a mistake":      {files: []file{lines(header, a+",Ann,yes", "0740,Bob,yes")}},
		"a ragged row":                 {files: []file{lines(header, a+",Ann,yes", number(2))}},
		"a row without an end":         {files: []file{lines(header, a+",Ann,yes", number(2)+`,"Bob`)}},
		"fewer rows than there are":    {files: []file{lines(header, a+",Ann,yes", a+",Ann,yes")}, change: func(r *importer.Runner) { r.Limit = 1 }},
		"a filtered row is gone":       {files: []file{lines(header, a+",Ann,yes", number(2)+",Bob,no")}, taken: 2},
		"a filtered row without a key": {files: []file{lines(header, a+",Ann,yes", ",Bob,no")}, taken: 2},
		"a rejected row keeps":         {files: []file{lines("phone,first,amount,keep", a+",Ann,5,yes", number(2)+",Bob,much,yes")}, taken: 1},
		"a duplicate keeps":            {files: []file{lines(header, number(2)+",Bob,yes", number(2)+",Bob,yes")}, taken: 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				for i, status := range []string{"registered", "planned", "busy", "contacted", "dnc"} {
					w.addOrder(number(i+1), status)
				}
				var told notices
				got := w.run(w.runner(tt.files, syncSpec("phone,first,"+map[bool]string{true: "amount"}[strings.Contains(tt.files[0].text, "amount")], filtered),
					syncing(func(r *importer.Runner) {
						r.Prune, r.AllowEmpty, r.Observer = reconcile.RemoveOrder, true, &told
						if tt.change != nil {
							tt.change(r)
						}
					})), "run")
				must(t, got.err)
				if n := 5 - len(w.orders()); n != tt.taken || strings.Count(got.outcomes(), "removed") != tt.taken || (tt.taken == 0) != (told.told.Load() > 0 || got.state.Withheld != "") {
					t.Errorf("%d are taken out; want %d: %s, told %d times", n, tt.taken, got.outcomes(), told.told.Load())
					got.messages(t)
				}
				if !got.verification.Closed() {
					t.Errorf("%+v", got.verification)
				}
			})
		})
	}
}

// TestCaps is the table of how many orders may be taken out at once.
func TestCaps(t *testing.T) {
	count, percent := func(n int64) importer.Cap { return importer.Cap{Number: n, Set: true} }, func(p float64) importer.Cap { return importer.Cap{Percent: p, Set: true} }
	for _, tt := range []struct {
		orders, gone int
		bound        importer.Cap
		refused      bool
	}{
		{19, 19, importer.Cap{}, false}, {20, 2, importer.Cap{}, false}, {20, 3, importer.Cap{}, true}, {29, 2, importer.Cap{}, false}, {29, 3, importer.Cap{}, true},
		{5, 1, count(0), true}, {5, 0, count(0), false}, {5, 2, count(2), false}, {30, 30, count(30), false}, {30, 4, count(3), true},
		{5, 1, percent(10), true}, {10, 5, percent(50), false}, {10, 6, percent(50), true}, {30, 30, percent(100), false}, {5, 1, percent(0), true},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sandbox.Config{})
			rows := []string{"phone"}
			for i := range tt.orders {
				w.addOrder(number(i), "registered")
				if i >= tt.gone {
					rows = append(rows, number(i))
				}
			}
			rows = append(rows, number(1000)) // so that the file has one
			got := w.run(w.runner([]file{lines(rows...)}, syncSpec("phone"), syncing(func(r *importer.Runner) {
				r.Prune, r.MaxRemovals = reconcile.CancelOrder, tt.bound
			})), "run")
			if refused := errors.Is(got.err, importer.ErrTooManyRemovals); refused != tt.refused || !refused && got.err != nil {
				t.Fatal(got.err)
			}
			if n := w.writes.Load(); tt.refused && n > 0 || !tt.refused && n != int64(tt.gone+1) {
				t.Errorf("%d writes", n)
			}
		})
	}
}

// TestBulk is the table of what is done to orders that are picked out.
func TestBulk(t *testing.T) {
	statuses := []string{"registered", "planned", "busy", "contacted", "do-not-call"}
	for _, tt := range []struct {
		name     string
		bulk     importer.Bulk
		outcomes string
		writes   int64
		left     string // statuses in the end
	}{
		{"removed", importer.Bulk{Kind: reconcile.RemoveOrder}, "removed removed removed protected suppressed", 3, "contacted do-not-call"},
		{"canceled", importer.Bulk{Kind: reconcile.CancelOrder}, "canceled canceled canceled protected suppressed", 3, "canceled canceled canceled contacted do-not-call"},
		{
			"updated", importer.Bulk{Kind: reconcile.UpdateOrder, Set: reconcile.Values{"order.price": []byte("5"), "order.status": []byte(`"planned"`)}},
			"updated unchanged updated protected suppressed", 2, "planned planned planned contacted do-not-call",
		},
	} {
		for _, lost := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, ", answers lost ", lost), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sandbox.Config{})
					for i, status := range statuses {
						o := sandbox.Order{Status: status, Record: sandbox.Record{PhoneNumber: number(i)}}
						if status == "planned" {
							o.Price = amount("5.0")
						}
						w.put(o)
					}
					if lost {
						faults, err := sandbox.ParseFaults("commit-then-cut=1")
						must(t, err)
						faults.Match = writesOnly
						must(t, w.server.SetFaults(faults))
					}
					bulk := tt.bulk
					bulk.Picks = func(client.Order) bool { return true }
					got := w.run(w.runner(nil, "", func(r *importer.Runner) { r.Bulk = &bulk }), "run")
					must(t, got.err)
					var left []string
					for _, o := range w.orders() {
						left = append(left, o.Status)
					}
					if n := w.writes.Load(); got.outcomes() != tt.outcomes || n != tt.writes || strings.Join(left, " ") != tt.left {
						t.Errorf("%s after %d writes, and %v is left", got.outcomes(), n, left)
						got.messages(t)
					}
					if got.state.Phase != importer.Done || !got.verification.Closed() {
						t.Errorf("%s: %+v", got.state.Phase, got.verification)
					}
				})
			})
		}
	}
}

// TestBulkBeside: an order is not updated whose number has a protected one beside
// it, and may be taken out; two orders of a number that were there before are no
// fault of the run; an order of a record without a number is found too.
func TestBulkBeside(t *testing.T) {
	for _, tt := range []struct {
		kind     reconcile.Kind
		outcomes string // of the orders in the order of their UUIDs
	}{
		{reconcile.UpdateOrder, "updated suppressed suppressed updated updated protected protected"},
		{reconcile.CancelOrder, "canceled canceled suppressed canceled canceled canceled protected"},
	} {
		t.Run(string(tt.kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				for i, o := range []struct {
					number, status string
				}{
					{"", "registered"}, {number(1), "registered"}, {number(1), "do-not-call"}, {number(2), "registered"}, {number(2), "planned"},
					{number(3), "no-answer"}, {number(3), "completed"},
				} {
					w.put(sandbox.Order{UUID: fmt.Sprintf("00000000-0000-7000-8000-%012d", i), Status: o.status, Record: sandbox.Record{PhoneNumber: o.number}})
				}
				var picked int
				got := w.run(w.runner(nil, "", func(r *importer.Runner) {
					r.Bulk = &importer.Bulk{
						Kind: tt.kind, Set: reconcile.Values{"order.price": []byte("5")},
						Picks: func(o client.Order) bool { picked++; return o.Status != "" },
					}
				}), "run")
				must(t, got.err)
				if got.outcomes() != tt.outcomes || !got.verification.Closed() || picked != 7 {
					t.Errorf("%s; want %s: %+v, %d asked", got.outcomes(), tt.outcomes, got.verification, picked)
					got.messages(t)
				}
			})
		})
	}
}
