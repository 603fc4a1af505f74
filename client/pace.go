package client

import (
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	firstWindow   = 4    // requests under way at once, to begin with
	easyWindow    = 32   // as far as it grows with every good answer
	nearWindow    = 128  // as far as it grows where nobody said how far,
	foundWindow   = 1024 // and where answers take long: 2,000 a second, answered after half a second
	downAfter     = 5    // failures in a row after which the server is down
	probeInterval = time.Second

	// A pace of margin x rate that catches up by at most slack after it was kept
	// back (a timer that was late, a busy machine) has never more than rate
	// requests in any second, so that a server that counts counts no more.
	margin = 0.98
	slack  = 20 * time.Millisecond
)

// pacer decides when a request may leave. It is an algorithm and nothing
// else: it has no clock, no lock and no goroutine. See the package comment
// for what it does.
type pacer struct {
	limits Limits
	rate   rate

	count    int64 // of requests that were sent
	lastSent time.Time
	underWay int
	window   float64   // how many may be under way
	filled   int64     // the last request with which there were as many
	easy     float64   // up to which the window grows with every good answer
	narrowed int64     // the last request before the window was made small
	stale    int       // how many of those until then are still under way
	next     time.Time // when the pace allows the next one

	hold   time.Time // nobody before
	heldAt time.Time // when the hold began; what was sent before says nothing new
	delays *backoff.ExponentialBackOff
	calm   int // good answers since the last hold
	grant  grant

	failures int // in a row
	down     bool
	latency  latency
}

func newPacer(l Limits) *pacer {
	if !(l.Rate > 0) {
		l.Rate = 0
	}
	l.Concurrency = max(l.Concurrency, 0)
	p := &pacer{limits: l, delays: holdDelays()}
	switch {
	case l.Auto && l.Rate > 0:
		p.rate = rate{search: holding, base: l.Rate, flat: soon}
	case !l.Auto && l.Rate == 0:
		p.rate = rate{free: true}
	default:
		p.rate = rate{most: l.Rate * margin} // of Auto: 0
	}
	p.window = min(firstWindow, p.most())
	p.easy = min(easyWindow, p.most())
	if l.Concurrency > 0 {
		p.easy = p.most()
	}
	return p
}

// holdDelays are for a server that says 429 and not for how long.
func holdDelays() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = 250 * time.Millisecond
	b.Multiplier = 2
	b.MaxInterval = time.Minute
	b.RandomizationFactor = 0.2
	return b
}

func (p *pacer) most() float64 {
	if p.limits.Concurrency > 0 {
		return float64(p.limits.Concurrency)
	}
	return foundWindow
}

// enough is how far the window grows: twice of what it takes to have as many a
// second as foundWindow is for, with answers that take as long as they do. More
// would only wait for each other, here or at the server.
func (p *pacer) enough() float64 {
	if p.limits.Concurrency > 0 {
		return p.most()
	}
	return min(p.most(), max(nearWindow, 2*2000*p.latency.usual/float64(time.Second)))
}

// allow reports whether a request may leave now, and if not, when to ask
// again; the zero time is when something has been answered.
func (p *pacer) allow(now time.Time) (bool, time.Time) {
	if now.Before(p.hold) {
		return false, p.hold
	}
	if p.down && p.underWay < int(p.most()) {
		at := p.lastSent.Add(probeInterval)
		return !now.Before(at), at
	}
	if p.full() {
		return false, time.Time{}
	}
	if p.rate.now(now) == 0 { // a pace keeps within the limit, also where that is renewed bit by bit
		if ok, until := p.grant.allow(now, p.count, p.underWay); !ok {
			return false, until
		}
	}
	return !now.Before(p.next), p.next
}

// pass is a request that was let through.
type pass struct {
	number int64
	sent   time.Time
}

// send notes that a request leaves now.
func (p *pacer) send(now time.Time) pass {
	p.count++
	p.underWay++
	if p.full() {
		p.filled = p.count
	}
	last := p.lastSent
	p.lastSent = now
	p.rate.sent(now, last)
	if r := p.rate.now(now); r > 0 {
		if p.next.IsZero() {
			p.next = now
		}
		if due := now.Add(-slack); p.next.Before(due) {
			p.next = due
		}
		p.next = p.next.Add(time.Duration(float64(time.Second) / r))
	}
	return pass{number: p.count, sent: now}
}

// seen notes what came of a request.
func (p *pacer) seen(now time.Time, of pass, s sighting) {
	sent, fresh := of.sent, of.number > p.narrowed
	p.underWay--
	if !fresh {
		p.stale--
	}
	p.grant.take(now, of.number, s.limits)
	if s.hold > 0 {
		p.holdUntil(now, sent, later(now, s.hold))
		p.narrow()
	}
	switch s.kind {
	case answered:
		p.rate.accepted.add(now)
		p.alive()
		p.settle(sent)
		p.grow(now, fresh && of.number <= p.filled, now.Sub(sent))
		p.usedUp(now, sent)
	case limited:
		p.alive()
		p.limited(now, sent, s.limits.wait())
	case silent:
		p.failures++
		if p.failures >= downAfter && !p.down {
			p.down = true
			p.narrow()
		}
	}
}

// alive notes that the server is there. After an outage a single failure is
// enough to call it down again, until it has answered twice.
func (p *pacer) alive() {
	p.failures = 0
	if p.down {
		p.down = false
		p.failures = downAfter - 1
	}
}

// settle lets the delays of holds start over once the server has answered well
// for a while.
func (p *pacer) settle(sent time.Time) {
	if sent.Before(p.hold) {
		return
	}
	p.calm++
	if p.calm == 10 {
		p.delays.Reset()
	}
}

// grow lets more requests be under way, if there were as many as may be at a
// time when the one that is answered was: one more for each good answer at
// first or at a pace, else a quarter more for each round of them, as long as
// the answers do not come later for it.
func (p *pacer) grow(now time.Time, full bool, took time.Duration) {
	p.latency.add(took)
	switch {
	case !full || p.window >= p.enough():
	case p.window < p.easy:
		p.window++
	case p.limits.Concurrency == 0 && p.latency.rising():
	case p.rate.now(now) > 0:
		p.window++
	default:
		p.window += 0.25
	}
}

// usedUp takes a grant that is used up for the 429 that would come next, where
// a rate is looked for and none is known.
func (p *pacer) usedUp(now, sent time.Time) {
	if p.rate.free || p.rate.now(now) > 0 || !p.grant.usedUp(now, p.count, p.underWay) {
		return
	}
	p.holdUntil(now, sent, p.grant.renewal)
	p.rate.limited(now, sent, p.hold)
}

// full reports whether nothing may leave before something has been answered.
func (p *pacer) full() bool {
	return p.underWay-p.stale >= int(p.window) || p.underWay >= int(p.most())
}

// narrow lets no crowd through when requests may leave again. What is under
// way, and may hang for long, is not in the way of that.
func (p *pacer) narrow() { p.window, p.narrowed, p.stale = 1, p.count, p.underWay }

// limited acts on a 429: everybody waits, for as long as the server says or
// else for a delay that doubles. The requests that were under way when the
// first of them came are one event with it.
func (p *pacer) limited(now, sent time.Time, word time.Duration) {
	again := sent.Before(p.heldAt)
	if word > 0 {
		p.holdUntil(now, sent, later(now, word))
	} else if !again {
		p.holdUntil(now, sent, now.Add(p.delays.NextBackOff()))
	}
	if again {
		if p.rate.since.Before(p.hold) {
			p.rate.since = p.hold
		}
		return
	}
	p.rate.limited(now, sent, p.hold)
	if p.rate.now(now) == 0 {
		p.easy = max(p.window/2, 1)
		p.narrow()
	}
}

// holdUntil keeps everybody back.
func (p *pacer) holdUntil(now, sent, until time.Time) {
	if !sent.Before(p.heldAt) {
		p.heldAt = now.Add(1)
		p.calm = 0
	}
	if until.After(p.hold) {
		p.hold, p.next = until, until
	}
}

// latency knows how long answers take, and how long they took at best.
type latency struct{ best, usual float64 }

func (l *latency) add(took time.Duration) {
	t := float64(took)
	if l.usual == 0 {
		l.best, l.usual = t, t
		return
	}
	l.usual += (t - l.usual) / 16
	l.best = min(l.best*1.0005, t)
}

func (l *latency) rising() bool { return l.usual > 1.5*l.best }

// held is until when nobody may leave, by the server's word.
func (p *pacer) held(now time.Time) time.Time {
	if p.rate.now(now) == 0 && p.grant.least == 0 && p.grant.usedUp(now, p.count, p.underWay) && p.grant.renewal.After(p.hold) {
		return p.grant.renewal
	}
	return p.hold
}

func later(now time.Time, d time.Duration) time.Time {
	if d > 200*365*24*time.Hour { // beyond this, times cannot be subtracted
		d = 200 * 365 * 24 * time.Hour
	}
	return now.Add(d)
}
