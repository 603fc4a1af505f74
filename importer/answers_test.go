package importer_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
)

// TestWrongAnswers: creates that were carried out and whose answers are not
// what the API promises. None is sent again, and none is called created with
// an order that is not its own.
func TestWrongAnswers(t *testing.T) {
	const rows = 20
	first := func() func(json.RawMessage) json.RawMessage {
		var kept json.RawMessage
		return func(order json.RawMessage) json.RawMessage {
			if kept == nil {
				kept = order
			}
			return kept
		}
	}
	const unknown = "01a21053-0000-7000-8000-000000000000"
	for name, reword := range map[string]func(w *world) func(body string) string{
		"without a uuid": func(*world) func(string) string {
			return func(body string) string { return strings.Replace(body, `"uuid"`, `"id"`, 1) }
		},
		"without a status": func(*world) func(string) string {
			return func(body string) string { return strings.ReplaceAll(body, `"status"`, `"state"`) }
		},
		"the order of another row": func(*world) func(string) string {
			keep := first()
			return func(body string) string { return string(keep(json.RawMessage(body))) }
		},
		"the uuid of another row and no record": func(*world) func(string) string {
			keep := first()
			return func(body string) string {
				return strings.Replace(string(keep(json.RawMessage(body))), `"record":`, `"contact":`, 1)
			}
		},
		"the uuid of an order that was there before": func(w *world) func(string) string {
			old := w.addOrder(number(9999), "registered").UUID
			return func(string) string { return fmt.Sprintf(`{"uuid": %q, "status": "registered"}`, old) }
		},
		"a uuid that does not exist": func(*world) func(string) string {
			return func(body string) string { return withUUID(body, unknown) }
		},
		"uuids that do not exist": func(*world) func(string) string {
			n := 0
			return func(body string) string {
				n++
				return withUUID(body, fmt.Sprintf("01a21053-0000-7000-8000-%012d", n))
			}
		},
		"JSON that ends too soon": func(*world) func(string) string {
			return func(body string) string { return body[:len(body)/2] }
		},
		"a page of HTML": func(*world) func(string) string {
			return func(string) string { return "<!DOCTYPE html><title>Welcome</title>" }
		},
		"nothing": func(*world) func(string) string { return func(string) string { return "" } },
	} {
		for _, settings := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", settings ", settings), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sandbox.Config{})
					change := reword(w)
					before := len(w.orders())
					var creates int
					var mu sync.Mutex
					w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
						resp, err := send()
						if r.Method != http.MethodPost {
							return resp, err
						}
						return reworded(resp, err, func(body []byte) string {
							mu.Lock()
							defer mu.Unlock()
							creates++
							return change(string(body))
						})
					}
					files, spec := []file{contacts(rows)}, ""
					if settings {
						files, spec = []file{withSettings(rows)}, settingsSpec
					}
					got := w.run(w.runner(files, spec, nil), "run")
					must(t, got.err)
					w.books(got, rows)
					w.allOnce(before + rows)
					if creates != rows {
						t.Errorf("%d creates were sent for %d rows", creates, rows)
					}
					if !got.verification.Closed() {
						t.Errorf("the books do not close: %+v", got.verification)
					}
					w.between = nil
					again := w.run(w.runner(files, spec, nil), "again")
					must(t, again.err)
					for _, o := range w.orders()[before:] {
						if settings && o.Instructions == "" {
							t.Errorf("%s has no settings: %s, then %s", o.Record.PhoneNumber, got.outcomes(), again.outcomes())
						}
					}
				})
			})
		}
	}
}

// withUUID is an order with another uuid.
func withUUID(order, uuid string) string {
	var o map[string]json.RawMessage
	if err := json.Unmarshal([]byte(order), &o); err != nil {
		return err.Error()
	}
	o["uuid"] = json.RawMessage(`"` + uuid + `"`)
	text, _ := json.Marshal(o)
	return string(text)
}

// TestCreatedNothing: an order that the server says to have made and that is
// not there is said to be missing.
func TestCreatedNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if r.Method == http.MethodPost {
				return answer(r, 201, `{"uuid": "01a21053-0000-7000-8000-000000000000", "status": "registered"}`), nil
			}
			return send()
		}
		got := w.run(w.runner([]file{contacts(1)}, "", nil), "run")
		must(t, got.err)
		if !got.verification.Off() || len(got.verification.Missing) != 1 {
			t.Errorf("%s, and the verification says %+v", got.outcomes(), got.verification)
		}
	})
}

// TestCommitThenCut: the server commits each create and then cuts, at every
// length of the answer, with fresh connections and with those that were used
// before.
func TestCommitThenCut(t *testing.T) {
	rows := 500 // with each kind of connection
	if *long {
		rows = 5_000
	}
	for _, fresh := range []bool{false, true} {
		t.Run(fmt.Sprint("fresh connections ", fresh), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					r.Close = fresh
					return send()
				}
				must(t, w.server.SetFaults(sandbox.Faults{CommitThenCut: 1}))
				got := w.run(w.runner([]file{contacts(rows)}, "", nil), "run")
				must(t, got.err)
				w.books(got, rows)
				w.allOnce(rows)
				if n := w.writes.Load(); n != int64(rows) {
					t.Errorf("%d creates were sent for %d rows", n, rows)
				}
				if n := strings.Count(got.outcomes(), "created"); n != rows || !got.verification.Closed() {
					t.Errorf("%d rows are created, closed %t", n, got.verification.Closed())
				}
			})
		})
	}
}

// TestDurableIntents: whatever the server has got of a row stands in the
// ledger's files at that moment, as a crash would leave them.
func TestDurableIntents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rows = 20
		w := newWorld(t, sandbox.Config{})
		w.addRecords(0, 5)
		var mu sync.Mutex
		var checked int
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if r.Method != http.MethodGet {
				mu.Lock()
				defer mu.Unlock()
				checked += w.intended(r)
			}
			return send()
		}
		got := w.run(w.runner([]file{withSettings(rows)}, settingsSpec, nil), "run")
		must(t, got.err)
		w.books(got, rows)
		if checked != 2*rows {
			t.Errorf("%d intents were looked for; want %d", checked, 2*rows)
		}
	})
}

// intended counts the rows of a write whose intent is in the ledger as a crash
// would leave it now.
func (w *world) intended(r *http.Request) (n int) {
	w.t.Helper()
	body, err := r.GetBody()
	must(w.t, err)
	var sent struct {
		Record      struct{ PhoneNumber string }
		RecordUUIDs []string
	}
	must(w.t, json.NewDecoder(body).Decode(&sent))
	left := w.ledger
	defer func() { w.ledger = left }()
	w.ledger = w.copyLedger()
	l, err := ledger.Open(w.t.Context(), w.ledger)
	must(w.t, err)
	defer func() { must(w.t, l.Close()) }()
	run, _, err := l.Resume(w.t.Context(), "run")
	must(w.t, err)
	open, err := run.Open(w.t.Context(), 0, 1000)
	must(w.t, err)
	for _, row := range open {
		for _, op := range row.Operations {
			if op.State != importer.Sent {
				continue
			}
			switch op.Kind {
			case reconcile.CreateOrder:
				if row.Phone == sent.Record.PhoneNumber {
					n++
				}
			case reconcile.Associate:
				if slices.Contains(sent.RecordUUIDs, op.Record) {
					n++
				}
			case reconcile.UpdateOrder:
				if path.Base(r.URL.Path) == op.Order {
					n++
				}
			}
		}
	}
	return n
}

// copyLedger copies the ledger's files as they are.
func (w *world) copyLedger() string {
	w.t.Helper()
	to := filepath.Join(scratch(w.t), "ledger.db")
	for _, suffix := range []string{"", "-wal"} {
		text, err := os.ReadFile(w.ledger + suffix)
		must(w.t, err)
		must(w.t, os.WriteFile(to+suffix, text, 0o600))
	}
	return to
}

// TestCallableAgainstTheWord: an order that a server makes callable although
// registered was asked for is set right at once, and said.
func TestCallableAgainstTheWord(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		resp, err := send()
		if r.Method != http.MethodPost || err != nil {
			return resp, err
		}
		return reworded(resp, err, func(body []byte) string {
			uuid := w.orders()[len(w.orders())-1].UUID
			must(t, w.server.SetStatus(w.campaign.UUID, uuid, "planned"))
			return strings.Replace(string(body), `"registered"`, `"planned"`, 1)
		})
	}
	got := w.run(w.runner([]file{contacts(1)}, "", func(r *importer.Runner) { r.Verify = importer.VerifyFull }), "run")
	must(t, got.err)
	if o := w.orders()[0]; o.Status != "registered" || got.outcomes() != "created" || w.writes.Load() != 2 || !got.verification.Closed() {
		t.Errorf("%s, order %s, %d writes", got.outcomes(), o.Status, w.writes.Load())
	}
}
