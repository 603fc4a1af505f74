package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// oldLedger is a ledger that the first version of the program has written, and
// that something has been done to.
func oldLedger(t *testing.T, change string) string {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join("..", "testdata", "ledger-1.sql"))
	must(t, err)
	path := filepath.Join(t.TempDir(), "l.db")
	spoil(t, path, string(dump))
	spoil(t, path, change)
	return path
}

// TestRowsOfVersion1 come back as they were written, with what became of them.
func TestRowsOfVersion1(t *testing.T) {
	l := open(t, oldLedger(t, ``))
	rows := func(name string) []importer.Row {
		run, _, err := l.Resume(t.Context(), name)
		must(t, err)
		return all(t, run)
	}
	row := func(seq int64, number, say string) importer.Row {
		r := importer.Row{Seq: seq, Line: int(seq) + 1, Cells: []string{number, say}, Key: number, Phone: number, Record: fmt.Appendf(nil, `{"phoneNumber":%q}`, number)}
		if say != "" {
			r.Settings = &mapping.Settings{Instructions: say}
		}
		return r
	}
	created := row(1, "+447400000008", "Be brief")
	created.Result = importer.Result{Outcome: reconcile.Created, OrderUUID: "00dc6acf-ac00-7005-985e-d42548a58490",
		RecordUUID: "00dc6acf-ac00-7004-8ac1-33ed391b1c78", Attempts: 2}
	if diff := cmp.Diff([]importer.Row{created}, rows("finished")); diff != "" {
		t.Error(diff)
	}
	rejected := importer.Row{Seq: 5, Line: 6, Cells: []string{"nobody", ""},
		Result: importer.Result{Outcome: reconcile.Rejected, Code: "phone-letters", Field: "phoneNumber", Message: `"phone": nobody has no digits`}}
	want := []importer.Row{row(1, "+447400000000", "Be kind"), row(2, "+447400000001", ""), row(3, "+447400000002", "Be kind"),
		row(4, "+447400000003", ""), rejected, row(6, "+447400000004", "Be kind")}
	got := rows("run")
	for i := range got {
		if got[i].Outcome == reconcile.Ambiguous { // their answers are missing
			got[i].Result = importer.Result{}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestResultsOfVersion1: what became of a row may be taken back, as that of one that
// had not been found; what it was staged with stays.
func TestResultsOfVersion1(t *testing.T) {
	for _, outcome := range []reconcile.Outcome{reconcile.Ambiguous, reconcile.Failed, reconcile.Unprocessed, reconcile.Skipped} {
		l := open(t, oldLedger(t, fmt.Sprintf(`UPDATE rows SET outcome = '%s', code = 'code', message = 'why' WHERE phone = '+447400000002'`, outcome)))
		run, _, err := l.Resume(t.Context(), "run")
		must(t, err)
		row := all(t, run)[2]
		if want := (importer.Result{Outcome: outcome, Code: "code", Message: "why"}); row.Result != want {
			t.Errorf("%+v; want %+v", row.Result, want)
		}
		must(t, run.Write(t.Context(), importer.Change{Results: []importer.RowResult{{Seq: row.Seq}}}))
		if got := all(t, run)[2]; got.Phone != row.Phone || got.Outcome == outcome && got.Message == "why" {
			t.Errorf("%+v", got)
		}
		must(t, run.Write(t.Context(), importer.Change{Withdrawn: []int64{row.Seq}}))
		if got := all(t, run)[2]; got.Outcome != reconcile.Unprocessed || got.Code != "unprocessed" {
			t.Errorf("%+v", got)
		}
	}
}

// TestStagedOfVersion1: a row that was refused when it was read is not one that waits
// to be sent where its result is lost.
func TestStagedOfVersion1(t *testing.T) {
	for _, staged := range []string{``, `UPDATE rows SET outcome = 'skipped', code = 'filtered' WHERE outcome = 'rejected'`} {
		path := oldLedger(t, staged)
		must(t, open(t, path).Tidy(t.Context())) // which brings it to this version
		spoil(t, path, `DELETE FROM results WHERE outcome IN ('rejected', 'skipped')`)
		run, _, err := open(t, path).Resume(t.Context(), "run")
		must(t, err)
		for _, err = range run.All(t.Context()) {
			if err != nil {
				break
			}
		}
		if err == nil || !strings.Contains(err.Error(), "row 5 ") || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%q: %v", staged, err)
		}
	}
}

// version4 brings the ledger of version 1 to version 4, of which rows say what
// was applied of them.
const version4 = `
ALTER TABLE runs ADD COLUMN remembered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rows ADD COLUMN blank TEXT NOT NULL DEFAULT '';
ALTER TABLE rows ADD COLUMN applied BLOB;
ALTER TABLE operations ADD COLUMN changes BLOB;
ALTER TABLE orders ADD COLUMN shown BLOB;
CREATE TABLE applied (key TEXT PRIMARY KEY, run INTEGER NOT NULL, record BLOB, settings BLOB, other BLOB) WITHOUT ROWID;
CREATE TABLE intents (id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, body BLOB NOT NULL, sum INTEGER NOT NULL);
UPDATE rows SET applied = CAST('{"firstName":"Ann"}' AS BLOB) WHERE outcome = 'created';
PRAGMA user_version = 4`

// TestAppliedOfVersion4: what was applied is not what the row says.
func TestAppliedOfVersion4(t *testing.T) {
	l := open(t, oldLedger(t, version4))
	run, _, err := l.Resume(t.Context(), "run")
	must(t, err)
	must(t, run.Remember(t.Context()))
	const key = "+447400000008"
	applied, err := run.Applied(t.Context(), []string{key})
	must(t, err)
	if string(applied[key]["firstName"]) != `"Ann"` {
		t.Errorf("%s", applied)
	}
}

// TestDamagedRowsOfVersion1: damage is not packed up with a sum that is right.
func TestDamagedRowsOfVersion1(t *testing.T) {
	for _, damage := range []string{
		`UPDATE rows SET phone = '+447400000009' WHERE id = 1099511627777`,
		`UPDATE rows SET record = replace(record, '8', '9') WHERE id = 1099511627777`,
		`UPDATE rows SET settings = NULL WHERE id = 1099511627777`,
		`UPDATE rows SET cells = x'0005' WHERE id = 1099511627777`,
		`UPDATE rows SET line = 3 WHERE id = 1099511627777`,
	} {
		l, err := ledger.Open(t.Context(), oldLedger(t, damage))
		if err == nil {
			must(t, l.Close())
		}
		if err == nil || !strings.Contains(err.Error(), "row 1 of run 1") || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", damage, err)
		}
	}
}
