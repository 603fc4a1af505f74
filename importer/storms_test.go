package importer_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// TestStorms: 429 for nine of ten requests during the first ten seconds, with
// every form of Retry-After. Nothing is lost, nobody comes early, and it costs
// few requests.
func TestStorms(t *testing.T) {
	const rows = 150
	for retryAfter, wait := range map[string]time.Duration{
		"": 0, "0": 0, "-5": 0, "soon": 0, "1": time.Second, "7": 7 * time.Second, "date": 5 * time.Second, "0.5": 0,
	} {
		t.Run("retry after "+retryAfter, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				began := time.Now()
				var mu sync.Mutex
				var n, requests, early int
				var not time.Time // before
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					time.Sleep(20 * time.Millisecond)
					mu.Lock()
					defer mu.Unlock()
					n++
					now := time.Now()
					if now.Add(-20 * time.Millisecond).Before(not) {
						early++
					}
					if writesOnly(r) {
						requests++
					}
					if now.Sub(began) > 10*time.Second || n%10 == 0 {
						return send()
					}
					header := []string{}
					if retryAfter == "date" {
						header = []string{"Retry-After", now.Add(wait).Truncate(time.Second).UTC().Format(http.TimeFormat),
							"Date", now.Truncate(time.Second).UTC().Format(http.TimeFormat)}
					} else if retryAfter != "" {
						header = []string{"Retry-After", retryAfter}
					}
					if until := now.Add(wait); wait > 0 && until.After(not) && !now.Before(not) {
						not = until.Truncate(time.Second)
					}
					return answer(r, 429, "", header...), nil
				}
				got := w.run(w.runner([]file{contacts(rows)}, "", nil), "run")
				must(t, got.err)
				w.books(got, rows)
				w.allOnce(rows)
				if !got.verification.Closed() {
					t.Errorf("%+v", got.verification)
				}
				if requests > rows*13/10 {
					t.Errorf("%d writes for %d rows", requests, rows)
				}
				// Those that were under way together are one event with the first.
				if early > 32 {
					t.Errorf("%d requests came before their time", early)
				}
			})
		})
	}
}

// TestLongWaits: a server that wants to be left alone for over an hour ends
// the run at once; gone on with later, it is complete.
func TestLongWaits(t *testing.T) {
	for _, settings := range []bool{false, true} {
		for _, retryAfter := range []string{"3601", "31536000", "99999999999999999999"} {
			synctest.Test(t, func(t *testing.T) {
				const rows = 40
				w := newWorld(t, sandbox.Config{})
				began := time.Now()
				var calm atomic.Bool
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if writesOnly(r) && w.writes.Load() > 10 && !calm.Load() {
						return answer(r, 429, "", "Retry-After", retryAfter), nil
					}
					return send()
				}
				files, spec := []file{contacts(rows)}, ""
				if settings {
					files, spec = []file{withSettings(rows)}, settingsSpec
				}
				got := w.run(w.runner(files, spec, nil), "run")
				if !errors.Is(got.err, client.ErrWait) && !is429(got.err) {
					t.Fatalf("%v", got.err)
				}
				if took := time.Since(began); took > time.Minute {
					t.Errorf("the run took %s to end", took)
				}
				w.books(got, rows)
				if strings.Contains(got.outcomes(), "ambiguous") || strings.Contains(got.outcomes(), "failed") {
					t.Errorf("%s", got.outcomes())
				}
				calm.Store(true)
				w.reconnect()
				got = w.run(w.runner(files, spec, nil), "run")
				must(t, got.err)
				w.books(got, rows)
				w.allOnce(rows)
				if n := strings.Count(got.outcomes(), "created"); n != rows || !got.verification.Closed() {
					t.Errorf("%d are created: %+v", n, got.verification)
				}
			})
		}
	}
}

func is429(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Status == http.StatusTooManyRequests
}

// TestOutages: a server that is away for a while, in every way, is probed once
// a second, and no create is sent again that may have been carried out.
func TestOutages(t *testing.T) {
	const rows = 50
	for name, broken := range map[string]func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error){
		"503": func(r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
			return answer(r, 503, ""), nil
		},
		"502 of HTML": func(r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
			return answer(r, 502, "<html>bad gateway</html>"), nil
		},
		"refused": func(*http.Request, func() (*http.Response, error)) (*http.Response, error) {
			return nil, errors.New("connection refused")
		},
		"committed and 500": func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if writesOnly(r) {
				resp, err := send()
				if err == nil {
					resp.Body.Close()
				}
			}
			return answer(r, 500, ""), nil
		},
		"a welcome page": func(r *http.Request, _ func() (*http.Response, error)) (*http.Response, error) {
			return answer(r, 200, "<html>log in</html>"), nil
		},
	} {
		for _, lasting := range []time.Duration{3 * time.Second, 15 * time.Second, 90 * time.Second} {
			t.Run(fmt.Sprint(name, " ", lasting), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sandbox.Config{})
					var mu sync.Mutex
					var from time.Time
					var during []time.Time
					w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
						mu.Lock()
						if writesOnly(r) && from.IsZero() && w.writes.Load() > 15 {
							from = time.Now()
						}
						away := !from.IsZero() && time.Since(from) < lasting
						if away {
							during = append(during, time.Now())
						}
						mu.Unlock()
						if away {
							return broken(r, send)
						}
						time.Sleep(10 * time.Millisecond)
						return send()
					}
					name := "run"
					got := w.run(w.runner([]file{contacts(rows)}, "", nil), name)
					// The first requests find out; from then on there is a probe a second.
					if n := len(during); n > 50+int(lasting/time.Second) {
						t.Errorf("%d requests in %s of outage", n, lasting)
					}
					w.books(got, rows)
					for _, row := range got.rows {
						switch row.Outcome {
						case reconcile.Created, reconcile.Ambiguous, reconcile.Unprocessed:
						default:
							t.Errorf("line %d is %s: %s", row.Line, row.Outcome, row.Message)
						}
					}
					time.Sleep(lasting)
					got = w.run(w.runner([]file{contacts(rows)}, "", nil), name)
					must(t, got.err)
					w.books(got, rows)
					w.allOnce(rows)
					if n := strings.Count(got.outcomes(), "created"); n != rows || !got.verification.Closed() {
						t.Errorf("%d are created: %+v", n, got.verification)
					}
				})
			})
		}
	}
}

// TestStalls: requests that hang are given up at their deadline, and the
// others go on at their speed.
func TestStalls(t *testing.T) {
	const rows, latency = 1500, 100 * time.Millisecond
	timed := func(t *testing.T, faults sandbox.Faults) (took time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			must(t, w.server.SetFaults(faults))
			var mu sync.Mutex
			var ends []time.Time
			w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
				if writesOnly(r) {
					time.Sleep(latency)
				}
				resp, err := send()
				mu.Lock()
				defer mu.Unlock()
				if writesOnly(r) {
					ends = append(ends, time.Now())
				}
				return resp, err
			}
			began := time.Now()
			got := w.run(w.runner([]file{contacts(rows)}, "", func(r *importer.Runner) { r.Workers = 0; r.Verify = importer.VerifyNone }), "run")
			must(t, got.err)
			w.books(got, rows)
			w.allOnce(rows)
			took = ends[rows*95/100].Sub(began)
			if whole := time.Since(began); whole > took+60*time.Second {
				t.Errorf("the last row was known after %s, 95 of 100 after %s", whole, took)
			}
		})
		return took
	}
	quiet := timed(t, sandbox.Faults{})
	for _, seed := range []uint64{1} {
		stalled := timed(t, sandbox.Faults{Slow: 0.0014, SlowFor: 10 * time.Minute, Seed: seed, Match: writesOnly})
		t.Logf("%s quiet, %s with stalls", quiet, stalled)
		if stalled > quiet*10/9 {
			t.Errorf("%s with stalls, %s without: under 90 %% of the speed", stalled, quiet)
		}
	}
}

// TestTokenExpires in the middle of a run with 32 workers: it stops with that
// error, nothing is lost, and with a new token the run is complete.
func TestTokenExpires(t *testing.T) {
	const rows = 200
	for _, after := range []int{1, 3, 10, 50, 150} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			w.addRecords(0, 20)
			must(t, w.server.SetFaults(sandbox.Faults{ExpireAfter: after, Slow: 1, SlowFor: 50 * time.Millisecond, Match: writesOnly}))
			wide := func(r *importer.Runner) { r.Workers = 32 }
			files := []file{withSettings(rows)}
			got := w.run(w.runner(files, settingsSpec, wide), "run")
			var e *client.Error
			if !errors.As(got.err, &e) || e.Status != http.StatusUnauthorized {
				t.Fatalf("after %d: %v", after, got.err)
			}
			w.books(got, rows)
			if strings.Contains(got.outcomes(), "failed") {
				t.Errorf("after %d: %s", after, got.outcomes())
			}
			must(t, w.server.SetFaults(sandbox.Faults{}))
			got = w.run(w.runner(files, settingsSpec, wide), goneOn(got))
			must(t, got.err)
			w.books(got, rows)
			w.allOnce(rows)
			if strings.Contains(got.outcomes(), "failed") || !got.verification.Closed() {
				t.Errorf("after %d: %s %+v", after, got.outcomes(), got.verification)
			}
		})
	}
}

// goneOn is the name under which a run goes on: one that had sent nothing is
// begun anew.
func goneOn(r ran) string {
	if r.state.Phase == importer.Reading || r.state.Phase == importer.Looking {
		return "run, once more"
	}
	return "run"
}

// TestNoPermission to write: the run stops at its first write.
func TestNoPermission(t *testing.T) {
	w := newWorld(t, sandbox.Config{Tokens: []sandbox.Token{{Value: "sandbox", Permissions: []string{"campaigns:read", "records:read", "record-types:read"}}}})
	got := w.run(w.runner([]file{contacts(50)}, "", func(r *importer.Runner) { r.Workers = 1 }), "run")
	var e *client.Error
	if !errors.As(got.err, &e) || e.Status != http.StatusForbidden {
		t.Fatalf("%v", got.err)
	}
	if n := w.writes.Load(); n != 1 {
		t.Errorf("%d writes", n)
	}
	if got.outcomes() != strings.TrimSpace(strings.Repeat("unprocessed ", 50)) {
		t.Errorf("%s", got.outcomes())
	}
}
