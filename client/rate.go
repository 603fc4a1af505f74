package client

import (
	"math"
	"time"
)

// meter counts what was accepted, in tenths of a second over the last ten.
type meter struct {
	counts [100]int32
	last   int64 // the tenth that was written last
}

const tenth = int64(time.Second / 10)

func (m *meter) add(now time.Time) {
	t := now.UnixNano() / tenth
	m.forward(t)
	m.counts[t%int64(len(m.counts))]++
}

// forward empties the tenths between the last one and t.
func (m *meter) forward(t int64) {
	if t-m.last >= int64(len(m.counts)) {
		clear(m.counts[:])
		m.last = t
	}
	for m.last < t {
		m.last++
		m.counts[m.last%int64(len(m.counts))] = 0
	}
}

// over is how many a second were accepted over the last d.
func (m *meter) over(now time.Time, d time.Duration) float64 {
	t := now.UnixNano() / tenth
	m.forward(t)
	tenths := min(max(int64(d)/tenth, 1), int64(len(m.counts)))
	sum := int32(0)
	for i := range tenths {
		sum += m.counts[(t-i)%int64(len(m.counts))]
	}
	return float64(sum) * float64(int64(time.Second)/tenth) / float64(tenths)
}

// search is how a rate that nobody told us comes nearer to the server's
// limit: first in large steps, then in small ones.
type search int

const (
	unlimited search = iota // no 429 yet: no rate of our own
	doubling                // far below the limit, or nobody knows
	closing                 // the limit was passed within the last seconds
	holding                 // the limit is known: see cubic
)

// The shape of holding, after CUBIC (RFC 9438): from a little under what the
// server accepted, flat around that, and beyond it slowly at first and then
// ever faster, so that a limit that was raised is found too.
const (
	backOff  = 0.05
	flatness = 15 * time.Second
	minRate  = 0.5
)

// rate is how many requests a second are let through.
type rate struct {
	auto     bool
	fixed    float64 // what the user said; 0: nothing
	search   search
	base     float64   // the rate at since; where holding, the limit that was seen
	since    time.Time // when the server began to accept requests at base
	accepted meter
	offered  meter // what was sent, accepted or not
}

// now is the rate at a time; 0 is no bound.
func (r *rate) now(now time.Time) float64 {
	t := max(0, now.Sub(r.since).Seconds())
	if r.since.IsZero() {
		t = 0
	}
	switch {
	case !r.auto:
		return r.fixed
	case r.search == doubling:
		return r.base * math.Exp2(max(0, min(t, 60)-1))
	case r.search == closing:
		return r.base * math.Pow(1.1, min(t, 600))
	case r.search == holding:
		k := flatness.Seconds()
		return r.base * (1 + backOff*math.Pow((t-k)/k, 3))
	}
	return 0
}

// found is the server's limit; 0 where none was met, or where it is not known
// well enough to begin with another time.
func (r *rate) found() float64 {
	if r.search < closing {
		return 0
	}
	return r.base
}

// sent notes that a request leaves at now, and the one before it at last. A
// rate that is not made use of is no news about the limit, and does not grow.
func (r *rate) sent(now, last time.Time) {
	r.offered.add(now)
	switch {
	case r.since.IsZero():
		r.since = now
	case r.search != unlimited && now.After(r.since) && r.now(now) > 2*r.offered.over(now, time.Second):
		if last.After(r.since) {
			r.since = r.since.Add(now.Sub(last))
		} else {
			r.since = now
		}
	}
}

// limited lowers the rate after a 429 at now to what was sent at a time. The
// server is left alone until resume.
//
// What the server accepted since it was last left alone is a little above its
// limit, unless that was not long ago: then it may have lived on what it had
// saved up meanwhile, and the limit is further down.
func (r *rate) limited(now, sent, resume time.Time) {
	if !r.auto {
		return
	}
	current, paced := min(r.now(sent), r.offered.over(now, time.Second)), sent.Sub(r.since)
	accepted := func(most time.Duration) float64 {
		return r.accepted.over(now, max(time.Second/2, min(paced, most)))
	}
	switch {
	case r.search == unlimited || paced < time.Second && r.search == doubling:
		r.search, r.base = doubling, 0.95*r.accepted.over(now, time.Second)
	case r.search == doubling:
		r.search, r.base = closing, 0.9*accepted(time.Second)
	case r.search == closing && paced > 1500*time.Millisecond:
		r.search, r.base = holding, accepted(2*time.Second)
	case r.search == holding && paced > 5*time.Second:
		r.base = accepted(8 * time.Second)
	default:
		r.base = 0.92 * accepted(2*time.Second)
	}
	if current > 0 && r.base < current/3 {
		r.search = doubling // not a little above the limit: it is another one
	}
	r.base = max(r.base, minRate)
	r.since = resume
}
