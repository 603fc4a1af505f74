package client

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// limits is what an answer's headers say about the server's limit. Its times
// are durations from when the answer came.
type limits struct {
	retryAfter time.Duration // 0: not said
	reset      time.Duration // until the limit is renewed; 0: not said
	remaining  int           // requests left until then; -1: not said
	limit      int           // requests from one renewal to the next; 0: not said
}

// wait is how long the server wants to be left alone: Retry-After, else
// X-RateLimit-Reset, else 0.
func (l limits) wait() time.Duration {
	if l.retryAfter > 0 {
		return l.retryAfter
	}
	return l.reset
}

// serverClock knows how far the server's clock is from ours, as far as the
// Date headers tell: they have whole seconds and are written before we read
// them, so that the server's clock shows at least that. With each answer the
// bound can only become better, and a time that is waited for by it is never
// reached too early.
type serverClock struct {
	mu   sync.Mutex
	seen string        // the last Date
	lead time.Duration // by which the server's clock is ahead, at least
	any  bool
}

// observe takes an answer's Date, and gives the server's time as known.
func (c *serverClock) observe(date string, now time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if date != c.seen { // a new second: nothing else can tighten the bound
		c.seen = date
		if d, err := http.ParseTime(date); err == nil {
			if lead := d.Sub(now); !c.any || lead > c.lead {
				c.any, c.lead = true, lead
			}
		}
	}
	return now.Add(c.lead)
}

// readLimits reads Retry-After and X-RateLimit-*.
func (c *serverClock) readLimits(h http.Header, now time.Time) limits {
	var l limits
	server := c.observe(h.Get("Date"), now)
	if v := h["Retry-After"]; len(v) > 0 {
		l.retryAfter = parseWait(v[0], server)
	}
	if v := h["X-Ratelimit-Reset"]; len(v) > 0 {
		l.reset = parseReset(v[0], server)
	}
	l.remaining = parseCount(h["X-Ratelimit-Remaining"], -1)
	l.limit = parseCount(h["X-Ratelimit-Limit"], 0)
	return l
}

func parseCount(v []string, otherwise int) int {
	if len(v) == 0 {
		return otherwise
	}
	n, err := strconv.Atoi(strings.TrimSpace(v[0]))
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}

// parseWait reads a Retry-After (RFC 9110, 10.2.3): seconds, or a date by the
// server's clock. What is past, negative or garbage is 0; what does not fit is
// the longest duration.
func parseWait(text string, server time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if s, ok := parseNumber(text); ok {
		return seconds(s)
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(server))
	}
	return 0
}

// parseReset reads an X-RateLimit-Reset, for which there is no standard:
// seconds from now, a Unix time in seconds or milliseconds, or a date.
func parseReset(text string, server time.Time) time.Duration {
	s, ok := parseNumber(strings.TrimSpace(text))
	switch {
	case !ok, s < 1e8: // three years: nobody counts them in seconds
		return parseWait(text, server)
	case s > 1e12:
		s /= 1000
	}
	return max(0, seconds(s-float64(server.UnixNano())/1e9))
}

// parseNumber reads digits; to strconv, "infinity" is a number too. One that
// is too large is infinite.
func parseNumber(text string) (float64, bool) {
	if strings.Trim(text, "+-.0123456789") != "" {
		return 0, false
	}
	s, err := strconv.ParseFloat(text, 64)
	return s, err == nil || errors.Is(err, strconv.ErrRange)
}

func seconds(s float64) time.Duration {
	switch {
	case !(s > 0): // NaN too
		return 0
	case s >= math.MaxInt64/float64(time.Second):
		return math.MaxInt64
	}
	return time.Duration(math.Ceil(s * float64(time.Second)))
}
