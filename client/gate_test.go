package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
)

// simulated is a server in the fake time of a synctest bubble: it takes
// latency for each answer and lets a limiter decide about it.
type simulated struct {
	latency time.Duration
	answer  func(now time.Time, r *http.Request) *http.Response

	mu       sync.Mutex
	arrivals []time.Time
	refused  []time.Time // of them, those that were answered with 429
}

func (s *simulated) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
	}
	time.Sleep(s.latency / 2)
	s.mu.Lock()
	now := time.Now()
	resp := s.answer(now, r)
	s.arrivals = append(s.arrivals, now)
	if resp.StatusCode == http.StatusTooManyRequests {
		s.refused = append(s.refused, now)
	}
	s.mu.Unlock()
	if resp.Header.Get("Date") == "" {
		resp.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	time.Sleep(s.latency / 2)
	return resp, nil
}

func response(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(bytes.NewBufferString(body))}
}

const created = `{"uuid":"` + orderID + `"}`

// bucket is the usual limiter: tokens come in at rate, and at most burst of
// them are kept.
type bucket struct {
	rate, burst, tokens float64
	last                time.Time
	headers             func(b *bucket) []string // of a refusal
}

func (b *bucket) answer(now time.Time, _ *http.Request) *http.Response {
	if b.last.IsZero() {
		b.tokens = b.burst
	} else {
		b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.last).Seconds())
	}
	b.last = now
	if b.tokens < 1 {
		var h []string
		if b.headers != nil {
			h = b.headers(b)
		}
		return response(429, `{"message":"slow down"}`, h...)
	}
	b.tokens--
	return response(201, created)
}

func retryAfterOne(*bucket) []string { return []string{"Retry-After", "1"} }

// window allows so many requests in each period by the server's clock.
type window struct {
	period time.Duration
	limit  int
	told   bool // in X-RateLimit-*
	start  time.Time
	used   int
}

func (w *window) answer(now time.Time, _ *http.Request) *http.Response {
	if s := now.Truncate(w.period); s != w.start {
		w.start, w.used = s, 0
	}
	status, body := 201, created
	if w.used >= w.limit {
		status, body = 429, ``
	} else {
		w.used++
	}
	if !w.told {
		return response(status, body, "Retry-After", "1")
	}
	return response(status, body, "X-RateLimit-Limit", strconv.Itoa(w.limit), "X-RateLimit-Remaining", strconv.Itoa(w.limit-w.used),
		"X-RateLimit-Reset", strconv.FormatInt(w.start.Add(w.period).Unix(), 10))
}

// load makes creates with many workers for a while and counts what came of
// them. Workers act as the importer does: what was refused is made again.
func load(t *testing.T, c *client.Client, workers int, d time.Duration) (good int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				_, err := c.Orders.Create(ctx, campaign, client.OrderCreate{Record: json.RawMessage(`{}`)})
				switch client.Decide(http.MethodPost, err) {
				case client.Done:
					mu.Lock()
					good++
					mu.Unlock()
				case client.Again, client.Settle:
				case client.Stop:
					if ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("stopped: %v", err)
					}
					return
				default:
					t.Errorf("got %v", err)
				}
			}
		})
	}
	wg.Wait()
	return good
}

func simulate(t *testing.T, s *simulated, l client.Limits, change ...func(*client.Config)) (*client.Client, *client.Gate) {
	g := client.NewGate(l)
	change = append(change, func(c *client.Config) { c.Gate, c.Transport = g, s })
	return dial(t, "https://api.test/base", change...), g
}

// What is used of a server's limit, and how many answers are 429, for limiters
// of several kinds and at several distances: with the limit as the rate, and
// with a rate that the gate finds out, after it had time to.
func TestGateReachesTheLimit(t *testing.T) {
	type answers = func(time.Time, *http.Request) *http.Response
	limiters := []struct {
		name  string
		limit float64
		made  func() answers
	}{
		{"bucket of 20", 100, func() answers { return (&bucket{rate: 100, burst: 20, headers: retryAfterOne}).answer }},
		{"bucket of 5, no word", 100, func() answers { return (&bucket{rate: 100, burst: 5}).answer }},
		{"full bucket", 200, func() answers { return (&bucket{rate: 200, burst: 200, headers: retryAfterOne}).answer }},
		{"window", 100, func() answers { return (&window{period: time.Second, limit: 100}).answer }},
		{"window, told", 100, func() answers { return (&window{period: time.Second, limit: 100, told: true}).answer }},
	}
	for _, l := range limiters {
		for _, latency := range []time.Duration{5 * time.Millisecond, 50 * time.Millisecond, 500 * time.Millisecond} {
			if latency == 50*time.Millisecond && !*long {
				continue
			}
			for name, limits := range map[string]client.Limits{"auto": {Auto: true}, "rate": {Rate: l.limit}} {
				t.Run(fmt.Sprintf("%s/%s/%s", l.name, latency, name), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						const warm, d = 15 * time.Second, 30 * time.Second
						s := &simulated{latency: latency, answer: l.made()}
						c, _ := simulate(t, s, limits)
						load(t, c, 128, warm)
						s.arrivals, s.refused = nil, nil
						good := load(t, c, 128, d)
						used, refused := float64(good)/(l.limit*d.Seconds()), float64(len(s.refused))/float64(len(s.arrivals))
						t.Logf("used %.1f %%, refused %.2f %%", 100*used, 100*refused)
						least := 0.9
						switch {
						case l.name == "window, told" && latency == 500*time.Millisecond && name == "rate":
							// What is left of the window is old news, and taken with caution.
							least = 0.7
						case name == "auto":
							least = 0.85
						}
						if used < least || refused > 0.02 {
							t.Errorf("used %.1f %% of the limit with %.2f %% refused", 100*used, 100*refused)
						}
					})
				})
			}
		}
	}
}

// There are never more requests in a second than the rate says, also when all
// of them were kept back for a moment.
func TestGateKeepsTheRate(t *testing.T) {
	for _, rate := range []int{1, 7, 50, 300} {
		synctest.Test(t, func(t *testing.T) {
			s := &simulated{answer: func(time.Time, *http.Request) *http.Response { return response(201, created) }}
			start := time.Now()
			c := dial(t, "https://api.test/base", func(c *client.Config) {
				c.Gate = client.NewGate(client.Limits{Rate: float64(rate)})
				c.Transport = tripper(func(r *http.Request) (*http.Response, error) {
					resp, err := s.RoundTrip(r)
					// Nothing is answered in the last moments of each 1.3 s, which
					// are more each time.
					n := time.Since(start) / (1300 * time.Millisecond)
					end := start.Add((n + 1) * 1300 * time.Millisecond)
					if left := time.Until(end); left < n*10*time.Millisecond {
						time.Sleep(left)
					}
					return resp, err
				})
			})
			load(t, c, 16, 30*time.Second)
			for i, at := range s.arrivals {
				if i >= rate && at.Sub(s.arrivals[i-rate]) < time.Second {
					t.Fatalf("%d requests in %s at %d/s", rate+1, at.Sub(s.arrivals[i-rate]), rate)
				}
			}
			if n := float64(len(s.arrivals)) / 30; n < 0.9*float64(rate) {
				t.Errorf("%.1f requests a second at %d/s", n, rate)
			}
		})
	}
}

// A limit that was found by an earlier run is used at once.
func TestGateRemembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &simulated{latency: 50 * time.Millisecond, answer: (&bucket{rate: 100, burst: 20, headers: retryAfterOne}).answer}
		c, g := simulate(t, s, client.Limits{Auto: true})
		load(t, c, 64, 30*time.Second)
		found := g.Stats().Limit
		if found < 85 || found > 115 {
			t.Errorf("found %.1f, which is 100", found)
		}
		time.Sleep(time.Minute)
		s.arrivals, s.refused = nil, nil
		c, _ = simulate(t, s, client.Limits{Auto: true, Rate: found})
		if good := load(t, c, 64, 10*time.Second); good < 800 || len(s.refused) > 10 {
			t.Errorf("%d creates and %d refused in 10 s at 100/s", good, len(s.refused))
		}
	})
}

// A 429 holds everybody: after it nothing arrives before the time that the
// server said, in whatever form; then requests come at once, but no crowd.
func TestGateHoldsEverybody(t *testing.T) {
	for _, form := range []string{"seconds", "date", "reset", "unix"} {
		for _, limits := range []client.Limits{{}, {Auto: true}, {Rate: 500}, {Concurrency: 40}} {
			t.Run(fmt.Sprintf("%s/%+v", form, limits), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(300 * time.Millisecond) // so that the server's whole seconds are not ours
					const wait, latency = 4 * time.Second, 20 * time.Millisecond
					var until, last time.Time
					s := &simulated{latency: latency}
					s.answer = func(now time.Time, _ *http.Request) *http.Response {
						if len(s.arrivals) < 300 {
							return response(201, created)
						}
						if until.IsZero() {
							until = now.Add(wait).Truncate(time.Second)
							last = now
						}
						if now.After(until) || now.Equal(until) {
							return response(201, created)
						}
						if now.Sub(last) > latency {
							t.Errorf("a request %s after the first 429 and %s too early", now.Sub(last), until.Sub(now))
						}
						left := until.Sub(now)
						switch form {
						case "seconds":
							return response(429, "", "Retry-After", fmt.Sprint(left.Seconds()))
						case "date":
							return response(429, "", "Retry-After", until.UTC().Format(http.TimeFormat))
						case "reset":
							return response(429, "", "X-RateLimit-Reset", fmt.Sprint(left.Seconds()))
						}
						return response(429, "", "X-RateLimit-Reset", fmt.Sprint(until.Unix()))
					}
					c, _ := simulate(t, s, limits)
					load(t, c, 64, 6*time.Second)
					crowd, first := 0, time.Time{}
					for _, at := range s.arrivals {
						if at.Before(until) {
							continue
						}
						if first.IsZero() {
							first = at
						}
						if at.Sub(first) < latency {
							crowd++
						}
					}
					if late := first.Sub(until); late > 1100*time.Millisecond {
						t.Errorf("%s late", late)
					}
					if crowd > 12 {
						t.Errorf("%d requests in the first %s after the hold", crowd, latency)
					}
				})
			})
		}
	}
}

// Nine of ten answers are 429 for a while, with whatever the server says for
// how long: all creates are made in the end, with few requests more.
func TestGateInAStorm(t *testing.T) {
	for _, word := range []string{"1", "0", "-1", "soon", "", "date"} {
		for _, limits := range []client.Limits{{}, {Auto: true}, {Rate: 100}} {
			t.Run(fmt.Sprintf("%q/%+v", word, limits), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					start, n := time.Now(), 0
					s := &simulated{latency: 20 * time.Millisecond, answer: func(now time.Time, _ *http.Request) *http.Response {
						n++
						if now.Sub(start) > 20*time.Second || n%10 == 0 {
							return response(201, created)
						}
						word := word
						if word == "date" {
							word = now.Add(2 * time.Second).UTC().Format(http.TimeFormat)
						}
						return response(429, "", "Retry-After", word)
					}}
					c, _ := simulate(t, s, limits)
					rows, requests := 1000, createAll(t, c, 32, 1000)
					if float64(requests) > 1.3*float64(rows) {
						t.Errorf("%d requests for %d rows", requests, rows)
					}
					if took := time.Since(start); took > 5*time.Minute {
						t.Errorf("took %s", took)
					}
				})
			})
		}
	}
}

// createAll makes n creates with some workers, each until it is done or known
// to be refused, and gives the number of requests.
func createAll(t *testing.T, c *client.Client, workers, n int) (requests int) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	rows := make(chan int, n)
	for i := range n {
		rows <- i
	}
	close(rows)
	for range workers {
		wg.Go(func() {
			for range rows {
				for {
					_, err := create(c)
					mu.Lock()
					requests++
					mu.Unlock()
					if d := client.Decide(http.MethodPost, err); d == client.Done || d == client.Settle {
						break
					} else if d != client.Again {
						t.Errorf("got %v", err)
						break
					}
				}
			}
		})
	}
	wg.Wait()
	return requests
}

// A wait of over an hour is an error at once, for whoever got the answer and
// for everybody behind.
func TestGateRefusesLongWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &simulated{latency: time.Second, answer: func(time.Time, *http.Request) *http.Response {
			return response(429, "", "Retry-After", "31536000")
		}}
		c, _ := simulate(t, s, client.Limits{})
		start := time.Now()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := create(c)
				if client.Decide(http.MethodPost, err) != client.Stop {
					t.Errorf("got %v", err)
				}
			})
		}
		wg.Wait()
		_, err := c.Account.Me(t.Context())
		var wait *client.WaitError
		if !errors.Is(err, client.ErrWait) || !errors.As(err, &wait) || wait.Until.Sub(start) < 365*24*time.Hour {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took > 2*time.Second || len(s.arrivals) > 4 {
			t.Errorf("took %s and %d requests", took, len(s.arrivals))
		}
	})
}

// A hold that outlasts the caller's deadline is not sat out to the deadline.
func TestGateMindsDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &simulated{latency: time.Millisecond, answer: func(time.Time, *http.Request) *http.Response {
			return response(429, "", "Retry-After", "600")
		}}
		c, _ := simulate(t, s, client.Limits{})
		create(c)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := c.Account.Me(ctx)
		if !errors.Is(err, client.ErrWait) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

// While the server is down one probe a second goes through, and no storm
// follows when it is back. Reads that wait go first, as they do no harm.
func TestGateProbesAServerThatIsDown(t *testing.T) {
	for _, fault := range []string{"502", "html", "reset", "hang"} {
		t.Run(fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				down, up := start.Add(5*time.Second), start.Add(65*time.Second)
				s := &simulated{latency: 50 * time.Millisecond}
				reads := 0
				s.answer = func(now time.Time, r *http.Request) *http.Response {
					if now.Before(down) || !now.Before(up) {
						if r.Method == http.MethodGet {
							return response(200, `{"orders":[]}`)
						}
						return response(201, created)
					}
					if r.Method == http.MethodGet && now.After(down.Add(time.Second)) {
						reads++
					}
					if fault == "html" {
						return response(200, "<html><title>Sorry</title>")
					}
					return response(502, "")
				}
				c := dial(t, "https://api.test/base", func(c *client.Config) {
					c.Timeout, c.Patience = 2*time.Second, 2*time.Minute
					c.Transport = tripper(func(r *http.Request) (*http.Response, error) {
						resp, err := s.RoundTrip(r)
						if resp.StatusCode == 502 && fault == "reset" {
							return nil, errors.New("connection reset by peer")
						}
						if resp.StatusCode == 502 && fault == "hang" {
							<-r.Context().Done()
							return nil, r.Context().Err()
						}
						return resp, err
					})
				})
				wait := make(chan struct{})
				go func() {
					defer close(wait)
					time.Sleep(8 * time.Second)
					if _, err := c.Orders.Page(context.Background(), campaign, client.OrderQuery{}, 1, 1); err != nil {
						t.Errorf("the read that waited for the server: %v", err)
					}
				}()
				load(t, c, 16, 75*time.Second)
				<-wait
				perSecond := map[int]int{}
				for _, at := range s.arrivals {
					perSecond[int(at.Sub(start)/time.Second)]++
				}
				for sec := 8; sec < 65; sec++ {
					if perSecond[sec] > 1 {
						t.Errorf("%d requests in second %d, while the server was down", perSecond[sec], sec)
					}
				}
				if reads < 5 {
					t.Errorf("%d of the probes were the read that waited", reads)
				}
				crowd, first := 0, time.Time{}
				for _, at := range s.arrivals {
					if first.IsZero() && !at.Before(up) {
						first = at
					}
					if !first.IsZero() && at.Sub(first) < 2*s.latency {
						crowd++
					}
				}
				if crowd > 8 {
					t.Errorf("%d requests at once when the server was back", crowd)
				}
				if perSecond[70] < 100 {
					t.Errorf("%d requests a second after the outage", perSecond[70])
				}
			})
		})
	}
}

// A few requests that hang do not keep the others from going on.
func TestGateGoesOnBesideStalls(t *testing.T) {
	count := func(stalls bool) (n int) {
		synctest.Test(t, func(t *testing.T) {
			var i int
			var mu sync.Mutex
			c := dial(t, "https://api.test/base", func(c *client.Config) {
				c.Timeout = time.Second
				c.Transport = tripper(func(r *http.Request) (*http.Response, error) {
					mu.Lock()
					i++
					stall := stalls && i%1000 == 0
					mu.Unlock()
					if stall {
						<-r.Context().Done()
						return nil, r.Context().Err()
					}
					time.Sleep(20 * time.Millisecond)
					return response(201, created), nil
				})
			})
			n = load(t, c, 16, 30*time.Second)
		})
		return n
	}
	smooth, stalled := count(false), count(true)
	if float64(stalled) < 0.9*float64(smooth) {
		t.Errorf("%d creates with stalls, %d without", stalled, smooth)
	}
}

// The concurrency that is set is reached and never passed.
func TestGateConcurrency(t *testing.T) {
	for _, want := range []int{1, 3, 50} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			now, most := 0, 0
			c := dial(t, "https://api.test/base", func(c *client.Config) {
				c.Gate = client.NewGate(client.Limits{Concurrency: want})
				c.Transport = tripper(func(*http.Request) (*http.Response, error) {
					mu.Lock()
					now++
					most = max(most, now)
					mu.Unlock()
					time.Sleep(100 * time.Millisecond)
					mu.Lock()
					now--
					mu.Unlock()
					return response(201, created), nil
				})
			})
			load(t, c, 100, 10*time.Second)
			if most != want {
				t.Errorf("%d at once, want %d", most, want)
			}
		})
	}
}

// A read is tried again until the server answers or patience ends; a write
// never is.
func TestReadsAreTriedAgain(t *testing.T) {
	for _, fault := range []int{500, 502, 429, 408, 200, 503} {
		t.Run(fmt.Sprint(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, good := 0, 4
				c := dial(t, "https://api.test/base", func(c *client.Config) {
					c.Patience = 30 * time.Second
					c.Transport = tripper(func(r *http.Request) (*http.Response, error) {
						if n++; n >= good {
							return response(200, `{"orders":[],"total":0}`), nil
						}
						return response(fault, "<html>"), nil
					})
				})
				if _, err := c.Orders.Page(t.Context(), campaign, client.OrderQuery{}, 1, 1); err != nil || n != good {
					t.Errorf("after %d attempts: %v", n, err)
				}
				n, good = 0, 1<<30
				create(c)
				if n != 1 {
					t.Errorf("a write was attempted %d times", n)
				}
				if fault == 429 {
					return // a server that says 429 is there, and heeded as long as it says so
				}
				start := time.Now()
				_, err := c.Orders.Page(t.Context(), campaign, client.OrderQuery{}, 1, 1)
				if took := time.Since(start); err == nil || took < 25*time.Second || took > 40*time.Second {
					t.Errorf("after %s: %v", took, err)
				}
			})
		})
	}
}
