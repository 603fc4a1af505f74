package importer_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
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

const stagedHeader = "phone,at,say"

func staged(r *importer.Runner) {
	r.Policy.Staged, r.Policy.Status, r.Workers = true, client.StatusScheduled, 1
}

// appointments is a file of n contacts, each with a time: the later its line, the
// earlier, but for every fourth, which has none.
func appointments(n int) file {
	rows := []string{stagedHeader}
	for i := range n {
		at := time.Date(2026, 5, 10, 12, 0, 0, 0, time.FixedZone("", 3600*(i%5-2))).Add(-time.Duration(i) * time.Hour).Format(time.RFC3339)
		if i%4 == 3 {
			at = ""
		}
		rows = append(rows, number(i)+","+at+",Be kind")
	}
	return lines(rows...)
}

// uncalled holds that no order of the campaign can be called.
func (w *world) uncalled() {
	w.t.Helper()
	for _, o := range w.orders() {
		if o.Status != "registered" {
			w.t.Errorf("%s is %s", o.Record.PhoneNumber, o.Status)
		}
	}
}

// watchActivation lets nothing be called before the campaign was verified, and
// each order be changed once.
func (w *world) watchActivation() (switched *[]string) {
	switched = new([]string)
	w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		if r.Method == http.MethodPatch {
			body, err := io.ReadAll(r.Body)
			must(w.t, err)
			r.Body = io.NopCloser(bytes.NewReader(body))
			if !strings.Contains(string(body), `"status":"scheduled"`) || !strings.Contains(string(body), `"instructions":"Be kind"`) {
				w.t.Errorf("settings and status do not come in one: %s", body)
			}
			*switched = append(*switched, path.Base(r.URL.Path))
		}
		return send()
	}
	return switched
}

// TestActivation: everything is made as registered, and switched in the order
// of its times once the books are verified.
func TestActivation(t *testing.T) {
	for _, update := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			const rows = 9
			w := newWorld(t, sandbox.Config{})
			w.addRecords(0, 3)
			switched := w.watchActivation()
			var log stagesLog
			got := w.run(w.runner([]file{appointments(rows)}, syncSpec(stagedHeader), func(r *importer.Runner) {
				staged(r)
				log.world = w
				r.Observer, r.Policy.Update = &log, update
			}), "run")
			must(t, got.err)
			w.books(got, rows)
			var times []time.Time
			for _, uuid := range *switched {
				for _, o := range w.orders() {
					if o.UUID != uuid {
						continue
					}
					if o.Status != "scheduled" || o.Instructions != "Be kind" {
						t.Errorf("%s is %s with %q", o.Record.PhoneNumber, o.Status, o.Instructions)
					}
					if o.ScheduledTime != nil {
						times = append(times, *o.ScheduledTime)
					}
				}
			}
			if len(*switched) != rows || len(times) != 7 || !slices.IsSortedFunc(times, time.Time.Compare) {
				t.Errorf("%d were switched, at %v", len(*switched), times)
			}
			if !log.looked.Load() || got.state.Phase != importer.Done || !strings.HasPrefix(got.outcomes(), "associated associated associated created") {
				t.Errorf("verified %t, %s: %s", log.looked.Load(), got.state.Phase, got.outcomes())
			}
		})
	}
}

// stagesLog looks at the campaign when the run begins to activate.
type stagesLog struct {
	silent
	world  *world
	looked atomic.Bool
}

func (l *stagesLog) Stage(name string, _ int64) {
	if name == "activating" {
		l.world.uncalled()
		l.looked.Store(true)
	}
}

// TestActivationIsHeldBack: while the books do not close, nobody is called.
func TestActivationIsHeldBack(t *testing.T) {
	for name, spoil := range map[string]func(w *world, created int) error{
		"a foreign order appears": func(w *world, _ int) error {
			w.addOrder(number(500), "registered")
			return nil
		},
		"one of the run vanishes": func(w *world, _ int) error {
			return w.client.Orders.Remove(w.t.Context(), w.campaign.UUID, w.orders()[1].UUID)
		},
		"a number gets two": func(w *world, _ int) error {
			must(w.t, w.client.Orders.Remove(w.t.Context(), w.campaign.UUID, w.orders()[0].UUID))
			w.addOrder(number(0), "registered")
			w.addOrder(number(0), "registered")
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				w.addOrder(number(99), "registered")
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					resp, err := send()
					if n := w.writes.Load(); r.Method == http.MethodPost && n == 6 {
						w.between = nil
						must(t, spoil(w, int(n)))
					}
					return resp, err
				}
				got := w.run(w.runner([]file{appointments(6)}, syncSpec(stagedHeader), staged), "run")
				must(t, got.err)
				w.uncalled()
				if got.verification.Closed() || got.state.Phase == importer.Done {
					t.Errorf("%s: %+v", got.state.Phase, got.verification)
				}
				for _, row := range got.rows {
					if row.Outcome != reconcile.Unprocessed || row.OrderUUID == "" || !strings.Contains(row.Message, "before it was activated") {
						t.Errorf("line %d: %s %q %s", row.Line, row.Outcome, row.OrderUUID, row.Message)
					}
				}
			})
		})
	}
	t.Run("a row is ambiguous", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				if r.Method == http.MethodPost && w.writes.Load() == 3 {
					return answer(r, 503, ""), nil
				}
				return send()
			}
			got := w.run(w.runner([]file{appointments(6)}, syncSpec(stagedHeader), func(r *importer.Runner) { staged(r); r.Resend = importer.ResendNever }), "run")
			must(t, got.err)
			w.uncalled()
			w.between = nil
			got = w.run(w.runner([]file{appointments(6)}, syncSpec(stagedHeader), staged), "run")
			must(t, got.err)
			for _, o := range w.orders() {
				if o.Status != "scheduled" {
					t.Errorf("%s is %s", o.Record.PhoneNumber, o.Status)
				}
			}
			w.books(got, 6)
			w.allOnce(6)
		})
	})
}

// TestActivationLeavesOthers: what somebody has set another status of since is
// left, whether that is seen at once or only when the order is read again.
func TestActivationLeavesOthers(t *testing.T) {
	for _, status := range []string{"planned", "scheduled", "busy", "do-not-call", "canceled"} {
		for _, pause := range []time.Duration{0, 45 * time.Second} {
			t.Run(fmt.Sprint(status, " after ", pause), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sandbox.Config{})
					set := func() { must(t, w.server.SetStatus(w.campaign.UUID, w.orders()[0].UUID, status)) }
					r := w.runner([]file{appointments(2)}, syncSpec(stagedHeader), staged)
					if pause == 0 {
						w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
							if r.Method == http.MethodPost && w.writes.Load() == 2 {
								defer set()
							}
							return send()
						}
					} else {
						r.Observer = pausing{stage: "activating", pause: func() { set(); time.Sleep(pause) }}
					}
					got := w.run(r, "run")
					must(t, got.err)
					orders := w.orders()
					if orders[0].Status != status || orders[0].Instructions != "" || orders[1].Status != "scheduled" {
						t.Errorf("%s is %s with %q, the other is %s", orders[0].Record.PhoneNumber, orders[0].Status, orders[0].Instructions, orders[1].Status)
					}
					want := map[string]string{"do-not-call": "do-not-call", "canceled": "protected"}[status]
					if want == "" {
						want = "not-registered"
					}
					if got.rows[0].Code != want || got.rows[0].OrderUUID == "" || got.state.Phase != importer.Done {
						t.Errorf("%s %s %s, %s", got.rows[0].Outcome, got.rows[0].Code, got.rows[0].Message, got.state.Phase)
					}
				})
			})
		}
	}
}

// pausing waits when a stage begins.
type pausing struct {
	silent
	stage string
	pause func()
}

func (p pausing) Stage(name string, _ int64) {
	if name == p.stage {
		p.pause()
	}
}

// TestActivationOfWhatIsCallable: an order that the server makes callable
// though it is to wait is set right at once, and switched with the others.
func TestActivationOfWhatIsCallable(t *testing.T) {
	for _, known := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			if known {
				w.addRecords(0, 3)
			}
			made := make(map[string]bool)
			callable := func(body []byte) string {
				for _, o := range w.orders() {
					if !made[o.UUID] {
						made[o.UUID] = true
						must(t, w.server.SetStatus(w.campaign.UUID, o.UUID, "planned"))
					}
				}
				return strings.ReplaceAll(string(body), `"registered"`, `"planned"`)
			}
			w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				resp, err := send()
				if r.Method == http.MethodPost {
					return reworded(resp, err, callable)
				}
				return resp, err
			}
			log := stagesLog{world: w}
			got := w.run(w.runner([]file{appointments(3)}, syncSpec(stagedHeader), func(r *importer.Runner) { staged(r); r.Observer = &log }), "run")
			must(t, got.err)
			for _, o := range w.orders() {
				if o.Status != "scheduled" || o.Instructions != "Be kind" {
					t.Errorf("%s is %s with %q", o.Record.PhoneNumber, o.Status, o.Instructions)
				}
			}
			if !log.looked.Load() || got.state.Phase != importer.Done {
				t.Errorf("%s, %s", got.state.Phase, got.outcomes())
			}
		})
	}
}

// TestAbandonedActivation: a run that is given up calls nobody, and the next one
// brings in what it has left.
func TestAbandonedActivation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		drain := make(chan struct{})
		r := w.runner([]file{appointments(3)}, syncSpec(stagedHeader), staged)
		r.Observer = pausing{stage: "verifying", pause: func() { close(drain); time.Sleep(time.Millisecond) }}
		if got := w.runWith(t.Context(), r, "run", drain, nil); got.err == nil {
			t.Fatal("the run was not stopped")
		}
		got := w.run(w.runner([]file{appointments(3)}, syncSpec(stagedHeader), func(r *importer.Runner) { staged(r); r.Abandon = true }), "run")
		must(t, got.err)
		w.uncalled()
		if got.state.Phase != importer.Done || got.outcomes() != "created created created" || got.codes() != "not-activated not-activated not-activated" {
			t.Errorf("%s: %s %s", got.state.Phase, got.outcomes(), got.codes())
		}
		got = w.run(w.runner([]file{appointments(3)}, syncSpec(stagedHeader), staged), "next")
		must(t, got.err)
		for _, o := range w.orders() {
			if o.Status != "scheduled" || o.Instructions != "Be kind" {
				t.Errorf("%s is %s with %q: %s", o.Record.PhoneNumber, o.Status, o.Instructions, got.outcomes())
			}
		}
	})
}

// TestActivationCrashes stops a run at every point of its switch, and goes on.
func TestActivationCrashes(t *testing.T) {
	const rows = 4
	try := func(t *testing.T, c *crash) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			w.addRecords(0, 1)
			name := "run"
			r := w.runner([]file{appointments(rows)}, syncSpec(stagedHeader), staged)
			r.Review = func(context.Context, *importer.Preview) error { return nil }
			if got := c.run(w, r, name); got.state.Phase == importer.Reading || got.state.Phase == importer.Looking {
				name = "once more"
			}
			got := w.run(w.runner([]file{appointments(rows)}, syncSpec(stagedHeader), staged), name)
			must(t, got.err)
			w.books(got, rows)
			w.allOnce(rows)
			for _, o := range w.orders() {
				if o.Status != "scheduled" || o.Instructions != "Be kind" {
					t.Errorf("%s is %s with %q", o.Record.PhoneNumber, o.Status, o.Instructions)
				}
			}
			if got.state.Phase != importer.Done || !got.verification.Closed() {
				t.Errorf("%s: %+v", got.state.Phase, got.verification)
			}
			if journal, err := w.server.Journal(0); err != nil || len(journal) != 2*rows {
				t.Errorf("%d commits; want %d: %v", len(journal), 2*rows, err)
			}
		})
	}
	everyCrash(t, 10, 7, try)
}
