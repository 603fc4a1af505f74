package importer_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// These tests hold that orders which are read again before they are touched get
// their change, however slow the server or the limit is.

// patient gives requests ten minutes.
func (w *world) patient() {
	w.t.Helper()
	var err error
	w.client, err = client.New(client.Config{BaseURL: w.url, Token: "sandbox", Timeout: 10 * time.Minute, Patience: time.Hour, Gate: w.gate, Transport: wire{w.wire, w}})
	must(w.t, err)
}

// priced fills the campaign with orders, and gives the file that changes their price.
func (w *world) priced(n int) file {
	rows := []string{"phone,price"}
	for i := range n {
		w.put(sandbox.Order{Price: amount("5"), Record: sandbox.Record{PhoneNumber: number(i)}})
		rows = append(rows, number(i)+",7")
	}
	return lines(rows...)
}

// listing reports whether a request asks for a page of the campaign's list.
func listing(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/orders") && r.URL.Query().Get("search") == ""
}

// TestSlowList: a list that takes longer than a read may be old helps nobody;
// the orders are searched for.
func TestSlowList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		f := w.priced(250)
		w.patient()
		var pages atomic.Int64
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if listing(r) {
				pages.Add(1)
				defer time.Sleep(70 * time.Second)
			}
			return send()
		}
		drain := make(chan struct{})
		stop := time.AfterFunc(24*time.Hour, func() { close(drain) })
		defer stop.Stop()
		got := w.runWith(t.Context(), w.runner([]file{f}, syncSpec("phone,price"), syncing(func(r *importer.Runner) { r.Verify = importer.VerifyNone; r.Workers = 32 })), "run", drain, nil)
		must(t, got.err)
		if n := strings.Count(got.outcomes(), "updated"); n != 250 || pages.Load() > 10 {
			t.Errorf("%d updated, %d pages", n, pages.Load())
		}
	})
}

// TestSlowLimit: under a limit at which all that is under way waits for longer
// than a read may be old, there is progress all the same.
func TestSlowLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		const n = 250 // listing them takes longer than a read may be old
		f := w.priced(n)
		w.gate = client.NewGate(client.Limits{Rate: 0.05, Concurrency: 32})
		w.patient()
		drain := make(chan struct{})
		stop := time.AfterFunc(24*time.Hour, func() { close(drain) })
		defer stop.Stop()
		began := time.Now()
		got := w.runWith(t.Context(), w.runner([]file{f}, syncSpec("phone,price"), syncing(func(r *importer.Runner) { r.Verify = importer.VerifyNone; r.Workers = 32 })), "run", drain, nil)
		must(t, got.err)
		if updated := strings.Count(got.outcomes(), "updated"); updated != n || time.Since(began) > 5*n*20*time.Second {
			t.Errorf("%d updated after %v", updated, time.Since(began))
		}
	})
}

// TestManyAreLate: where the settings of many known people wait for a gate that
// lets few through, each is read again and sent; the reads, which go first there,
// do not keep the writes back for ever.
func TestManyAreLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 600
		w := newWorld(t, sandbox.Config{})
		w.addRecords(0, n)
		rows := []string{"phone,price"}
		for i := range n {
			rows = append(rows, number(i)+",7")
		}
		w.gate = client.NewGate(client.Limits{Rate: 2})
		w.patient()
		drain := make(chan struct{})
		stop := time.AfterFunc(24*time.Hour, func() { close(drain) })
		defer stop.Stop()
		began := time.Now()
		got := w.runWith(t.Context(), w.runner([]file{lines(rows...)}, syncSpec("phone,price"), func(r *importer.Runner) { r.Verify = importer.VerifyNone }), "run", drain, nil)
		must(t, got.err)
		// Two requests for each of them, and a few that were late.
		if associated := strings.Count(got.outcomes(), "associated"); associated != n || time.Since(began) > 3*n/2*time.Second {
			t.Errorf("%d are associated after %v", associated, time.Since(began))
		}
	})
}

// TestGoneIsNotListed: an order that is gone has the campaign listed once, not at
// every look for it.
func TestGoneIsNotListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		f := w.priced(400)
		var pages atomic.Int64
		var removed atomic.Bool
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if listing(r) {
				pages.Add(1)
			}
			if r.Method == http.MethodPatch {
				if removed.CompareAndSwap(false, true) {
					for i := range 10 {
						w.removeAs(number(380 + i))
					}
				}
				time.Sleep(500 * time.Millisecond)
			}
			return send()
		}
		got := w.sync("run", f, syncSpec("phone,price"), func(r *importer.Runner) { r.Verify = importer.VerifyNone })
		if n := strings.Count(got.outcomes(), "failed"); n != 10 || pages.Load() > 60 {
			t.Errorf("%d failed, %d pages", n, pages.Load())
		}
	})
}

// progress counts what is said to be done while sending.
type progress struct {
	silent
	sending atomic.Bool
	done    atomic.Int64
}

func (p *progress) Stage(name string, _ int64) { p.sending.Store(name == "sending") }
func (p *progress) Advance(done, _ int64) {
	if p.sending.Load() {
		p.done.Add(done)
	}
}

// TestRenewalIsNoProgress: orders that are read again are no rows that are done.
func TestRenewalIsNoProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		f := w.priced(200)
		var pages atomic.Int64
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if listing(r) {
				pages.Add(1)
			}
			if r.Method == http.MethodPatch {
				time.Sleep(time.Second)
			}
			return send()
		}
		var p progress
		w.sync("run", f, syncSpec("phone,price"), func(r *importer.Runner) { r.Workers, r.Observer, r.Verify = 1, &p, importer.VerifyNone })
		if p.done.Load() != 200 || pages.Load() < 4 {
			t.Errorf("%d of 200 are done, %d pages", p.done.Load(), pages.Load())
		}
	})
}
