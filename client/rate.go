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

// over is how many a second were accepted over the last d, or up to a tenth
// less: of the tenth that is not over yet only what has passed counts.
func (m *meter) over(now time.Time, d time.Duration) float64 {
	t := now.UnixNano() / tenth
	m.forward(t)
	tenths := min(max(int64(d)/tenth, 1), int64(len(m.counts)))
	sum := int32(0)
	for i := range tenths {
		sum += m.counts[(t-i)%int64(len(m.counts))]
	}
	passed := (tenths-1)*tenth + now.UnixNano()%tenth
	return float64(sum) * float64(time.Second) / float64(max(passed, tenth))
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

// The shape of holding, after CUBIC (RFC 9438): from a margin under what the
// server accepted, flat around that, and beyond it slowly at first and then
// ever faster, so that a limit that was raised is found too. What that costs
// is a 429 and a hold, so the longer a limit stays, the longer it is believed.
const (
	soon    = 15 * time.Second  // until the limit is reached again, where it is news
	late    = 120 * time.Second // and where it was often the same
	beyond  = 10 * time.Second  // from there to a hundredth above it
	alike   = 0.03              // by which a limit that is the same may seem to differ
	minRate = 0.5
)

// rate is how many requests a second are let through.
type rate struct {
	free     bool    // there is none, and none is looked for
	most     float64 // whatever the server accepts; 0: as much as that
	search   search
	flat     time.Duration // how long holding takes to the limit
	base     float64       // the rate at since; where holding, the limit that was seen
	since    time.Time     // when the server began to accept requests at base
	accepted meter
	offered  meter // what was sent, accepted or not
}

// now is the rate at a time; 0 is no bound.
func (r *rate) now(now time.Time) float64 {
	t := max(0, now.Sub(r.since).Seconds())
	if r.since.IsZero() {
		t = 0
	}
	at := r.most
	switch r.search {
	case doubling:
		at = r.base * math.Exp2(max(0, min(t, 60)-1))
	case closing:
		at = r.base * math.Pow(1.1, min(t, 600))
	case holding:
		flat := r.flat.Seconds()
		if t -= flat; t < 0 {
			at = r.base * (1 + (1-margin)*math.Pow(t/flat, 3))
		} else {
			at = r.base * (1 + 0.01*math.Pow(t/beyond.Seconds(), 3))
		}
	}
	if r.most > 0 {
		return min(at, r.most)
	}
	return at
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
	if r.free {
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
		r.search, r.base, r.flat = holding, accepted(2*time.Second), soon
	case r.search == holding && paced > 5*time.Second:
		last := r.base
		r.base, r.flat = accepted(4*time.Second), min(2*r.flat, late)
		if math.Abs(r.base-last) > alike*last {
			r.flat = soon
		}
	default:
		r.base, r.flat = 0.92*accepted(2*time.Second), soon
	}
	if current > 0 && r.base < current/3 {
		r.search = doubling // not a little above the limit: it is another one
	}
	r.base = max(r.base, minRate)
	r.since = resume
}
