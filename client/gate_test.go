package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
)

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
					n := int(time.Since(start) / (1300 * time.Millisecond))
					end := start.Add(time.Duration(n+1) * 1300 * time.Millisecond)
					if left := time.Until(end); left < time.Duration(n)*10*time.Millisecond {
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
		hundred := func(time.Time) float64 { return 100 }
		s := &simulated{latency: 50 * time.Millisecond, answer: limited(&tokens{kept: 0.2}, after, hundred)}
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
