package client

import (
	"math"
	"time"
)

// grant is what X-RateLimit-* say: how many requests the server will still
// count. Answers come in any order, so the least that was said since the last
// renewal holds, and none of the requests that are under way may be in it yet.
type grant struct {
	limit   int // after each renewal; 0: not said
	least   int
	renewal time.Time // zero: nothing is known
}

// at is how many requests may be under way, and until when no more.
func (g *grant) at(now time.Time) (int, time.Time) {
	switch {
	case now.Before(g.renewal):
		return g.least, g.renewal
	case g.limit > 0:
		return g.limit, time.Time{}
	}
	return math.MaxInt, time.Time{}
}

func (g *grant) take(now time.Time, l limits) {
	if l.remaining < 0 || l.reset <= 0 {
		return
	}
	const blur = time.Second / 2 // renewals are told in whole seconds
	g.limit = l.limit
	switch renewal := later(now, l.reset); {
	case !now.Before(g.renewal) || renewal.Sub(g.renewal) > blur:
		g.least, g.renewal = l.remaining, renewal
	case g.renewal.Sub(renewal) < blur:
		g.least = min(g.least, l.remaining)
	}
}
