package ledger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// ended is a run of one row that has come to its end.
func ended(t *testing.T, l *ledger.Ledger, name string, row importer.Row, outcome reconcile.Outcome, applied reconcile.Values) {
	t.Helper()
	run := begin(t, l, name)
	row.Seq, row.Line = 1, 2
	must(t, run.Stage(t.Context(), []importer.Row{row}))
	must(t, run.Write(t.Context(), importer.Change{Results: []importer.RowResult{{Seq: 1, Result: importer.Result{Outcome: outcome}, Applied: applied}}}))
	must(t, run.Advance(t.Context(), importer.State{Phase: importer.Done, Rows: 1}))
}

// applied is what a run of now knows of a key, as text.
func applied(t *testing.T, l *ledger.Ledger, key string) string {
	t.Helper()
	run := begin(t, l, fmt.Sprint("asks at ", time.Now().UnixNano()))
	must(t, run.Remember(t.Context()))
	all, err := run.Applied(t.Context(), []string{key, "somebody"})
	must(t, err)
	if len(all) > 1 {
		t.Fatalf("more is known than was asked for: %v", all)
	}
	text, err := json.Marshal(all[key])
	must(t, err)
	return string(text)
}

func runs(t *testing.T, l *ledger.Ledger) []ledger.Info {
	t.Helper()
	all, err := l.Runs(t.Context())
	must(t, err)
	return all
}

// TestApplied is the table of what is remembered of a key, by the outcomes that
// its rows have had, one run after the other.
func TestApplied(t *testing.T) {
	record := func(name string) importer.Row {
		return importer.Row{Key: "k", Record: []byte(`{"firstName":"` + name + `","parameters":{"amount":5}}`), Settings: &mapping.Settings{Instructions: name}}
	}
	const ann, bob = `{"firstName":"Ann","order.instructions":"Ann","parameters.amount":5}`, `{"firstName":"Bob","order.instructions":"Bob","parameters.amount":5}`
	own := reconcile.Values{"email": json.RawMessage(`"a"`)}
	type step struct {
		row     importer.Row
		outcome reconcile.Outcome
		applied reconcile.Values
	}
	for name, tt := range map[string]struct {
		steps []step
		want  string
	}{
		"created":              {[]step{{record("Ann"), reconcile.Created, nil}}, ann},
		"unchanged":            {[]step{{record("Ann"), reconcile.Unchanged, nil}}, ann},
		"the last counts":      {[]step{{record("Ann"), reconcile.Created, nil}, {record("Bob"), reconcile.Updated, nil}}, bob},
		"skipped says nothing": {[]step{{record("Ann"), reconcile.Created, nil}, {record("Bob"), reconcile.Skipped, nil}}, ann},
		"failed says nothing":  {[]step{{record("Ann"), reconcile.Created, nil}, {record("Bob"), reconcile.Failed, nil}}, ann},
		"rejected":             {[]step{{record("Ann"), reconcile.Rejected, nil}}, "null"},
		"a known record is left by an import, its order is not": {[]step{{record("Ann"), reconcile.Associated, nil}}, `{"order.instructions":"Ann"}`},
		"a known record that was something before":              {[]step{{record("Ann"), reconcile.Created, nil}, {record("Bob"), reconcile.Associated, nil}}, `{"firstName":"Ann","order.instructions":"Bob","parameters.amount":5}`},
		"what the run says, not the row":                        {[]step{{record("Ann"), reconcile.Updated, own}}, `{"email":"a"}`},
		"what the run says is over":                             {[]step{{record("Ann"), reconcile.Updated, own}, {record("Ann"), reconcile.Unchanged, nil}}, ann},
		"nothing was applied":                                   {[]step{{record("Ann"), reconcile.Unchanged, reconcile.Values{}}}, "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t, filepath.Join(t.TempDir(), "l.db"))
			for i, s := range tt.steps {
				ended(t, l, fmt.Sprint(i), s.row, s.outcome, s.applied)
			}
			if got := applied(t, l, "k"); got != tt.want {
				t.Errorf("%s; want %s", got, tt.want)
			}
			for i := range 15 { // it outlives the runs
				ended(t, l, fmt.Sprint("other ", i), importer.Row{Key: "other"}, reconcile.Created, nil)
				must(t, l.Tidy(t.Context()))
			}
			if got := applied(t, l, "k"); got != tt.want || len(runs(t, l)) > 11 {
				t.Errorf("after %d runs are left: %s; want %s", len(runs(t, l)), got, tt.want)
			}
		})
	}
}

// TestUnfinishedRunsHaveAppliedNothing: what a run does is known once it is done.
func TestUnfinishedRunsHaveAppliedNothing(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	run := begin(t, l, "run")
	must(t, run.Stage(t.Context(), []importer.Row{{Seq: 1, Line: 2, Key: "k", Record: []byte(`{}`)}}))
	must(t, run.Write(t.Context(), importer.Change{Results: []importer.RowResult{{Seq: 1, Result: importer.Result{Outcome: reconcile.Created}}}}))
	must(t, run.Advance(t.Context(), importer.State{Phase: importer.Applying}))
	if got := applied(t, l, "k"); got != "null" {
		t.Error(got)
	}
	must(t, run.Advance(t.Context(), importer.State{Phase: importer.Done}))
	if got := applied(t, l, "k"); got != "{}" {
		t.Error(got)
	}
}

// TestAppliedOfARowThatGoesOn: what was written down with the intent stays where
// the result says no more of it, and goes where the intent is taken back.
func TestAppliedOfARowThatGoesOn(t *testing.T) {
	own := reconcile.Values{"email": json.RawMessage(`"a"`)}
	for _, withdrawn := range []bool{false, true} {
		l := open(t, filepath.Join(t.TempDir(), "l.db"))
		run := begin(t, l, "run")
		must(t, run.Stage(t.Context(), []importer.Row{{Seq: 1, Line: 2, Key: "k", Record: []byte(`{"name":"Ann"}`)}}))
		must(t, run.Write(t.Context(), importer.Change{
			Operations: []importer.Operation{{Seq: 1, Step: 1, Kind: reconcile.UpdateOrder, State: importer.Sent}},
			Results:    []importer.RowResult{{Seq: 1, Result: importer.Result{Code: "conflict", Field: "f", Message: "m"}, Applied: own}},
		}))
		want := `{"email":"a"}`
		if withdrawn {
			must(t, run.Write(t.Context(), importer.Change{Withdrawn: []int64{1}}))
			pending, err := run.Pending(t.Context(), 0, 1)
			must(t, err)
			if diff := cmp.Diff(importer.Result{}, pending[0].Result); diff != "" {
				t.Error(diff)
			}
			want = `{"name":"Ann"}`
		}
		must(t, run.Write(t.Context(), importer.Change{Results: []importer.RowResult{{Seq: 1, Result: importer.Result{Outcome: reconcile.Updated}}}}))
		must(t, run.Advance(t.Context(), importer.State{Phase: importer.Done}))
		if got := applied(t, l, "k"); got != want {
			t.Errorf("withdrawn %t: %s; want %s", withdrawn, got, want)
		}
	}
}

// TestPurgeForgetsWhatWasApplied: nothing of a run that is purged is left in any
// file, also where an earlier run, forgotten by now, had applied the same.
func TestPurgeForgetsWhatWasApplied(t *testing.T) {
	dir := t.TempDir()
	l := open(t, filepath.Join(dir, "l.db"))
	secret := importer.Row{Key: "k", Record: []byte(`{"name":"Rumpelstiltskin"}`)}
	ended(t, l, "first", secret, reconcile.Created, nil)
	applied(t, l, "k")
	must(t, l.Forget(t.Context(), "first"))
	ended(t, l, "second", secret, reconcile.Unchanged, nil)
	ended(t, l, "other", importer.Row{Key: "o", Record: []byte(`{"name":"Snow White"}`)}, reconcile.Created, nil)
	applied(t, l, "k")
	must(t, l.Purge(t.Context(), "second"))
	if k, o := applied(t, l, "k"), applied(t, l, "o"); k != "null" || o != `{"name":"Snow White"}` {
		t.Errorf("after the purge: %s, and of another run's: %s", k, o)
	}
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		if bytes.Contains(text, []byte("Rumpelstiltskin")) {
			t.Errorf("%s still has it", f.Name())
		}
	}
}

// TestStaged: rows wait for their activation in the order of their times, to
// the fraction of a second.
func TestStaged(t *testing.T) {
	run := begin(t, open(t, filepath.Join(t.TempDir(), "l.db")), "run")
	var rows []importer.Row
	var ops []importer.Operation
	for i, at := range []string{"2026-05-10T12:00:01Z", "2026-05-10T12:00:00.5Z", "2026-05-10T12:00:00Z", "", "2025-12-31T23:59:59Z", "2026-05-10T12:00:00Z"} {
		s := &mapping.Settings{Instructions: "x"}
		if at != "" {
			must(t, s.ScheduledTime.UnmarshalText([]byte(at)))
		}
		seq := int64(i + 1)
		rows = append(rows, importer.Row{Seq: seq, Line: i + 2, Key: fmt.Sprint(i), Settings: s})
		ops = append(ops, importer.Operation{Seq: seq, Step: 1, Kind: reconcile.CreateOrder, State: importer.Applied, Order: fmt.Sprint("o", i)},
			importer.Operation{Seq: seq, Step: 2, Kind: reconcile.Activate, State: importer.Waiting, Order: fmt.Sprint("o", i)})
	}
	must(t, run.Stage(t.Context(), rows))
	must(t, run.Write(t.Context(), importer.Change{Operations: ops}))
	seqs, err := run.Staged(t.Context())
	must(t, err)
	if diff := cmp.Diff([]int64{4, 5, 3, 6, 2, 1}, seqs); diff != "" {
		t.Error(diff)
	}
	open, err := run.OpenOf(t.Context(), []int64{6, 1, 4})
	must(t, err)
	if len(open) != 3 || open[0].Seq != 6 || open[1].Seq != 1 || open[2].Seq != 4 || len(open[0].Operations) != 2 {
		t.Errorf("%+v", open)
	}
}

// TestSumsCoverWhatDecides: a change to what says what an update sends is found.
func TestSumsCoverWhatDecides(t *testing.T) {
	for _, damage := range []string{
		`UPDATE operations SET changes = replace(changes, '5', '6')`,
		`UPDATE operations SET changes = NULL`,
		`UPDATE operations SET kind = 'remove'`,
		`UPDATE rows SET body = replace(body, 'email', 'phone')`,
		`UPDATE rows SET body = x''`,
		`UPDATE rows SET source = -1`,
		`UPDATE rows SET key = 'somebody'`,
		`UPDATE rows SET phone = '+441'`,
		`UPDATE rows SET sum = sum + 1`,
	} {
		path := filepath.Join(t.TempDir(), "l.db")
		l, err := ledger.Open(t.Context(), path)
		must(t, err)
		run := begin(t, l, "run")
		must(t, run.Stage(t.Context(), []importer.Row{{Seq: 1, Line: 2, Key: "k", Blank: []string{"email"}}}))
		must(t, run.Write(t.Context(), importer.Change{Operations: []importer.Operation{{Seq: 1, Step: 1, Kind: reconcile.UpdateOrder, State: importer.Sent, Order: "o",
			Changes: []reconcile.Change{{Target: "order.price", Before: json.RawMessage("null"), After: json.RawMessage("5")}}}}}))
		rows, err := run.Open(t.Context(), 0, 1)
		must(t, err)
		if len(rows) != 1 || string(rows[0].Operations[0].Changes[0].After) != "5" || rows[0].Blank[0] != "email" {
			t.Fatalf("%+v", rows)
		}
		must(t, l.Close())
		spoil(t, path, damage)
		l = open(t, path)
		run, _, err = l.Resume(context.Background(), "run")
		must(t, err)
		if rows, err := run.Open(t.Context(), 0, 1); err == nil {
			t.Errorf("%s: it was not noticed: %+v", damage, rows)
		}
	}
}
