package importer_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// TestHalfKeepsStatus: what a person, or a call, has made of an order whose
// settings were refused is not undone by bringing them in.
func TestHalfKeepsStatus(t *testing.T) {
	for _, tt := range []struct{ wanted, set string }{
		{"registered", "planned"}, {"registered", "no-answer"}, {"planned", "scheduled"}, {"planned", "busy"},
	} {
		t.Run(tt.wanted+" "+tt.set, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				f := lines("phone,price", number(0)+",5")
				status := func(r *importer.Runner) { r.Policy.Status = client.Status(tt.wanted) }
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if r.Method == http.MethodPatch {
						return answer(r, 422, `{"code":"invalid","message":"no"}`), nil
					}
					return send()
				}
				if got := w.run(w.runner([]file{f}, syncSpec("phone,price"), status), "1"); got.outcomes() != "failed" {
					t.Fatal(got.outcomes())
				}
				w.between = nil
				w.patchOrder(number(0), `{"status":"`+tt.set+`"}`)
				got := w.run(w.runner([]file{f}, syncSpec("phone,price"), status), "2")
				must(t, got.err)
				if o := w.orderOf(number(0)); got.outcomes() != "updated" || o.Status != tt.set || o.Price == nil {
					t.Errorf("%s: %s %v", got.outcomes(), o.Status, o.Price)
				}
			})
		})
	}
}

// TestHalfOfASync: a half that a sync finishes brings what differs from what the
// order shows, and no more; a blank cell clears.
func TestHalfOfASync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		header := "phone,price,say,seconds"
		spec := syncSpec(header, "onBlank: clear")
		planned := func(r *importer.Runner) { r.Policy.Status = client.StatusPlanned }
		w.between = refusing("orders")
		if got := w.sync("1", lines(header, number(0)+",5,Be kind,60"), spec, planned); got.outcomes() != "failed" {
			t.Fatal(got.outcomes())
		}
		w.between = nil
		w.patchOrder(number(0), `{"price":6,"instructions":"Be brief"}`)
		l := w.listen()
		got := w.sync("2", lines(header, number(0)+",6,,90"), spec, planned)
		const want = `patch order 0 {"instructions":null,"scheduledDurationSeconds":90,"status":"planned"}`
		if got.outcomes() != "updated" || got.codes() != "" || strings.Join(l.sent, ", ") != want {
			t.Errorf("%s %s: %q", got.outcomes(), got.codes(), l.sent)
		}
		w.settledBy("3", lines(header, number(0)+",6,,90"), spec, planned)
	})
}
