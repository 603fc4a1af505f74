package importer_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client/sandbox"
)

// TestLedgerOfVersion1 goes on with an import that the first version of the
// program has begun: its ledger is in testdata/ledger-1.sql, with associations
// and creates whose answers and settings are missing. What a run of then has
// applied is known to a sync of now.
func TestLedgerOfVersion1(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		w.loadLedger(filepath.Join("testdata", "ledger-1.sql"))
		const uuid = "00dc6acf-ac00-70"
		for _, o := range []struct{ order, record, number, say string }{
			{"05-985e-d42548a58490", "04-8ac1-33ed391b1c78", number(8), "Be brief"},
			{"08-8c0e-f1b320669db4", "06-8b91-fbd12d3b821d", number(0), ""},
			{"09-b083-f7080a3666c8", "07-8fc6-52666ec481a7", number(1), ""},
			{"0b-ae39-defcfbb7c064", "0a-b432-abfe1bc9ed01", number(3), ""},
			{"0d-a594-5235e71b4b13", "0c-91e4-0774633388f5", number(4), ""},
			{"0f-a172-df28d0ddf7a7", "0e-b25c-f46909f4abd4", number(2), ""},
		} {
			w.put(sandbox.Order{UUID: uuid + o.order, Instructions: sandbox.Text(o.say), Record: sandbox.Record{UUID: uuid + o.record, PhoneNumber: o.number}})
		}
		f := lines("phone,say", number(0)+",Be kind", number(1)+",", number(2)+",Be kind", number(3)+",", "nobody,", number(4)+",Be kind")
		got := w.run(w.runner([]file{f}, settingsSpec, nil), "run")
		must(t, got.err)
		if got.outcomes() != "associated associated created created rejected created" || !got.verification.Closed() {
			t.Errorf("%s: %+v", got.outcomes(), got.verification)
		}
		w.books(got, 6)
		w.allOnce(6)
		w.settingsOf(got)
		w.patchOrder(number(8), `{"instructions": "Be long"}`)
		w.patchOrder(number(2), `{"instructions": "Be loud"}`)
		f = lines("phone,say", number(8)+",Be brief", number(2)+",Be kind", number(0)+",Be brief")
		if got := w.sync("sync", f, settingsSpec); got.outcomes() != "unchanged unchanged updated" || got.codes() != "conflict conflict" {
			t.Errorf("%s %s", got.outcomes(), got.codes())
		}
	})
}

// loadLedger makes the world's ledger of a dump.
func (w *world) loadLedger(dump string) {
	w.t.Helper()
	text, err := os.ReadFile(dump)
	must(w.t, err)
	db, err := sql.Open("sqlite", w.ledger)
	must(w.t, err)
	_, err = db.ExecContext(w.t.Context(), string(text))
	must(w.t, err)
	must(w.t, db.Close())
}
