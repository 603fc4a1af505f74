package importer_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

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
