package ledger_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// spoil does something to a ledger behind its back.
func spoil(t *testing.T, path, change string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	_, err = db.ExecContext(t.Context(), change)
	must(t, err)
	must(t, db.Close())
}

// TestDamagedResults: a result that is not what was written is noticed, and a
// row that has lost its own is not taken for one that is to be sent.
func TestDamagedResults(t *testing.T) {
	for _, damage := range []string{
		`UPDATE results SET outcome = 'created'`, `UPDATE results SET outcome = ''`, `UPDATE results SET code = 'other'`,
		`UPDATE results SET body = x''`, `UPDATE results SET body = zeroblob(length(body))`, `UPDATE results SET sum = sum + 1`,
		`UPDATE results SET row = row + 1`, `DELETE FROM results`,
	} {
		path := filepath.Join(t.TempDir(), "l.db")
		l := open(t, path)
		run := begin(t, l, "run")
		must(t, run.Stage(t.Context(), []importer.Row{{Seq: 1, Line: 2, Key: "k", Phone: "+441",
			Result: importer.Result{Outcome: reconcile.Rejected, Code: "phone-invalid", Field: "phoneNumber", Message: "m"}}}))
		if rows := all(t, run); len(rows) != 1 || rows[0].Message != "m" {
			t.Fatalf("%+v", rows)
		}
		spoil(t, path, damage)
		var failed error
		for _, err := range run.All(t.Context()) {
			failed = err
		}
		if failed == nil {
			t.Errorf("%s: the reports did not notice", damage)
		}
		if rows, err := run.Pending(t.Context(), 0, 10); err == nil && len(rows) > 0 {
			t.Errorf("%s: it would be sent: %+v", damage, rows)
		}
	}
}

// TestLostOperation: a row of which the first operation has gone to another one
// is not taken for one that has only the second.
func TestLostOperation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	run := begin(t, open(t, path), "run")
	must(t, run.Stage(t.Context(), []importer.Row{{Seq: 1, Line: 2, Key: "k", Phone: "+441"}}))
	must(t, run.Write(t.Context(), importer.Change{Operations: []importer.Operation{
		{Seq: 1, Step: 1, Kind: reconcile.CreateOrder, State: importer.Sent, Attempts: 1},
		{Seq: 1, Step: 2, Kind: reconcile.UpdateOrder, HalfOf: importer.OwnHalf}}}))
	if rows, err := run.Open(t.Context(), 0, 10); err != nil || len(rows) != 1 {
		t.Fatalf("%+v, %v", rows, err)
	}
	spoil(t, path, `UPDATE operations SET row = row + 2 WHERE step = 1`)
	if rows, err := run.Open(t.Context(), 0, 10); err == nil {
		t.Errorf("it was not noticed: %+v", rows)
	}
}
