package client_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// word is what a server says about its limit.
type word string

const (
	wordless word = "no word"
	after    word = "Retry-After"  // in whole seconds, with a 429
	told     word = "X-RateLimit-" // Limit, Remaining and Reset, with every answer
)

// verdict is what a limiter decides about a request.
type verdict struct {
	ok     bool
	again  time.Duration // until one is let through again, where this one is not
	left   int           // how many more would be let through at once
	within time.Duration // until as many are let through as ever
}

// A limiter is a server's way of counting requests.
type limiter interface {
	take(now time.Time, limit float64) verdict
}

// limited makes a server of a limiter, with the limit of the moment.
func limited(l limiter, w word, limit func(now time.Time) float64) func(time.Time, *http.Request) *http.Response {
	return func(now time.Time, _ *http.Request) *http.Response {
		v := l.take(now, limit(now))
		var header []string
		switch {
		case w == told:
			header = []string{
				"X-RateLimit-Limit", strconv.Itoa(int(limit(now))), "X-RateLimit-Remaining", strconv.Itoa(v.left),
				"X-RateLimit-Reset", strconv.FormatInt(now.Add(v.within+time.Second-1).Unix(), 10),
			}
		case w == after && !v.ok:
			header = []string{"Retry-After", fmt.Sprint(math.Ceil(v.again.Seconds()))}
		}
		if !v.ok {
			return response(429, `{"message":"slow down"}`, header...)
		}
		return response(201, created, header...)
	}
}

// tokens come in at the limit, and at most a share of a second's are kept.
type tokens struct {
	kept float64
	have float64
	last time.Time
}

func (b *tokens) take(now time.Time, limit float64) verdict {
	most := max(b.kept*limit, 1)
	if b.last.IsZero() {
		b.have = most
	}
	b.have, b.last = min(most, b.have+limit*now.Sub(b.last).Seconds()), now
	v := verdict{ok: b.have > 1-1e-9}
	if v.ok {
		b.have--
	}
	v.left = int(b.have)
	v.again, v.within = asTime((1-b.have)/limit), asTime((most-b.have)/limit)
	return v
}

// seconds counts in each second by the server's clock.
type seconds struct {
	start time.Time
	used  int
}

func (w *seconds) take(now time.Time, limit float64) verdict {
	if s := now.Truncate(time.Second); s != w.start {
		w.start, w.used = s, 0
	}
	ok := w.used < int(limit)
	if ok {
		w.used++
	}
	left := w.start.Add(time.Second).Sub(now)
	return verdict{ok, left, int(limit) - w.used, left}
}

// sliding counts in the last second at any moment.
type sliding struct{ taken []time.Time }

func (w *sliding) take(now time.Time, limit float64) verdict {
	for len(w.taken) > 0 && now.Sub(w.taken[0]) >= time.Second {
		w.taken = w.taken[1:]
	}
	ok := len(w.taken) < int(limit)
	if ok {
		w.taken = append(w.taken, now)
	}
	until := func(t time.Time) time.Duration { return t.Add(time.Second).Sub(now) }
	return verdict{ok, until(w.taken[0]), max(0, int(limit)-len(w.taken)), until(w.taken[len(w.taken)-1])}
}

// places are taken for a while each, so that the limit is what they allow.
type places struct {
	most int
	busy []time.Time // until when
}

func (p *places) take(now time.Time, limit float64) verdict {
	p.busy = slices.DeleteFunc(p.busy, func(until time.Time) bool { return !until.After(now) })
	ok := len(p.busy) < p.most
	if ok {
		p.busy = append(p.busy, now.Add(asTime(float64(p.most)/limit)))
	}
	return verdict{ok, p.busy[0].Sub(now), p.most - len(p.busy), p.busy[len(p.busy)-1].Sub(now)}
}

func asTime(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
