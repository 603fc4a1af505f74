package importer_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// TestLateCommits: a create that is committed after its answer was given up.
// Within the settle window it is adopted. What comes later is ambiguous and
// found by the next try, or was sent again and is found by the verification,
// which never calls such books balanced.
func TestLateCommits(t *testing.T) {
	delays := []time.Duration{100 * time.Millisecond, 29 * time.Second, 45 * time.Second, 120 * time.Second}
	if *long {
		delays = append(delays, 900*time.Millisecond, 4*time.Second, 10*time.Second, 20*time.Second, 60*time.Second, 80*time.Second)
	}
	for _, late := range delays {
		for seed := range uint64(3) { // cut, 504, and no answer at all
			for _, resend := range []importer.Resend{importer.ResendSettled, importer.ResendNever} {
				t.Run(fmt.Sprint(late, " seed ", seed, " ", resend), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { lateCommit(t, late, seed, resend) })
				})
			}
		}
	}
}

func lateCommit(t *testing.T, late time.Duration, seed uint64, resend importer.Resend) {
	w := newWorld(t, sandbox.Config{})
	var writes atomic.Int64
	must(t, w.server.SetFaults(sandbox.Faults{LateCommit: 1, LateBy: late, Seed: seed,
		Match: func(r *http.Request) bool { return writesOnly(r) && writes.Add(1) == 1 }}))
	// The other rows are slow, so that the run goes on until it has come.
	w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		if writesOnly(r) && w.writes.Load() > 1 {
			time.Sleep(4 * time.Second)
		}
		return send()
	}
	const rows = 40
	adjust := func(r *importer.Runner) { r.Resend, r.Workers = resend, 1 }
	got := w.run(w.runner([]file{contacts(rows)}, "", adjust), "run")
	must(t, got.err)
	if within := late < 30*time.Second; within || resend == importer.ResendNever {
		w.books(got, rows)
		w.allOnce(rows)
		if ambiguous := strings.Contains(got.outcomes(), "ambiguous"); ambiguous == within {
			t.Errorf("ambiguous %t: %s", ambiguous, got.outcomes())
		}
		if got.verification.Off() || got.verification.Closed() != within {
			t.Errorf("%+v", got.verification)
		}
		got = w.run(w.runner(nil, "", adjust), "run")
		must(t, got.err)
		if n := strings.Count(got.outcomes(), "created"); n != rows || !got.verification.Closed() {
			t.Errorf("resumed: %d are created; %+v", n, got.verification)
		}
		w.allOnce(rows)
		return
	}
	v := got.verification
	if len(w.orders()) != rows+1 || !v.Off() || len(v.Twice) != 1 || v.Twice[0].Key != number(0) || len(v.Twice[0].Orders) != 2 {
		t.Errorf("%d orders, and the verification says %+v", len(w.orders()), v)
	}
}

// TestLag: lists and searches show an older state; nobody is called twice,
// also where a run is stopped and gone on with at once.
func TestLag(t *testing.T) {
	for _, lag := range []time.Duration{0, time.Second, 10 * time.Second, 25 * time.Second, 60 * time.Second} {
		for _, lost := range []float64{0, 0.3} {
			if lost > 0 && lag > 25*time.Second {
				continue // beyond the settle window nobody can know
			}
			t.Run(fmt.Sprint(lag, " lost ", lost), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					const rows = 60
					w := newWorld(t, sandbox.Config{})
					w.addRecords(0, 10)
					must(t, w.server.SetFaults(sandbox.Faults{Lag: lag, CommitThenCut: lost, Slow: 0.5, SlowFor: time.Second, Match: writesOnly}))
					drain := make(chan struct{})
					time.AfterFunc(1500*time.Millisecond, func() { close(drain) })
					files := []file{withSettings(rows)}
					got := w.runWith(t.Context(), w.runner(files, settingsSpec, nil), "run", drain, nil)
					if !errors.Is(got.err, importer.ErrDrained) {
						t.Fatalf("%v", got.err)
					}
					got = w.run(w.runner(files, settingsSpec, nil), "run")
					must(t, got.err)
					w.books(got, rows)
					w.allOnce(rows)
					if closed := got.verification.Closed(); closed != (lag < 30*time.Second) {
						t.Errorf("closed %t: %+v", closed, got.verification)
					}
					if !got.verification.Closed() { // halves may be missing that the list has not shown in time
						time.Sleep(lag)
						must(t, w.run(w.runner(files, settingsSpec, nil), "later").err)
						w.allOnce(rows)
					}
					for _, o := range w.orders() {
						if o.Instructions == "" {
							t.Errorf("%s has no settings", o.Record.PhoneNumber)
						}
					}
				})
			})
		}
	}
}

// TestTheSameAgainUnderLag: a new run that begins before the list shows what
// the run before it has made waits for that.
func TestTheSameAgainUnderLag(t *testing.T) {
	for _, byEmail := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			const rows = 30
			w := newWorld(t, sandbox.Config{})
			must(t, w.server.SetFaults(sandbox.Faults{Lag: 20 * time.Second}))
			files, spec := []file{contacts(rows)}, ""
			if byEmail {
				text := []string{"phone,email"}
				for i := range rows {
					text = append(text, fmt.Sprintf("%s,p%d@example.com", number(0), i))
				}
				files = []file{lines(text...)}
				spec = "version: 1\nidentity: email\nsharedNumbers: allow\ncolumns:\n  phoneNumber: phone\n  email: email\n"
			}
			hasty := func(r *importer.Runner) { r.Verify = importer.VerifyNone }
			for _, name := range []string{"run", "again"} {
				must(t, w.run(w.runner(files, spec, hasty), name).err)
			}
			w.allOnce(rows)

			// What a person has removed meanwhile is not waited for without end.
			if !byEmail {
				must(t, w.server.SetFaults(sandbox.Faults{}))
				must(t, w.client.Orders.Remove(t.Context(), w.campaign.UUID, w.orders()[0].UUID))
				got := w.run(w.runner(files, spec, nil), "after a removal")
				must(t, got.err)
				w.allOnce(rows)
				if n := strings.Count(got.outcomes(), "associated"); n != 1 || !got.verification.Closed() {
					t.Errorf("%d are associated; %+v", n, got.verification)
				}
			}
		})
	}
}

// TestLastLookBeginsAfterTheWindow: a look that began early, saw an old state
// and was then held up for longer than the settle window is not the last one.
func TestLastLookBeginsAfterTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{PartialRecords: true})
		w.byEmail = true
		must(t, w.server.SetFaults(sandbox.Faults{Lag: 2 * time.Second}))
		var lost, held atomic.Bool
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			switch {
			case strings.Contains(r.URL.Path, "/records/") && held.CompareAndSwap(false, true):
				return answer(r, 429, "", "Retry-After", "90"), nil
			case !writesOnly(r):
				return send()
			}
			time.Sleep(3 * time.Second) // the order before is to be seen
			resp, err := send()
			if w.writes.Load() == 2 && err == nil && lost.CompareAndSwap(false, true) {
				resp.Body.Close()
				return answer(r, 502, ""), nil
			}
			return resp, err
		}
		files := []file{lines("phone,email", number(0)+",a@example.com", number(0)+",b@example.com")}
		spec := "version: 1\nidentity: email\nsharedNumbers: allow\ncolumns:\n  phoneNumber: phone\n  email: email\n"
		got := w.run(w.runner(files, spec, func(r *importer.Runner) { r.Workers = 1 }), "run")
		must(t, got.err)
		w.books(got, 2)
		w.allOnce(2)
		if !lost.Load() || !held.Load() || !got.verification.Closed() {
			t.Errorf("lost %t, held %t: %+v", lost.Load(), held.Load(), got.verification)
		}
	})
}
