package importer_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// These tests hold what is remembered of a row that was not brought to its end:
// what was applied of it, and no more.

// refusing answers the PATCHes of orders or of records with 422.
func refusing(what string) func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
	return func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		if r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/"+what+"/") {
			return answer(r, 422, `{"code":"invalid","message":"refused"}`), nil
		}
		return send()
	}
}

// TestAppliedOfHalfARow: the order took its change and the record did not. The
// next sync knows both, and finds no conflict where nobody has changed anything.
func TestAppliedOfHalfARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		header := "phone,email,price"
		spec := syncSpec(header)
		w.sync("1", lines(header, number(0)+",a@x.com,5"), spec)
		w.between = refusing("records")
		if got := w.sync("2", lines(header, number(0)+",b@x.com,6"), spec); got.outcomes() != "failed" {
			t.Fatal(got.outcomes())
		}
		w.between = nil
		w.patchRecord(number(0), `{"email":"c@x.com"}`)
		got := w.sync("3", lines(header, number(0)+",b@x.com,7"), spec)
		if o := w.orderOf(number(0)); got.outcomes() != "updated" || got.rows[0].Field != "email" || o.Price.String() != "7" || o.Record.Email != "c@x.com" {
			t.Errorf("%s %s: %s %v", got.outcomes(), got.rows[0].Message, o.Record.Email, o.Price)
		}
	})
}

// TestAppliedOfANewOrder: the order was made and its settings were refused. Its
// record is as the row says, and what somebody sets since is a conflict; of its
// settings nothing was applied, whatever an earlier order of the key had.
func TestAppliedOfANewOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		header := "phone,email,price"
		spec := syncSpec(header)
		w.sync("1", lines(header, number(0)+",a@x.com,5"), spec)
		w.removeAs(number(0))
		w.between = refusing("orders")
		if got := w.sync("2", lines(header, number(0)+",b@x.com,5"), spec); got.outcomes() != "failed" {
			t.Fatal(got.outcomes())
		}
		w.between = nil
		w.patchRecord(number(0), `{"email":"c@x.com"}`)
		got := w.sync("3", lines(header, number(0)+",d@x.com,5"), spec)
		if o := w.orderOf(number(0)); got.outcomes() != "updated" || got.rows[0].Field != "email" || o.Price == nil || o.Record.Email != "c@x.com" {
			t.Errorf("%s %s: %s %v", got.outcomes(), got.rows[0].Message, o.Record.Email, o.Price)
		}
	})
}

// TestAppliedOfAnAssociation: an import leaves a known record as it is, so that
// nothing of it was applied, also where the server writes a setting in its own way.
func TestAppliedOfAnAssociation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		_, err := w.server.AddRecord(sandbox.Record{PhoneNumber: number(0), Email: "old@x.com", RecordTypeUUID: w.campaign.RecordTypeUUID})
		must(t, err)
		header := "phone,email,price"
		f := lines(header, number(0)+",new@x.com,5")
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			resp, err := send()
			if r.Method == http.MethodPatch {
				return reworded(resp, err, func(b []byte) string { return strings.ReplaceAll(string(b), `"price":5`, `"price":5.5`) })
			}
			return resp, err
		}
		got := w.run(w.runner([]file{f}, syncSpec(header), nil), "1")
		must(t, got.err)
		w.between = nil
		got = w.sync("2", f, syncSpec(header))
		if email := w.orderOf(number(0)).Record.Email; got.outcomes() != "updated" || got.codes() != "" || email != "new@x.com" {
			t.Errorf("%s %s: %s", got.outcomes(), got.codes(), email)
			got.messages(t)
		}
	})
}

// TestServerRounds: a server that keeps a value in its own way has applied it,
// also where its own begins as what was sent.
func TestServerRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		header := "phone,amount"
		f := lines(header, number(0)+",5.25")
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if r.Body != nil {
				body, err := io.ReadAll(r.Body)
				must(t, err)
				body = bytes.ReplaceAll(body, []byte("5.25"), []byte("5.2"))
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			}
			return send()
		}
		w.sync("1", f, syncSpec(header))
		if got := w.settledBy("2", f, syncSpec(header)); got.outcomes() != "unchanged" || got.codes() != "" {
			t.Errorf("%s %s", got.outcomes(), got.codes())
		}
	})
}

// TestServerIgnores: what a server takes and leaves as it was is not applied; it
// is sent again by the next sync, and is no conflict with somebody.
func TestServerIgnores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		w.put(sandbox.Order{Price: amount("5"), Record: sandbox.Record{PhoneNumber: number(0), Email: "a@x.com"}})
		header := "phone,email,price"
		f := lines(header, number(0)+",b@x.com,6")
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if r.Method == http.MethodPatch {
				return answer(r, http.StatusOK, asItIs(t, w, r)), nil
			}
			return send()
		}
		w.sync("1", f, syncSpec(header))
		w.between = nil
		got := w.sync("2", f, syncSpec(header))
		if o := w.orderOf(number(0)); got.outcomes() != "updated" || got.codes() != "" || o.Record.Email != "b@x.com" || o.Price.String() != "6" {
			t.Errorf("%s %s: %+v", got.outcomes(), got.codes(), o)
			got.messages(t)
		}
	})
}

// asItIs is what the server has at the address of a request.
func asItIs(t *testing.T, w *world, r *http.Request) string {
	t.Helper()
	o := w.orderOf(number(0))
	var what any = o
	if strings.Contains(r.URL.Path, "/records/") {
		what = o.Record
	}
	text, err := json.Marshal(what)
	must(t, err)
	return string(text)
}

// TestAppliedOfAnEarlierOrder: a new order without settings has none, whatever an
// earlier one of the key had; what the row says then is brought in.
func TestAppliedOfAnEarlierOrder(t *testing.T) {
	for _, associate := range []reconcile.Association{reconcile.AssociateAuto, reconcile.AssociateNever} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			w.sync("1", lines("phone,price", number(0)+",5"), syncSpec("phone,price"))
			w.removeAs(number(0))
			w.sync("2", lines("phone", number(0)), syncSpec("phone"), func(r *importer.Runner) { r.Policy.Associate = associate })
			got := w.sync("3", lines("phone,price", number(0)+",5"), syncSpec("phone,price"))
			if o := w.orderOf(number(0)); got.outcomes() != "updated" || got.codes() != "" || o.Price == nil {
				t.Errorf("%s: %s %s, price %v", associate, got.outcomes(), got.codes(), o.Price)
			}
		})
	}
}
