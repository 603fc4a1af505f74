package client

import "time"

// grant is what X-RateLimit-* say: how many requests the server will still
// count. Answers come in any order, so the least that was said since the last
// renewal holds. An answer knows of none that was sent after its own request,
// and may not know of any that is under way: the one that leaves more is true,
// since of the others some are counted twice.
type grant struct {
	limit   int // after each renewal; 0: not said
	least   int
	last    int64     // number of the last request that may be sent
	renewal time.Time // zero: nothing is known
}

// allow reports whether a request may be sent after count of them while some
// are under way, and if not, until when; zero: until one of those is answered.
func (g *grant) allow(now time.Time, count int64, underWay int) (bool, time.Time) {
	if now.Before(g.renewal) {
		return !g.usedUp(now, count, underWay), g.renewal
	}
	return g.limit == 0 || underWay < g.limit, time.Time{}
}

// usedUp reports whether all is sent that may be until the renewal.
func (g *grant) usedUp(now time.Time, count int64, underWay int) bool {
	return now.Before(g.renewal) && count >= g.last && underWay >= g.least
}

// take notes what the answer to a request says.
func (g *grant) take(now time.Time, number int64, l limits) {
	if l.remaining < 0 || l.reset <= 0 {
		return
	}
	const blur = time.Second / 2 // renewals are told in whole seconds
	g.limit = l.limit
	last := number + int64(l.remaining)
	switch renewal := later(now, l.reset); {
	case !now.Before(g.renewal) || renewal.Sub(g.renewal) > blur:
		g.least, g.last, g.renewal = l.remaining, last, renewal
	case g.renewal.Sub(renewal) < blur:
		g.least, g.last = min(g.least, l.remaining), min(g.last, last)
	}
}
