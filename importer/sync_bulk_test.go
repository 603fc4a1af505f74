package importer_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// everyOrder is picked.
func everyOrder(client.Order) bool { return true }

// TestBulk is the table of what is done to orders that are picked out.
func TestBulk(t *testing.T) {
	statuses := []string{"registered", "planned", "busy", "contacted", "do-not-call"}
	for _, tt := range []struct {
		name     string
		bulk     importer.Bulk
		outcomes string
		writes   int64
		left     string // statuses in the end
	}{
		{"removed", importer.Bulk{Kind: reconcile.RemoveOrder}, "removed removed removed protected suppressed", 3, "contacted do-not-call"},
		{"canceled", importer.Bulk{Kind: reconcile.CancelOrder}, "canceled canceled canceled protected suppressed", 3, "canceled canceled canceled contacted do-not-call"},
		{
			"updated", importer.Bulk{Kind: reconcile.UpdateOrder, Set: reconcile.Values{"order.price": []byte("5"), "order.status": []byte(`"planned"`)}},
			"updated unchanged updated protected suppressed", 2, "planned planned planned contacted do-not-call",
		},
	} {
		for _, lost := range []bool{false, true} {
			t.Run(fmt.Sprint(tt.name, ", answers lost ", lost), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sandbox.Config{})
					for i, status := range statuses {
						o := sandbox.Order{Status: status, Record: sandbox.Record{PhoneNumber: number(i)}}
						if status == "planned" {
							o.Price = amount("5.0")
						}
						w.put(o)
					}
					if lost {
						faults, err := sandbox.ParseFaults("commit-then-cut=1")
						must(t, err)
						faults.Match = writesOnly
						must(t, w.server.SetFaults(faults))
					}
					bulk := tt.bulk
					bulk.Picks = everyOrder
					got := w.run(w.runner(nil, "", func(r *importer.Runner) { r.Bulk = &bulk }), "run")
					must(t, got.err)
					var left []string
					for _, o := range w.orders() {
						left = append(left, o.Status)
					}
					if n := w.writes.Load(); got.outcomes() != tt.outcomes || n != tt.writes || strings.Join(left, " ") != tt.left {
						t.Errorf("%s after %d writes, and %v is left", got.outcomes(), n, left)
						got.messages(t)
					}
					if got.state.Phase != importer.Done || !got.verification.Closed() {
						t.Errorf("%s: %+v", got.state.Phase, got.verification)
					}
				})
			})
		}
	}
}

// TestBulkBeside: an order is not updated whose number has a protected one beside
// it, and may be taken out; two orders of a number that were there before are no
// fault of the run; an order of a record without a number is found too.
func TestBulkBeside(t *testing.T) {
	for _, tt := range []struct {
		kind     reconcile.Kind
		outcomes string // of the orders in the order of their UUIDs
	}{
		{reconcile.UpdateOrder, "updated suppressed suppressed updated updated protected protected"},
		{reconcile.CancelOrder, "canceled canceled suppressed canceled canceled canceled protected"},
	} {
		t.Run(string(tt.kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				for i, o := range []struct {
					number, status string
				}{
					{"", "registered"}, {number(1), "registered"}, {number(1), "do-not-call"}, {number(2), "registered"}, {number(2), "planned"},
					{number(3), "no-answer"}, {number(3), "completed"},
				} {
					w.put(sandbox.Order{UUID: fmt.Sprintf("00000000-0000-7000-8000-%012d", i), Status: o.status, Record: sandbox.Record{PhoneNumber: o.number}})
				}
				var picked int
				got := w.run(w.runner(nil, "", func(r *importer.Runner) {
					r.Bulk = &importer.Bulk{
						Kind: tt.kind, Set: reconcile.Values{"order.price": []byte("5")},
						Picks: func(o client.Order) bool { picked++; return o.Status != "" },
					}
				}), "run")
				must(t, got.err)
				if got.outcomes() != tt.outcomes || !got.verification.Closed() || picked != 7 {
					t.Errorf("%s; want %s: %+v, %d asked", got.outcomes(), tt.outcomes, got.verification, picked)
					got.messages(t)
				}
			})
		})
	}
}

// bulk takes a bulk change to its end.
func (w *world) bulk(b importer.Bulk, change ...func(*importer.Runner)) ran {
	w.t.Helper()
	got := w.run(w.runner(nil, "", func(r *importer.Runner) {
		r.Bulk = &b
		for _, f := range change {
			f(r)
		}
	}), "run")
	must(w.t, got.err)
	return got
}

// TestBulkWithoutNumbers: an order is dealt with that has no number, or whose
// number is not listed; what it is picked by is known all the same.
func TestBulkWithoutNumbers(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	w.put(sandbox.Order{Record: sandbox.Record{FirstName: "Ann"}})
	for i := range 3 {
		w.addOrder(number(i), "registered")
	}
	w.hideNumbers()
	got := w.bulk(importer.Bulk{Kind: reconcile.RemoveOrder, Picks: func(o client.Order) bool {
		return o.Record.PhoneNumber == "" || o.Record.PhoneNumber == number(1)
	}})
	if got.outcomes() != "removed removed" || len(w.orders()) != 2 || !got.verification.Closed() {
		t.Errorf("%s, %d orders; %+v", got.outcomes(), len(w.orders()), got.verification)
		got.messages(t)
	}
}

// TestBulkOfAShiftingList: orders are removed by somebody else while the list is
// read, so that the ones behind them move to pages that were read already. Each
// order that is picked is staged once, and none is passed over.
func TestBulkOfAShiftingList(t *testing.T) {
	for _, newest := range []bool{false, true} {
		t.Run(fmt.Sprint("newest first ", newest), func(t *testing.T) {
			t.Parallel()
			const orders, gone = 350, 30
			w := newWorld(t, sandbox.Config{NewestFirst: newest})
			for i := range orders {
				w.addOrder(number(i), "registered")
			}
			var pages atomic.Int64
			w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				resp, err := send()
				if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/orders") {
					if pages.Add(1) == 1 {
						for i := range gone / 2 { // at both ends
							w.removeAs(number(i))
							w.removeAs(number(orders - 1 - i))
						}
					}
				}
				return resp, err
			}
			got := w.bulk(importer.Bulk{Kind: reconcile.UpdateOrder, Set: reconcile.Values{"order.price": []byte("7")}, Picks: func(o client.Order) bool {
				return strings.HasSuffix(o.Record.PhoneNumber, "3") || strings.HasSuffix(o.Record.PhoneNumber, "7")
			}}, func(r *importer.Runner) { r.Workers = 1 })
			staged := make(map[string]int)
			for _, row := range got.rows {
				staged[row.Meant]++
			}
			for _, o := range w.orders() {
				picked := strings.HasSuffix(o.Record.PhoneNumber, "3") || strings.HasSuffix(o.Record.PhoneNumber, "7")
				if n := staged[o.UUID]; picked != (n == 1) || picked != (o.Price != nil) {
					t.Errorf("order of %s: staged %d times, price %v", o.Record.PhoneNumber, n, o.Price)
				}
			}
			if want := (orders - gone) / 5; len(got.rows) != want || got.state.Before != orders-gone || !got.verification.Closed() {
				t.Errorf("%d rows, want %d; %+v", len(got.rows), want, got.verification)
			}
		})
	}
}

// TestBulkCosts one pass of pages before the first write, and one commit for many
// orders.
func TestBulkCosts(t *testing.T) {
	const orders = 450
	w := newWorld(t, sandbox.Config{})
	for i := range orders {
		w.addOrder(number(i), "registered")
	}
	l := w.listen()
	stages := 0
	got := w.runWith(t.Context(), w.runner(nil, "", func(r *importer.Runner) {
		r.Bulk = &importer.Bulk{Kind: reconcile.CancelOrder, Picks: everyOrder, Uncapped: true}
		r.Review = func(context.Context, *importer.Preview) error { return errLooked }
	}), "run", nil, func(led importer.Ledger) importer.Ledger { return countingStages{led, &stages} })
	if !errors.Is(got.err, errLooked) || len(got.rows) != orders || l.reads != 5 || stages > 1 {
		t.Errorf("%d rows after %d reads and %d commits; want %d, 5 and 1", len(got.rows), l.reads, stages, orders)
	}
}

type countingStages struct {
	importer.Ledger
	n *int
}

func (c countingStages) Stage(ctx context.Context, rows []importer.Row) error {
	*c.n++
	return c.Ledger.Stage(ctx, rows)
}
