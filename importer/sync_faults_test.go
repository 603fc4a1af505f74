package importer_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// mixed is a campaign and a file that take every operation: orders and records
// that differ, new ones, known records, orders that no row has.
type mixed struct {
	file     file
	spec     string
	protect  map[string]string // statuses of numbers that must stay as they are
	outcomes string
	gone     int
	orders   int // in the end
}

const mixedHeader = "email,phone,first,price"

// mix fills the campaign: of n contacts, by what is left of their number by 5,
// 0 has an order that differs, 1 an order and a record, 2 a known record, 3
// nothing yet, and 4 another number. Beside them, there are orders that no row
// has, and protected ones.
func (w *world) mix(n int) mixed {
	m := mixed{spec: syncSpec(mixedHeader, "identity: email"), protect: make(map[string]string), gone: 3}
	w.byEmail = true
	rows, outcomes := []string{mixedHeader}, []string{}
	for i := range n {
		rec := sandbox.Record{PhoneNumber: number(i), Email: sandbox.Text(fmt.Sprintf("row%d@example.com", i)), FirstName: "Ann", RecordTypeUUID: w.campaign.RecordTypeUUID}
		row, outcome := fmt.Sprintf("%s,%s,Anna,7", rec.Email, rec.PhoneNumber), "updated"
		switch i % 5 {
		case 0:
			rec.FirstName = "Anna"
			w.put(sandbox.Order{Price: amount("5"), Record: rec})
		case 1:
			w.put(sandbox.Order{Price: amount("5"), Status: "planned", Record: rec})
		case 2:
			_, err := w.server.AddRecord(rec)
			must(w.t, err)
			outcome = "associated"
		case 3:
			outcome = "created"
		case 4:
			row = fmt.Sprintf("%s,%s,Anna,7", rec.Email, number(1000+i))
			w.put(sandbox.Order{Price: amount("5"), Record: rec})
		}
		rows, outcomes = append(rows, row), append(outcomes, outcome)
	}
	for i, status := range []string{"registered", "planned", "busy", "do-not-call", "contacted", "canceled"} {
		w.put(sandbox.Order{Status: status, Record: sandbox.Record{PhoneNumber: number(2000 + i), Email: sandbox.Text(status + "@example.com")}})
		if client.Status(status).Protected() {
			m.protect[number(2000+i)] = status
		}
	}
	m.file, m.outcomes, m.orders = lines(rows...), strings.Join(outcomes, " "), n+len(m.protect)
	return m
}

// all makes a run do all that a sync can.
func (m *mixed) all(kind reconcile.Kind, staged bool) func(*importer.Runner) {
	return syncing(func(r *importer.Runner) {
		r.Prune, r.MaxRemovals = kind, importer.Cap{Number: 100, Set: true}
		r.Policy.Staged, r.Policy.Status, r.Workers = staged, client.StatusPlanned, 3
	})
}

// done holds that all of it was done, once.
func (m *mixed) done(w *world, got ran, kind reconcile.Kind) {
	w.t.Helper()
	must(w.t, got.err)
	rows := got.rows[:got.state.Rows]
	got.rows = got.rows[got.state.Rows:]
	taken := map[reconcile.Kind]string{reconcile.RemoveOrder: "removed", reconcile.CancelOrder: "canceled"}[kind]
	if want := strings.TrimSpace(strings.Repeat(taken+" ", m.gone)); got.outcomes() != want {
		w.t.Errorf("orders that no row has: %s; want %s", got.outcomes(), want)
		got.messages(w.t)
	}
	got.rows = rows
	if got.outcomes() != m.outcomes {
		w.t.Errorf("outcomes %s; want %s", got.outcomes(), m.outcomes)
		got.messages(w.t)
	}
	w.books(got, int(got.state.Rows))
	want := m.orders
	if kind == reconcile.CancelOrder {
		want += m.gone
	}
	w.allOnce(want)
	for _, o := range w.orders() {
		switch rec := o.Record; {
		case m.protect[rec.PhoneNumber] != "":
			if o.Status != m.protect[rec.PhoneNumber] {
				w.t.Errorf("%s is %s now", rec.PhoneNumber, o.Status)
			}
		case strings.HasPrefix(string(rec.Email), "row"):
			if rec.FirstName != "Anna" || o.Price == nil || o.Price.String() != "7" || !strings.Contains(m.file.text, string(rec.Email)+","+rec.PhoneNumber+",") {
				w.t.Errorf("%s is not as its row says: %+v", rec.Email, o)
			}
		case o.Status != "canceled":
			w.t.Errorf("%s is %s and in no row", rec.Email, o.Status)
		}
	}
	if got.state.Phase != importer.Done || !got.verification.Closed() {
		w.t.Errorf("%s: %+v", got.state.Phase, got.verification)
	}
}

// settled holds that nothing is left to do.
func (m *mixed) settled(w *world, kind reconcile.Kind, staged bool) {
	w.t.Helper()
	w.writes.Store(0)
	got := w.run(w.runner([]file{m.file}, m.spec, m.all(kind, staged)), "once more")
	must(w.t, got.err)
	if n := w.writes.Load(); n > 0 || strings.Contains(got.outcomes(), "updated") {
		w.t.Errorf("once more: %d requests, %s", n, got.outcomes())
	}
}

// TestSyncFaults is a table of what a server may do to a sync: everything that
// was wanted is there in the end, once, and nothing protected was touched.
func TestSyncFaults(t *testing.T) {
	patches := func(r *http.Request) bool { return r.Method == http.MethodPatch }
	removals := func(r *http.Request) bool { return r.Method == http.MethodDelete }
	tests := []struct {
		name   string
		faults string
		match  func(*http.Request) bool // nil: every write
	}{
		{name: "every patch is committed and then cut off", faults: "commit-then-cut=1", match: patches},
		{name: "every removal is committed and then cut off", faults: "commit-then-cut=1", match: removals},
		{name: "every write is committed and then cut off", faults: "commit-then-cut=1"},
		{name: "connections are cut before", faults: "cut=0.4"},
		{name: "answers end too soon", faults: "truncate=0.6"},
		{name: "pages of HTML", faults: "html=0.4"},
		{name: "bursts of 5xx, committed or not", faults: "503=0.3,500=0.2"},
		{name: "429", faults: "429=0.4"},
		{name: "answers that come too late", faults: "slow=0.3:20s"},
		{name: "reads lag", faults: "commit-then-cut=0.5,lag=5s"},
		{name: "commits come late", faults: "late-commit=0.4:12s"},
		{name: "all of it", faults: "commit-then-cut=0.2,cut=0.1,503=0.1,429=0.1,truncate=0.05,html=0.05,slow=0.02:20s,late-commit=0.05:8s,lag=2s"},
	}
	rows := 10
	if *long {
		rows = 200
	}
	for i, tt := range tests {
		for _, kind := range []reconcile.Kind{reconcile.RemoveOrder, reconcile.CancelOrder} {
			staged := (i+len(kind))%2 == 0
			t.Run(fmt.Sprint(tt.name, ", ", kind), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sandbox.Config{PartialRecords: i%2 == 0, NewestFirst: i%3 == 0})
					m := w.mix(rows)
					faults, err := sandbox.ParseFaults(tt.faults)
					must(t, err)
					if faults.Match = tt.match; tt.match == nil {
						faults.Match = writesOnly
					}
					must(t, w.server.SetFaults(faults))
					got := w.run(w.runner([]file{m.file}, m.spec, m.all(kind, staged)), "run")
					w.server.Settle()
					must(t, w.server.SetFaults(sandbox.Faults{}))
					for i := 0; got.state.Phase != importer.Done && i < 3; i++ {
						w.reconnect()
						got = w.run(w.runner([]file{m.file}, m.spec, m.all(kind, staged)), "run")
					}
					m.done(w, got, kind)
					m.settled(w, kind, staged)
					time.Sleep(20 * time.Second) // for answers that nobody waits for any more
				})
			})
		}
	}
}

// TestSyncStops: a run whose token expires in the middle is gone on with.
func TestSyncStops(t *testing.T) {
	for n := range 8 {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			m := w.mix(5)
			sent := 0
			var mu sync.Mutex
			w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				mu.Lock()
				defer mu.Unlock()
				if writesOnly(r) {
					sent++
				}
				if sent > n {
					return answer(r, 401, ""), nil
				}
				return send()
			}
			if got := w.run(w.runner([]file{m.file}, m.spec, m.all(reconcile.RemoveOrder, n%2 == 0)), "run"); got.err == nil {
				t.Errorf("the token expired after %d writes, and the run did not stop", n)
			}
			w.between = nil
			w.reconnect()
			got := w.run(w.runner([]file{m.file}, m.spec, m.all(reconcile.RemoveOrder, n%2 == 0)), "run")
			m.done(w, got, reconcile.RemoveOrder)
			m.settled(w, reconcile.RemoveOrder, n%2 == 0)
		})
	}
}

// TestForbiddenMeanwhile: an order that became Do Not Call after the run has
// read it is not touched, nor is its record, where a minute has passed: by page
// where many are left, and by search.
func TestForbiddenMeanwhile(t *testing.T) {
	const a, header = "+447400000000", "phone,first,price"
	for _, others := range []int{0, 12} {
		for name, row := range map[string]string{"the order": a + ",Ann,9", "the record": a + ",Anna,5", "removal": "+447499999999,X,1"} {
			t.Run(fmt.Sprint(name, " among ", others), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sandbox.Config{})
					o := w.put(sandbox.Order{Price: amount("5"), Record: sandbox.Record{PhoneNumber: a, FirstName: "Ann"}})
					rows := []string{header, row}
					for i := range others {
						w.put(sandbox.Order{Price: amount("5"), Record: sandbox.Record{PhoneNumber: number(i + 1), FirstName: "Bob"}})
						rows = append(rows, number(i+1)+",Bob,6")
					}
					sent := w.listen()
					got := w.sync("run", lines(rows...), syncSpec(header), func(r *importer.Runner) {
						r.Prune, r.MaxRemovals = reconcile.RemoveOrder, importer.Cap{Number: 1, Set: true}
						r.Review = func(context.Context, *importer.Preview) error {
							time.Sleep(61 * time.Second)
							return w.server.SetStatus(w.campaign.UUID, o.UUID, "do-not-call")
						}
					})
					sent.mu.Lock()
					defer sent.mu.Unlock()
					for _, text := range sent.sent {
						if strings.Contains(text, " 0 ") && !strings.Contains(text, `{"price":6}`) || strings.HasPrefix(text, "delete") {
							t.Errorf("it was touched: %s", text)
						}
					}
					if o := w.orderOf(a); o.Status != "do-not-call" || o.Price.String() != "5" || o.Record.FirstName != "Ann" {
						t.Errorf("it was touched: %+v", o)
					}
					suppressed := 0
					for _, row := range got.rows {
						if row.Outcome == reconcile.Suppressed {
							suppressed++
						}
					}
					if most := 12; suppressed != 1 || sent.reads > most {
						t.Errorf("%d rows are suppressed, after %d reads; want 1, and %d at most", suppressed, sent.reads, most)
						got.messages(t)
					}
				})
			})
		}
	}
}

// TestRecordsAreNoReads: the answer to the patch of a record says nothing of its
// order, which is read again before it is touched.
func TestRecordsAreNoReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const a, header = "+447400000000", "phone,first,say"
		w := newWorld(t, sandbox.Config{})
		refuse := true
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			switch order := strings.Contains(r.URL.Path, "/orders/"); {
			case r.Method == http.MethodPatch && order && refuse:
				return answer(r, 422, ""), nil
			case r.Method == http.MethodPatch && !order:
				time.Sleep(2 * time.Second)
				must(t, w.server.SetStatus(w.campaign.UUID, w.orders()[0].UUID, "do-not-call"))
			}
			return send()
		}
		must(t, w.run(w.runner([]file{lines(header, a+",Ann,Be kind")}, syncSpec(header), nil), "half").err)
		refuse = false
		got := w.sync("sync", lines(header, a+",Anna,Be kind"), syncSpec(header), func(r *importer.Runner) {
			r.Review = func(context.Context, *importer.Preview) error { time.Sleep(29 * time.Second); return nil }
		})
		if o := w.orders()[0]; o.Instructions != "" || got.outcomes() != "suppressed" {
			t.Errorf("%s: an order that is Do Not Call got %q, and was read last before its record was patched", got.outcomes(), o.Instructions)
		}
	})
}

// TestSlowNumbers: an order whose record is to have another number is found
// under the one that it has, also when its answers are lost.
func TestSlowNumbers(t *testing.T) {
	for name, lost := range map[string]func(*http.Request) bool{
		"none":       func(*http.Request) bool { return false },
		"of orders":  func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/orders/") },
		"of records": func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/records/") },
	} {
		for _, applied := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " lost, applied ", applied), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					const a, b, header = "+447400000001", "+447400000002", "email,phone,price"
					w := newWorld(t, sandbox.Config{})
					w.put(sandbox.Order{Price: amount("5"), Record: sandbox.Record{PhoneNumber: a, Email: "a@example.com"}})
					first := true
					w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
						if r.Method != http.MethodPatch || !lost(r) || !first {
							return send()
						}
						if first = false; applied {
							resp, err := send()
							must(t, err)
							resp.Body.Close()
						}
						return answer(r, 503, ""), nil
					}
					got := w.sync("run", lines(header, "a@example.com,"+b+",6"), syncSpec(header, "identity: email"), func(r *importer.Runner) {
						r.Review = func(context.Context, *importer.Preview) error { time.Sleep(time.Minute); return nil }
					})
					if o := w.orderOf(b); got.outcomes() != "updated" || o.Price.String() != "6" {
						t.Errorf("%s, price %s: %s", got.outcomes(), o.Price, got.rows[0].Message)
					}
				})
			})
		}
	}
}
