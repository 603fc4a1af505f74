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

// A closed gate fails those that wait and those that come, and lets what is
// under way come to its end.
func TestGateCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &simulated{latency: time.Second, answer: func(time.Time, *http.Request) *http.Response { return response(201, created) }}
		c, g := simulate(t, s, client.Limits{Concurrency: 2})
		var good, closed int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				_, err := create(c)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					good++
				case errors.Is(err, client.ErrClosed) && client.Decide(http.MethodPost, err) == client.Stop:
					closed++
				default:
					t.Errorf("got %v", err)
				}
			})
		}
		time.Sleep(100 * time.Millisecond)
		g.Close()
		start := time.Now()
		wg.Wait()
		if _, err := create(c); !errors.Is(err, client.ErrClosed) {
			t.Errorf("after closing: %v", err)
		}
		if good != 2 || closed != 8 || time.Since(start) > time.Second {
			t.Errorf("%d done and %d refused after %s", good, closed, time.Since(start))
		}
	})
}
