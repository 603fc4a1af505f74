package importer_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
)

// tidy forgets runs as every command does when it begins.
func (w *world) tidy() (runs int) {
	w.t.Helper()
	l, err := ledger.Open(w.t.Context(), w.ledger)
	must(w.t, err)
	defer func() { must(w.t, l.Close()) }()
	must(w.t, l.Tidy(w.t.Context()))
	all, err := l.Runs(w.t.Context())
	must(w.t, err)
	return len(all)
}

func decide(r reconcile.Resolutions) func(*importer.Runner) {
	return func(run *importer.Runner) { run.Policy.Conflicts = r }
}

// TestConflictsAreRemembered: what a person has changed at the server is told
// from what a run has applied, however many runs ago, and however those ended.
func TestConflictsAreRemembered(t *testing.T) {
	const a, header = "+447400000001", "phone,first,price"
	first, second := lines(header, a+",Ann,5"), lines(header, a+",Anna,6")
	spec := syncSpec(header)
	for name, begin := range map[string]func(w *world){
		"created by an import": func(w *world) { must(w.t, w.run(w.runner([]file{first}, spec, nil), "first").err) },
		"created by a sync":    func(w *world) { w.sync("first", first, spec) },
		"updated by a sync": func(w *world) {
			w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: a}})
			w.sync("first", first, spec)
		},
		"found by a sync as the file has it": func(w *world) {
			w.put(sandbox.Order{Price: amount("5.0"), Record: sandbox.Record{PhoneNumber: a, FirstName: "Ann"}})
			w.sync("first", first, spec)
		},
		"associated by a sync": func(w *world) {
			w.addRecords(1, 2)
			w.sync("first", first, spec)
		},
		"after a run that read and stopped": func(w *world) {
			w.sync("first", first, spec)
			r := w.runner([]file{second}, spec, syncing(func(r *importer.Runner) { r.MaxErrors = importer.Cap{Set: true} }))
			r.Sources[0] = w.runner([]file{lines(header, "nobody,X,1")}, spec, nil).Sources[0]
			if got := w.run(r, "stopped"); got.err == nil {
				w.t.Error("a run went on that had too many errors")
			}
		},
	} {
		for _, crash := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", crash ", crash), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sandbox.Config{})
					begin(w)
					w.patchOrder(a, `{"price": 9}`) // somebody has seen to it
					runs := 1
					if crash && name == "created by a sync" || *long {
						runs = 12 // more than are kept
					}
					w.conflicted(second, spec, crash, runs)
				})
			})
		}
	}
}

// conflicted takes a file through many runs that has another first name and a
// price of 6, where 5 was applied and a person has made 9 of it.
func (w *world) conflicted(f file, spec string, crashed bool, runs int) {
	name := "second"
	if crashed {
		c := &crash{request: 1, moment: amid}
		c.run(w, w.runner([]file{f}, spec, syncing()), name)
	}
	got := w.sync(name, f, spec)
	if got.outcomes() != "updated" || got.codes() != "conflict" || got.rows[0].Field != "order.price" {
		w.t.Errorf("%s %s %q; want a conflict beside the update", got.outcomes(), got.codes(), got.rows[0].Field)
	}
	w.patchOrder("+447400000001", `{"price": 5}`) // the person has second thoughts
	if p := w.preview("reverted", f, spec); len(p) != 1 || len(p[0].Action.Steps) != 1 || len(p[0].Action.Conflicts) > 0 {
		w.t.Errorf("the server has what was applied last, and it is planned: %+v", p)
	}
	w.patchOrder("+447400000001", `{"price": 9}`)
	kept := 0
	for i := range runs {
		got := w.settledBy(fmt.Sprint("report ", i), f, spec)
		if got.outcomes() != "unchanged" || got.codes() != "conflict" {
			w.t.Fatalf("run %d: %s %s; want a conflict", i, got.outcomes(), got.codes())
		}
		kept = w.tidy()
	}
	if kept > 10 {
		w.t.Errorf("%d runs are kept", kept)
	}
	if got := w.settledBy("server", f, spec, decide(reconcile.Resolutions{Otherwise: reconcile.ConflictServer})); got.outcomes() != "unchanged" || got.codes() != "" {
		w.t.Errorf("the server's value is taken: %s %s", got.outcomes(), got.codes())
	}
	if got := w.settledBy("still", f, spec); got.codes() != "conflict" {
		w.t.Errorf("once the server's value was taken, %s", got.codes())
	}
	sent := w.listen()
	got = w.sync("file", f, spec, decide(reconcile.Resolutions{
		Otherwise: reconcile.ConflictServer, ByTarget: map[string]reconcile.Resolution{"order.price": reconcile.ConflictFile}}))
	if got.outcomes() != "updated" || !slices.Equal(sent.sent, []string{`patch order 1 {"price":6}`}) {
		w.t.Errorf("the file's value is taken: %s, sent %q", got.outcomes(), sent.sent)
	}
	if got := w.settledBy("over", f, spec); got.outcomes() != "unchanged" || got.codes() != "" {
		w.t.Errorf("the conflict is over: %s %s", got.outcomes(), got.codes())
	}
}

// TestNoConflict: what only the file has changed is applied, and what both have
// changed to the same is agreed upon, from then on.
func TestNoConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const a, header = "+447400000001", "phone,first,price"
		w := newWorld(t, sandbox.Config{})
		spec := syncSpec(header)
		w.sync("one", lines(header, a+",Ann,5"), spec)
		if got := w.sync("two", lines(header, a+",Ann,6"), spec); got.outcomes() != "updated" || got.codes() != "" {
			t.Errorf("the file alone has changed: %s %s", got.outcomes(), got.codes())
		}
		w.patchOrder(a, `{"price": 7}`)
		if got := w.settledBy("three", lines(header, a+",Ann,7.0"), spec); got.outcomes() != "unchanged" || got.codes() != "" {
			t.Errorf("both have changed it to the same: %s %s", got.outcomes(), got.codes())
		}
		w.patchOrder(a, `{"price": 8}`)
		if got := w.settledBy("four", lines(header, a+",Ann,7"), spec); got.codes() != "conflict" {
			t.Errorf("what was agreed upon was changed: %s %s", got.outcomes(), got.codes())
		}
		// A column that is not there for a while forgets nothing.
		w.sync("five", lines("phone,first", a+",Ann"), syncSpec("phone,first"))
		if got := w.settledBy("six", lines(header, a+",Ann,7"), spec); got.codes() != "conflict" {
			t.Errorf("after a run without the column: %s %s", got.outcomes(), got.codes())
		}
		// Nor does an import, which finds it there.
		must(t, w.run(w.runner([]file{lines(header, a+",Ann,7")}, spec, nil), "import").err)
		if got := w.settledBy("seven", lines(header, a+",Ann,7"), spec); got.codes() != "conflict" {
			t.Errorf("after an import: %s %s", got.outcomes(), got.codes())
		}
	})
}

// TestConflictsWithBlanks: a blank cell is a value where blanks clear.
func TestConflictsWithBlanks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const a, header = "+447400000001", "phone,first,price"
		w := newWorld(t, sandbox.Config{})
		spec := syncSpec(header, "onBlank: clear")
		w.sync("one", lines(header, a+",Ann,5"), spec)
		w.patchRecord(a, `{"firstName": "Bea"}`)
		got := w.sync("two", lines(header, a+",,"), spec)
		if o := w.orderOf(a); got.outcomes() != "updated" || got.codes() != "conflict" || o.Price != nil || o.Record.FirstName != "Bea" {
			t.Errorf("%s %s, price %v, first name %q", got.outcomes(), got.codes(), o.Price, o.Record.FirstName)
		}
		w.patchOrder(a, `{"price": 3}`) // what was cleared was applied, too
		if got := w.settledBy("three", lines(header, a+",,"), spec); got.codes() != "conflict" || got.rows[0].Field != "firstName; order.price" {
			t.Errorf("%s %q", got.codes(), got.rows[0].Field)
		}
	})
}

// TestUnfinishedHalvesAreNotApplied: an import that brings in the settings which
// an earlier one could not has not brought the record to what its row says.
func TestUnfinishedHalvesAreNotApplied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const a, header = "+447400000001", "phone,first,say"
		w := newWorld(t, sandbox.Config{})
		spec := syncSpec(header)
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if r.Method == http.MethodPatch {
				return answer(r, 422, ""), nil
			}
			return send()
		}
		must(t, w.run(w.runner([]file{lines(header, a+",Ann,Be kind")}, spec, nil), "half").err)
		w.between = nil
		if got := w.run(w.runner([]file{lines(header, a+",Anna,Be kind")}, spec, nil), "finished"); got.outcomes() != "updated" {
			t.Fatalf("%s: %v", got.outcomes(), got.err)
		}
		if got := w.sync("sync", lines(header, a+",Anna,Be kind"), spec); got.outcomes() != "updated" || got.codes() != "" || w.orderOf(a).Record.FirstName != "Anna" {
			t.Errorf("%s %s, first name %q: nobody but the file has changed it", got.outcomes(), got.codes(), w.orderOf(a).Record.FirstName)
		}
	})
}
