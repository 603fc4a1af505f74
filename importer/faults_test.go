package importer_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

var long = flag.Bool("long", false, "larger figures for tests that look for rare failures")

// writes meets faults only where something is changed.
func writesOnly(r *http.Request) bool { return r.Method != http.MethodGet }

// TestFaults is a table of what a server may do to a run, each alone: every
// row gets its outcome, and no number gets two orders.
func TestFaults(t *testing.T) {
	tests := []struct {
		name     string
		faults   string
		config   sandbox.Config
		outcomes string // of all rows; "" created
	}{
		{name: "every create is committed and then cut off", faults: "commit-then-cut=1"},
		{name: "a fifth is committed and then cut off", faults: "commit-then-cut=0.2"},
		{name: "connections are cut before", faults: "cut=0.3"},
		{name: "answers end too soon", faults: "truncate=0.5"},
		{name: "pages of HTML", faults: "html=0.3"},
		{name: "5xx, committed or not", faults: "503=0.2,500=0.1,502=0.1"},
		{name: "429 without a word", faults: "429=0.3"},
		{name: "429 with a time", faults: "429=0.3,retry-after=2"},
		{name: "answers that come too late", faults: "slow=0.1:20s"},
		{name: "reads lag", faults: "commit-then-cut=0.3,lag=10s"},
		{name: "commits come late", faults: "late-commit=0.2:12s"},
		{name: "commits come late, and reads lag", faults: "late-commit=0.2:12s,lag=5s"},
		{name: "all of it", faults: "commit-then-cut=0.1,cut=0.1,503=0.1,429=0.1,truncate=0.05,html=0.05,slow=0.02:20s,late-commit=0.05:8s,lag=2s"},
	}
	rows := 40
	if *long {
		rows = 1000
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, tt.config)
				faults, err := sandbox.ParseFaults(tt.faults)
				must(t, err)
				faults.Match = writesOnly
				must(t, w.server.SetFaults(faults))
				got := w.run(w.runner([]file{contacts(rows)}, "", nil), "run")
				w.server.Settle()
				must(t, got.err)
				w.books(got, rows)
				for _, row := range got.rows {
					if row.Outcome != reconcile.Created && row.Outcome != reconcile.Ambiguous {
						t.Errorf("line %d is %s: %s", row.Line, row.Outcome, row.Message)
					}
				}
				must(t, w.server.SetFaults(sandbox.Faults{}))
				if strings.Contains(got.outcomes(), "ambiguous") {
					got = w.run(w.runner([]file{contacts(rows)}, "", nil), "run")
					must(t, got.err)
				}
				if n := len(w.orders()); n != rows {
					t.Errorf("%d orders; want %d", n, rows)
				}
				if !got.verification.Closed() {
					t.Errorf("the books do not close: %+v", got.verification)
				}
				w.writes.Store(0)
				w.run(w.runner([]file{contacts(rows)}, "", nil), "again")
				if n := w.writes.Load(); n != 0 {
					t.Errorf("a clean run after it sent %d requests", n)
				}
			})
		})
	}
}

// TestDrain stops runs at random moments, softly, as a signal does: the gate
// is closed, nothing is sent from then on, what is under way is waited for; and
// the run can be gone on with.
func TestDrain(t *testing.T) {
	const rows = 80
	seeds := 5
	if *long {
		seeds = 500
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				w.addRecords(0, 20)
				must(t, w.server.SetFaults(sandbox.Faults{Slow: 0.7, SlowFor: 500 * time.Millisecond, Seed: seed}))
				rng := rand.New(rand.NewPCG(seed, 1))
				files := []file{withSettings(rows)}
				name := "run"
				for range 3 {
					w.reconnect()
					drain, drained := context.WithCancel(t.Context())
					var at atomic.Pointer[time.Time]
					w.between = func(_ *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
						if end := at.Load(); end != nil && time.Since(*end) > 100*time.Millisecond {
							t.Errorf("seed %d: something was sent %s after the end", seed, time.Since(*end))
						}
						return send()
					}
					timer := time.AfterFunc(time.Duration(rng.IntN(5000))*time.Millisecond, func() {
						now := time.Now()
						at.Store(&now)
						w.gate.Close()
						drained()
					})
					got := w.runWith(t.Context(), w.runner(files, settingsSpec, nil), name, drain.Done(), nil)
					timer.Stop()
					drained()
					if got.err != nil && !errors.Is(got.err, importer.ErrDrained) {
						t.Fatal(got.err)
					}
					if got.state.Phase == importer.Reading {
						name += "-again" // not even all rows were read
						continue
					}
					w.books(got, rows)
					for _, row := range got.rows {
						if row.Outcome == reconcile.Ambiguous {
							t.Errorf("seed %d: an answer that was waited for is missing: line %d after %d attempts: %s", seed, row.Line, row.Attempts, row.Message)
						}
					}
					if got.state.Phase == importer.Looking {
						name += "-again" // nothing was sent: a new run begins
					}
				}
				w.between = nil
				w.reconnect()
				got := w.run(w.runner(files, settingsSpec, nil), name)
				must(t, got.err)
				w.books(got, rows)
				w.allOnce(rows)
				w.settingsOf(got)
				if !got.verification.Closed() {
					t.Errorf("seed %d: %+v", seed, got.verification)
				}
			})
		})
	}
}

// TestAmbiguousRowsStay: a row whose answer was lost and that could not be
// sent again either stays in the ledger until it is known what became of it.
func TestAmbiguousRowsStay(t *testing.T) {
	for _, known := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			if known {
				w.addRecords(0, 1)
			}
			files := []file{contacts(1)}
			for i, step := range []struct {
				status   int // of the answer to a write
				resend   importer.Resend
				outcomes string
				stopped  bool
			}{
				{503, importer.ResendNever, "ambiguous", false},
				{401, importer.ResendSettled, "ambiguous", true},
				{429, importer.ResendSettled, "ambiguous", true},
			} {
				w.reconnect()
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if writesOnly(r) {
						return answer(r, step.status, "", "Retry-After", map[int]string{429: "7200"}[step.status]), nil
					}
					return send()
				}
				got := w.run(w.runner(files, "", func(r *importer.Runner) { r.Resend = step.resend }), "run")
				if got.outcomes() != step.outcomes || got.err != nil != step.stopped || got.state.Phase != importer.Applying {
					t.Errorf("try %d: %s, %s, %v", i, got.outcomes(), got.state.Phase, got.err)
				}
			}
			w.between = nil
			w.reconnect()
			got := w.run(w.runner(files, "", nil), "run")
			must(t, got.err)
			w.books(got, 1)
			w.allOnce(1)
			if got.state.Phase != importer.Done || !got.verification.Closed() {
				t.Errorf("%s, %s: %+v", got.outcomes(), got.state.Phase, got.verification)
			}
		})
	}
}
