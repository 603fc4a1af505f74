package importer_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// settingsSpec maps instructions, so that each row takes two operations.
const settingsSpec = "version: 1\ncolumns:\n  phoneNumber: phone\n  order.instructions: say\n"

func withSettings(n int) file {
	rows := []string{"phone,say"}
	for i := range n {
		rows = append(rows, number(i)+",Be kind")
	}
	return lines(rows...)
}

// TestRefusedSettings: the order stands beside the failed row, later runs
// finish the half until it is in, and then it is over.
func TestRefusedSettings(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	files := []file{withSettings(3)}
	refuse := func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		if r.Method == http.MethodPatch {
			return answer(r, 422, `{"errors":[{"field":"instructions","message":"are not kind enough"}]}`), nil
		}
		return send()
	}
	for i, step := range []struct {
		between  interceptor
		outcomes string
		writes   int64
	}{
		{refuse, "failed failed failed", 6},
		{refuse, "failed failed failed", 3},
		{nil, "updated updated updated", 3},
		{nil, "skipped skipped skipped", 0},
	} {
		w.between = step.between
		w.writes.Store(0)
		got := w.run(w.runner(files, settingsSpec, nil), fmt.Sprint("run ", i))
		must(t, got.err)
		w.books(got, 3)
		if got.outcomes() != step.outcomes || w.writes.Load() != step.writes {
			t.Errorf("run %d: %s with %d writes; want %s with %d", i, got.outcomes(), w.writes.Load(), step.outcomes, step.writes)
		}
		for _, row := range got.rows {
			if row.OrderUUID == "" {
				t.Errorf("run %d: %s row without its order", i, row.Outcome)
			}
			if row.Outcome == reconcile.Failed && (row.Field != "instructions" || !strings.Contains(row.Message, "not kind enough")) {
				t.Errorf("run %d: %q %q", i, row.Field, row.Message)
			}
		}
		if !got.verification.Closed() {
			t.Errorf("run %d: the books do not close: %+v", i, got.verification)
		}
	}
	if orders := w.orders(); len(orders) != 3 || orders[0].Instructions != "Be kind" {
		t.Errorf("%d orders, instructions %q", len(orders), orders[0].Instructions)
	}
}

// TestDoNotCallAmidTheSettings: an order that was read as Do Not Call while a
// lost answer was looked for, or that became it while the update waited at
// the gate, is not patched any more.
func TestDoNotCallAmidTheSettings(t *testing.T) {
	for name, hinder := range map[string]func(w *world, r *http.Request) *http.Response{
		"while the answer is looked for": func(w *world, r *http.Request) *http.Response {
			w.forbid(0)
			return answer(r, 503, "")
		},
		"during a hold": func(w *world, r *http.Request) *http.Response {
			time.AfterFunc(5*time.Minute, func() { w.forbid(0) })
			return answer(r, 429, "", "Retry-After", "600")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if r.Method == http.MethodPatch && w.orders()[0].Status == "registered" {
						return hinder(w, r), nil
					}
					return send()
				}
				got := w.run(w.runner([]file{withSettings(1)}, settingsSpec, nil), "run")
				must(t, got.err)
				w.books(got, 1)
				if got.outcomes() != "suppressed" || got.rows[0].OrderUUID == "" {
					t.Errorf("outcome %s, order %q: %s", got.outcomes(), got.rows[0].OrderUUID, got.rows[0].Message)
				}
				if o := w.orders()[0]; o.Instructions != "" || o.Status != "do-not-call" {
					t.Errorf("the order was touched: %s %q", o.Status, o.Instructions)
				}
			})
		})
	}
}

// forbid sets the order with this place in the campaign to Do Not Call, as a
// person would.
func (w *world) forbid(i int) {
	w.t.Helper()
	o := w.orders()[i]
	must(w.t, w.server.SetStatus(w.campaign.UUID, o.UUID, "do-not-call"))
}

// TestSettingsWaitForALaggingList: an order that a resumed run knows and that
// the list does not show yet is waited for.
func TestSettingsWaitForALaggingList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		must(t, w.server.SetFaults(sandbox.Faults{Lag: 20 * time.Second}))
		drain := make(chan struct{})
		w.between = func(_ *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			resp, err := send()
			if resp != nil && resp.Request.Method == http.MethodPost {
				close(drain)
				time.Sleep(time.Millisecond) // let it be noticed
			}
			return resp, err
		}
		files := []file{withSettings(1)}
		got := w.runWith(t.Context(), w.runner(files, settingsSpec, nil), "run", drain, nil)
		if got.outcomes() != "unprocessed" || got.rows[0].OrderUUID == "" {
			t.Fatalf("%s with order %q", got.outcomes(), got.rows[0].OrderUUID)
		}
		w.between = nil
		got = w.run(w.runner(files, settingsSpec, nil), "run")
		must(t, got.err)
		if o := w.orders()[0]; got.outcomes() != "created" || o.Instructions != "Be kind" {
			t.Errorf("%s, instructions %q: %s", got.outcomes(), o.Instructions, got.rows[0].Message)
		}
	})
}

// TestOvertaken: an update whose answer was lost and whose order was called
// since is not sent again: that would plan a second call.
func TestOvertaken(t *testing.T) {
	for _, status := range []string{"busy", "no-answer", "contacted"} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				resp, err := send()
				if r.Method != http.MethodPatch || err != nil {
					return resp, err
				}
				resp.Body.Close()
				must(t, w.server.SetStatus(w.campaign.UUID, w.orders()[0].UUID, status))
				return answer(r, 504, ""), nil
			}
			got := w.run(w.runner([]file{withSettings(1)}, settingsSpec, func(r *importer.Runner) { r.Policy.Status = client.StatusPlanned }), "run")
			must(t, got.err)
			if n := w.writes.Load(); got.outcomes() != "created" || n != 2 || w.orders()[0].Status != status {
				t.Errorf("%s: %s after %d writes, order %s", status, got.outcomes(), n, w.orders()[0].Status)
			}
		})
	}
}

// TestAssociateAnswers: what an association answers is documented nowhere; no
// form of it makes a second order or loses a row.
func TestAssociateAnswers(t *testing.T) {
	type orders struct {
		Orders []json.RawMessage `json:"orders"`
	}
	list := func(change func(*orders)) func([]byte) string {
		return func(body []byte) string {
			var o orders
			if err := json.Unmarshal(body, &o); err != nil {
				return err.Error()
			}
			change(&o)
			text, _ := json.Marshal(o)
			return string(text)
		}
	}
	said := func(text string) func([]byte) string { return func([]byte) string { return text } }
	for name, reword := range map[string]func([]byte) string{
		"as it is":           func(b []byte) string { return string(b) },
		"nothing":            said(""),
		"a count":            said(`{"count": 20}`),
		"a number":           said(`20`),
		"an empty list":      said(`{"orders": []}`),
		"a page of HTML":     said("<html>welcome</html>"),
		"half of the orders": list(func(o *orders) { o.Orders = o.Orders[:len(o.Orders)/2] }),
		"in another order":   list(func(o *orders) { slices.Reverse(o.Orders) }),
		"one twice":          list(func(o *orders) { o.Orders = append(o.Orders, o.Orders[0]) }),
		"a bare array": func(body []byte) string {
			return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(body)), `{"orders":`), "}")
		},
		"without records": func(body []byte) string { return strings.ReplaceAll(string(body), `"record":`, `"contact":`) },
	} {
		for _, settings := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", settings ", settings), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					const rows = 20
					w := newWorld(t, sandbox.Config{PartialRecords: true})
					w.addRecords(0, rows)
					w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
						resp, err := send()
						if strings.HasSuffix(r.URL.Path, "/associate") {
							return reworded(resp, err, reword)
						}
						return resp, err
					}
					files, spec := []file{contacts(rows)}, ""
					if settings {
						files, spec = []file{withSettings(rows)}, settingsSpec
					}
					got := w.run(w.runner(files, spec, nil), "run")
					must(t, got.err)
					w.books(got, rows)
					w.allOnce(rows)
					if n := strings.Count(got.outcomes(), "associated"); n != rows || !got.verification.Closed() {
						t.Errorf("%s, closed %t", got.outcomes(), got.verification.Closed())
					}
					for _, o := range w.orders() {
						if settings && o.Instructions == "" {
							t.Errorf("%s has no settings", o.Record.PhoneNumber)
						}
					}
				})
			})
		}
	}
}

// addRecords adds records of the campaign's type that have no order.
func (w *world) addRecords(from, to int) {
	w.t.Helper()
	for i := from; i < to; i++ {
		_, err := w.server.AddRecord(sandbox.Record{PhoneNumber: number(i), RecordTypeUUID: w.campaign.RecordTypeUUID})
		must(w.t, err)
	}
}

// allOnce holds that so many numbers have an order, each one.
func (w *world) allOnce(numbers int) {
	w.t.Helper()
	if n := len(w.orders()); n != numbers {
		w.t.Errorf("%d orders; want %d", n, numbers)
	}
}
