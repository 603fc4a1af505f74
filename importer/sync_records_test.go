package importer_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// TestSyncByRecord: with records as identity, a row means the record that it names
// and no other: it is updated or associated, an unknown one is refused, and the
// orders of all others go.
func TestSyncByRecord(t *testing.T) {
	for _, partial := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{PartialRecords: partial})
			var uuids []string
			for i := range 4 {
				rec := sandbox.Record{PhoneNumber: number(i), FirstName: "Ann", RecordTypeUUID: w.campaign.RecordTypeUUID}
				if i == 1 {
					rec, err := w.server.AddRecord(rec)
					must(t, err)
					uuids = append(uuids, rec.UUID)
					continue
				}
				uuids = append(uuids, w.put(sandbox.Order{Record: rec}).Record.UUID)
			}
			header := "record,phone,first"
			f := lines(header, uuids[0]+","+number(0)+",Anna", uuids[1]+","+number(1)+",Anna", uuids[2]+","+number(12)+",Ann",
				"00000000-0000-7000-8000-000000000000,"+number(4)+",Eve")
			spec := syncSpec(header, "identity: recordUuid")
			remove := func(r *importer.Runner) {
				r.Prune, r.MaxRemovals = reconcile.RemoveOrder, importer.Cap{Number: 9, Set: true}
			}
			got := w.sync("run", f, spec, remove)
			if got.outcomes() != "updated associated updated rejected removed" || got.codes() != "record-unknown" || !got.verification.Closed() {
				t.Errorf("partial %t: %s: %s", partial, got.outcomes(), got.codes())
				got.messages(t)
			}
			w.allOnce(3)
			for i, o := range []sandbox.Order{w.orderOf(number(0)), w.orderOf(number(1)), w.orderOf(number(12))} {
				if o.Record.UUID != uuids[i] || i < 2 && o.Record.FirstName != "Anna" {
					t.Errorf("partial %t: %s has record %s of %s", partial, o.Record.PhoneNumber, o.Record.UUID, o.Record.FirstName)
				}
			}
			w.settledBy("again", f, spec, remove)
		})
	}
}

// TestRecordThatIsGone: an order whose record the server does not know any more
// has no key: it is left alone, and nothing else is held up by it.
func TestRecordThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{PartialRecords: true})
		header := "email,phone,first"
		gone := ""
		for i, email := range []string{"a@x.com", "b@x.com", "c@x.com"} {
			o := w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(i), Email: sandbox.Text(email), FirstName: "Ann", RecordTypeUUID: w.campaign.RecordTypeUUID}})
			if i == 1 {
				gone = o.Record.UUID
			}
		}
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/records/"+gone):
				return answer(r, http.StatusNotFound, `{"code":"not-found"}`), nil
			case strings.HasSuffix(r.URL.Path, "/records"):
				resp, err := send()
				return reworded(resp, err, func(b []byte) string {
					return strings.ReplaceAll(string(b), `"b@x.com"`, `""`) // it is in no list either
				})
			}
			return send()
		}
		got := w.sync("run", lines(header, "a@x.com,"+number(0)+",Anna"), syncSpec(header, "identity: email"), func(r *importer.Runner) {
			r.Prune, r.MaxRemovals = reconcile.RemoveOrder, importer.Cap{Number: 9, Set: true}
		})
		if got.outcomes() != "updated removed" || len(w.orders()) != 2 || w.orderOf(number(1)).Record.UUID != gone {
			t.Errorf("%s; %d orders", got.outcomes(), len(w.orders()))
			got.messages(t)
		}
	})
}
