package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
)

// simulated is a server in the fake time of a synctest bubble: it takes
// latency for each answer and lets a limiter decide about it.
type simulated struct {
	latency time.Duration
	answer  func(now time.Time, r *http.Request) *http.Response
	forget  bool // what arrived is not kept

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
	if !s.forget {
		s.keep(now, resp.StatusCode)
	}
	s.mu.Unlock()
	if resp.Header.Get("Date") == "" {
		resp.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	time.Sleep(s.latency / 2)
	return resp, nil
}

func (s *simulated) keep(now time.Time, status int) {
	s.arrivals = append(s.arrivals, now)
	if status == http.StatusTooManyRequests {
		s.refused = append(s.refused, now)
	}
}

func response(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(bytes.NewBufferString(body))}
}

const created = `{"uuid":"` + orderID + `"}`

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
