package importer_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// These tests change the world between a run's decision and its write: what was
// right when it was decided may be forbidden when it is sent.

// paused takes a run until the moment at which its orders are made and none is
// activated, and stops it there.
func (w *world) paused(f file, spec string) {
	w.t.Helper()
	drain := make(chan struct{})
	w.runWith(w.t.Context(), w.runner([]file{f}, spec, func(r *importer.Runner) {
		staged(r)
		r.Observer = pausing{stage: "verifying", pause: func() { close(drain); time.Sleep(time.Second) }}
	}), "run", drain, nil)
	w.uncalled()
}

// suppressing gives a run a list with one number.
func suppressing(t *testing.T, number string) func(*importer.Runner) {
	return func(r *importer.Runner) {
		r.Suppression = importer.NewSuppression()
		must(t, addList(t, r.Suppression, "dnc", number+"\n", ""))
	}
}

func TestActivationMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		soon, late := time.Now().Add(time.Hour).UTC().Format(time.RFC3339), time.Now().Add(96*time.Hour).UTC().Format(time.RFC3339)
		f := lines("phone,at", number(0)+","+soon, number(1)+","+late, number(2)+","+late)
		w.paused(f, syncSpec("phone,at"))
		time.Sleep(48 * time.Hour)
		got := w.run(w.runner([]file{f}, syncSpec("phone,at"), func(r *importer.Runner) {
			staged(r)
			suppressing(t, number(1))(r)
		}), "run")
		must(t, got.err)
		if got.outcomes() != "failed suppressed created" || got.codes() != "past-time suppressed" {
			t.Errorf("%s: %s", got.outcomes(), got.codes())
			got.messages(t)
		}
		for i, want := range []string{"registered", "registered", "scheduled"} {
			if o := w.orderOf(number(i)); o.Status != want {
				t.Errorf("order %d is %s; want %s", i, o.Status, want)
			}
		}
	})
}

// TestSuppressedMeanwhile: the lists are read again when a run is gone on with,
// and hold for whatever it has not sent yet.
func TestSuppressedMeanwhile(t *testing.T) {
	for name, kind := range map[string]string{"the create": http.MethodPost, "its settings": http.MethodPatch} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				f := lines("phone,price", number(0)+",5")
				planned := func(r *importer.Runner) { r.Policy.Status = client.StatusPlanned }
				drain := make(chan struct{})
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if r.Method == kind {
						close(drain)
						answer(r, 0, "") // it is sent, and nothing of it comes in
						<-r.Context().Done()
						return nil, r.Context().Err()
					}
					return send()
				}
				w.runWith(t.Context(), w.runner([]file{f}, syncSpec("phone,price"), planned), "run", drain, nil)
				w.between = nil
				got := w.run(w.runner([]file{f}, syncSpec("phone,price"), func(r *importer.Runner) {
					planned(r)
					suppressing(t, number(0))(r)
				}), "run")
				must(t, got.err)
				if got.outcomes() != "suppressed" || !got.verification.Closed() {
					t.Errorf("%s: %+v", got.outcomes(), got.verification)
				}
				for _, o := range w.orders() {
					if kind == http.MethodPost || o.Status != "registered" {
						t.Errorf("%s is %s", o.Record.PhoneNumber, o.Status)
					}
				}
			})
		})
	}
}

// TestPastMeanwhile: a time that has passed is not sent, however long ago it was
// in the future.
func TestPastMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(1)}})
		at := time.Now().Add(2 * time.Second).UTC().Format(time.RFC3339)
		l := w.listen()
		next := w.between
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if r.Method == http.MethodPost {
				time.Sleep(3 * time.Second)
			}
			return next(r, send)
		}
		got := w.sync("run", lines("phone,at", number(0)+","+at, number(1)+","+at), syncSpec("phone,at"), func(r *importer.Runner) { r.Workers = 1 })
		if got.outcomes() != "failed failed" || got.codes() != "past-time past-time" || strings.Join(l.sent, ", ") != "post orders" {
			t.Errorf("%s: %s; %q", got.outcomes(), got.codes(), l.sent)
			got.messages(t)
		}
	})
}

// TestForbiddenBeside: a Do-Not-Call order that a number gets beside its own,
// while the run is under way, forbids to change that one, and not to take it out.
func TestForbiddenBeside(t *testing.T) {
	for kind, want := range map[reconcile.Kind]string{"": "updated suppressed", reconcile.CancelOrder: "updated canceled"} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				for i := range 2 {
					w.put(sandbox.Order{Price: amount("5"), Record: sandbox.Record{PhoneNumber: number(i)}})
				}
				rows := []string{"phone,price", number(0) + ",6", number(1) + ",6"}
				if kind != "" {
					rows = rows[:2]
				}
				forbidden := false
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if r.Method == http.MethodPatch && !forbidden {
						forbidden = true
						w.put(sandbox.Order{Status: "do-not-call", Record: sandbox.Record{PhoneNumber: number(1)}})
						time.Sleep(time.Minute) // what was read is old then
					}
					return send()
				}
				got := w.sync("run", lines(rows...), syncSpec("phone,price"), func(r *importer.Runner) { r.Workers, r.Prune = 1, kind })
				if got.outcomes() != want {
					t.Errorf("%s; want %s", got.outcomes(), want)
					got.messages(t)
				}
			})
		})
	}
}

// TestCancelMeanwhile: an order that is gone needs no cancellation, and one that
// the server has made something else of was not canceled.
func TestCancelMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		for i := range 3 {
			w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(i)}})
		}
		first := true
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if r.Method != http.MethodPatch {
				return send()
			}
			if first {
				first = false
				w.removeAs(number(2))
				resp, err := send()
				time.Sleep(time.Minute)
				return resp, err
			}
			resp, err := send()
			return reworded(resp, err, func(b []byte) string { return strings.ReplaceAll(string(b), `"canceled"`, `"calling"`) })
		}
		got := w.sync("run", lines("phone", number(9)), syncSpec("phone"), func(r *importer.Runner) {
			r.Workers, r.Prune = 1, reconcile.CancelOrder
		})
		if got.outcomes() != "created canceled failed skipped" || got.codes() != "status-ignored gone" {
			t.Errorf("%s: %s", got.outcomes(), got.codes())
			got.messages(t)
		}
	})
}

// TestResentBeside: a create whose answer was lost is not sent again where its
// number has got a Do-Not-Call order meanwhile.
func TestResentBeside(t *testing.T) {
	for _, crash := range []bool{false, true} {
		t.Run(fmt.Sprint(crash), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				f := lines("phone,email", number(0)+",a@x.com")
				spec := "version: 1\nidentity: email\nsharedNumbers: allow\ncolumns:\n  phoneNumber: phone\n  email: email\n"
				adj := func(r *importer.Runner) { r.Policy.Status = client.StatusPlanned }
				drain := make(chan struct{})
				var once atomic.Bool
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if r.Method == http.MethodPost && once.CompareAndSwap(false, true) {
						w.put(sandbox.Order{Status: "do-not-call", Record: sandbox.Record{PhoneNumber: number(0), Email: "other@x.com"}})
						if crash {
							close(drain)
						}
						return answer(r, 502, ""), nil
					}
					return send()
				}
				got := w.runWith(t.Context(), w.runner([]file{f}, spec, adj), "run", drain, nil)
				if crash {
					time.Sleep(time.Hour)
					got = w.run(w.runner([]file{f}, spec, adj), "run")
				}
				must(t, got.err)
				if got.outcomes() != "suppressed" {
					t.Errorf("%s: %s", got.outcomes(), got.codes())
				}
				for _, o := range w.orders() {
					if o.Status != "do-not-call" {
						t.Errorf("%s is %s beside a DNC order", o.Record.PhoneNumber, o.Status)
					}
				}
			})
		})
	}
}

// TestForbiddenByPage: it does not matter whether the order is read again by page
// or by search, nor whether it stands under the row's number or under another.
func TestForbiddenByPage(t *testing.T) {
	const n = 250
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		rows := []string{"email,phone,price"}
		for i := range n {
			w.put(sandbox.Order{Price: amount("5"), Record: sandbox.Record{PhoneNumber: number(i), Email: sandbox.Text(fmt.Sprintf("p%d@x.com", i))}})
			num := number(i)
			if i == n*2/5 {
				num = number(9999)
			}
			rows = append(rows, fmt.Sprintf("p%d@x.com,%s,7", i, num))
		}
		forbidden := false
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if r.Method == http.MethodPatch {
				if !forbidden {
					forbidden = true
					w.put(sandbox.Order{Status: "do-not-call", Record: sandbox.Record{PhoneNumber: number(n * 2 / 5), Email: "else@x.com"}})
				}
				time.Sleep(time.Second)
			}
			return send()
		}
		got := w.sync("run", lines(rows...), syncSpec("email,phone,price", "identity: email"), func(r *importer.Runner) { r.Workers, r.Verify = 1, importer.VerifyNone })
		last := got.rows[n*2/5]
		if last.Outcome != "suppressed" {
			t.Errorf("n=%d: %s", n, last.Outcome)
		}
	})
}

// TestActivationBeside: staged rows that have no number of their own are not
// activated beside a Do-Not-Call order of their record's.
func TestActivationBeside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		rec, err := w.server.AddRecord(sandbox.Record{PhoneNumber: number(0), Email: "a@x.com", RecordTypeUUID: w.campaign.RecordTypeUUID})
		must(t, err)
		beside := w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(0), Email: "b@x.com", RecordTypeUUID: w.campaign.RecordTypeUUID}})
		f := lines("record,price", rec.UUID+",5")
		spec := syncSpec("record,price", "identity: recordUuid", "sharedNumbers: allow")
		var once atomic.Bool
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			resp, err := send()
			if r.Method == http.MethodPost && once.CompareAndSwap(false, true) {
				w.patchAs("/campaigns/"+w.campaign.UUID+"/orders/"+beside.UUID, `{"status":"do-not-call"}`)
			}
			return resp, err
		}
		got := w.run(w.runner([]file{f}, spec, func(r *importer.Runner) {
			staged(r)
		}), "run")
		must(t, got.err)
		if got.outcomes() != "suppressed" {
			t.Errorf("%s: %s", got.outcomes(), got.codes())
		}
		for _, o := range w.orders() {
			if o.Status != "do-not-call" && o.Status != "registered" {
				t.Errorf("%s is %s beside a DNC order", o.Record.PhoneNumber, o.Status)
			}
		}
	})
}

// TestBulkMeanwhile: an order that was called since it was picked is not planned
// once more, whether nothing was sent yet or the answer was lost.
func TestBulkMeanwhile(t *testing.T) {
	for _, lost := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			for i := range 2 {
				w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(i)}})
			}
			sent := 0
			w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				if r.Method != http.MethodPatch {
					return send()
				}
				resp, err := send()
				if sent++; sent > 1 {
					return resp, err
				}
				for i := range 2 {
					if strings.HasSuffix(r.URL.Path, w.orderOf(number(i)).UUID) == lost {
						w.patchOrder(number(i), `{"status":"no-answer"}`) // it was called
					}
				}
				if !lost {
					time.Sleep(time.Minute)
					return resp, err
				}
				resp.Body.Close()
				return answer(r, http.StatusBadGateway, ""), nil
			}
			got := w.run(w.runner(nil, "", func(r *importer.Runner) {
				r.Workers = 1
				r.Bulk = &importer.Bulk{
					Kind: reconcile.UpdateOrder, Set: reconcile.Values{"order.status": []byte(`"planned"`)},
					Picks: func(o client.Order) bool { return o.Status == client.StatusRegistered },
				}
			}), "run")
			must(t, got.err)
			want := map[bool]string{false: "updated skipped", true: "updated updated"}[lost]
			statuses := []string{w.orderOf(number(0)).Status, w.orderOf(number(1)).Status}
			slices.Sort(statuses)
			if got.outcomes() != want || !slices.Equal(statuses, []string{"no-answer", "planned"}) {
				t.Errorf("lost %t: %s, %s", lost, got.outcomes(), statuses)
				got.messages(t)
			}
		})
	}
}
