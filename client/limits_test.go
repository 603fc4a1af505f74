package client_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"text/tabwriter"
	"time"

	"github.com/campsync/campsync/client"
)

// trial is a server with a limit, some way off, and what is asked of a gate.
type trial struct {
	limit   float64
	latency time.Duration
	counts  string
	word    word
	gate    string  // "auto", "rate": the limit, "rate x 2", "none"
	before  float64 // the limit of the first half; 0: the same
}

const (
	smallBucket = "bucket, 0.1 s"
	bucket      = "bucket, 1 s"
	eachSecond  = "each second"
	anySecond   = "any second"
	atOnce      = "at once"
)

func (x trial) limiter() limiter {
	switch x.counts {
	case smallBucket:
		return &tokens{kept: 0.1}
	case bucket:
		return &tokens{kept: 1}
	case eachSecond:
		return &seconds{}
	case anySecond:
		return &sliding{}
	}
	return &places{most: int(max(1, x.limit*x.latency.Seconds()/2))}
}

func (x trial) limits() client.Limits {
	switch x.gate {
	case "auto":
		return client.Limits{Auto: true}
	case "rate":
		return client.Limits{Rate: x.limit}
	case "rate x 2":
		return client.Limits{Rate: 2 * x.limit}
	}
	return client.Limits{}
}

func (x trial) String() string {
	change := ""
	if x.before > 0 {
		change = fmt.Sprintf(" after %g", x.before)
	}
	return fmt.Sprintf("%g%s/%s/%s/%s/%s", x.limit, change, x.latency, x.counts, x.word, x.gate)
}

// shares is what came of a trial.
type shares struct {
	used    float64 // of the limit, in steady state
	refused float64 // of what was sent then
	reached int     // seconds from the start, or the change, until it was so; -1: never
}

// run lets the gate settle for as many seconds as warm, before a change and
// after it, and then looks at what it does for d seconds.
func (x trial) run(t *testing.T, warm, d int) (s shares) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(337 * time.Millisecond) // the server's seconds are not ours
		from, total := 0, warm+d
		if x.before > 0 {
			from, total = warm, 2*warm+d
		}
		start := time.Now()
		change := start.Add(time.Duration(from) * time.Second)
		answer := limited(x.limiter(), x.word, func(now time.Time) float64 {
			if now.Before(change) {
				return x.before
			}
			return x.limit
		})
		seen := &tally{taken: make([]float64, total), refused: make([]float64, total)}
		server := &simulated{latency: x.latency, forget: true, answer: func(now time.Time, r *http.Request) *http.Response {
			resp := answer(now, r)
			seen.add(int(now.Sub(start)/time.Second), resp.StatusCode)
			return resp
		}}
		c, _ := simulate(t, server, x.limits())
		load(t, c, min(1100, 64+int(3*x.limit*x.latency.Seconds())), time.Duration(total)*time.Second)
		s.used, s.refused = seen.shares(total-d, total, x.limit)
		s.reached = seen.reached(from, x.limit)
	})
	return s
}

// tally is what a server saw, by the second.
type tally struct{ taken, refused []float64 }

func (c *tally) add(second, status int) {
	switch {
	case second >= len(c.taken): // what was under way at the end
	case status == http.StatusTooManyRequests:
		c.refused[second]++
	default:
		c.taken[second]++
	}
}

// shares is how much of a limit was used from one second to another, and how
// much of what was sent was refused.
func (c *tally) shares(from, to int, limit float64) (used, refused float64) {
	var taken, no float64
	for i := from; i < to; i++ {
		taken, no = taken+c.taken[i], no+c.refused[i]
	}
	return taken / (limit * float64(to-from)), no / max(1, taken+no)
}

// reached is after how many seconds there are ten at the limit.
func (c *tally) reached(from int, limit float64) int {
	for s := from; s+10 <= len(c.taken); s++ {
		if used, refused := c.shares(s, s+10, limit); used >= 0.95 && used < 1.05 && refused <= 0.02 {
			return s - from
		}
	}
	return -1
}

// ways are those in which servers count and tell, as far as they go together.
func ways() (all []trial) {
	for _, counts := range []string{smallBucket, bucket, eachSecond, anySecond, atOnce} {
		for _, w := range []word{wordless, after, told} {
			if counts != atOnce || w != told { // for that nobody has such headers
				all = append(all, trial{counts: counts, word: w})
			}
		}
	}
	return all
}

var latencies = []time.Duration{5 * time.Millisecond, 50 * time.Millisecond, 500 * time.Millisecond}

// What is used of a server's limit in steady state, and how much is refused,
// however it counts and whatever it says, near and far, with a rate that is
// found out and with one that is set.
func TestGateReachesTheLimit(t *testing.T) {
	var all []trial
	for i, x := range ways() {
		for j, gate := range []string{"auto", "rate", "rate x 2"} {
			x.limit, x.latency, x.gate = 20, latencies[(i+j)%len(latencies)], gate
			all = append(all, x)
		}
	}
	all = append(all,
		trial{20, latencies[1], eachSecond, after, "auto", 40},
		trial{20, latencies[1], eachSecond, told, "auto", 10},
		trial{200, latencies[2], eachSecond, told, "rate", 0})
	for _, x := range all {
		t.Run(x.String(), func(t *testing.T) {
			warm, d, least := 60, 60, 0.93
			if x.before > 0 && x.before < x.limit {
				warm, least = 150, 0.9
			}
			s := x.run(t, warm, d)
			if s.used < least || s.refused > 0.01 {
				t.Errorf("used %.1f %% of the limit, %.2f %% refused", 100*s.used, 100*s.refused)
			}
		})
	}
}

// Where a rate is neither set nor looked for, what the server says that it
// will still count is enough for not being refused anything.
func TestGateHeedsWhatIsLeft(t *testing.T) {
	for _, latency := range latencies[:2] {
		s := trial{200, latency, eachSecond, told, "none", 0}.run(t, 10, 20)
		if s.used < 0.97 || s.refused > 0 {
			t.Errorf("%s: used %.1f %% of the limit, %.2f %% refused", latency, 100*s.used, 100*s.refused)
		}
	}
}

// As many requests are found to be worth having under way as a limit far off
// takes.
func TestGateFindsTheConcurrency(t *testing.T) {
	s := trial{2000, 500 * time.Millisecond, eachSecond, after, "rate", 0}.run(t, 10, 5)
	if s.used < 0.97 || s.refused > 0 || s.reached > 8 {
		t.Errorf("used %.1f %% of the limit, %.2f %% refused, after %d s", 100*s.used, 100*s.refused, s.reached)
	}
}

// The whole table, as it is in testdata/bench.md.
func TestLimits(t *testing.T) {
	if !*long {
		t.Skip("takes minutes")
	}
	var mu sync.Mutex
	byWay, bySize := sums{}, sums{}
	t.Run("all", func(t *testing.T) {
		try := func(x trial, way string, warm, d int) {
			t.Run(x.String(), func(t *testing.T) {
				t.Parallel()
				s := x.run(t, warm, d)
				t.Logf("used %.1f %%, refused %.2f %%, after %d s", 100*s.used, 100*s.refused, s.reached)
				mu.Lock()
				defer mu.Unlock()
				byWay.add(way, x.gate, s)
				if x.before == 0 {
					bySize.add(fmt.Sprintf("%4g/s, %3d ms", x.limit, x.latency.Milliseconds()), x.gate, s)
				}
			})
		}
		for _, limit := range []float64{20, 200, 2000} {
			for _, latency := range latencies {
				for _, x := range ways() {
					way := x.counts + ", " + string(x.word)
					x.limit, x.latency = limit, latency
					x.gate = "auto"
					try(x, way, 110, 130)
					x.gate = "rate"
					try(x, way, 20, 40)
				}
				if limit > 200 {
					continue
				}
				for _, w := range []word{after, told} {
					try(trial{limit, latency, eachSecond, w, "auto", 2 * limit}, "limit halved", 180, 120)
					try(trial{limit, latency, eachSecond, w, "auto", limit / 2}, "limit doubled", 180, 120)
				}
			}
		}
	})
	byWay.print(t.Output())
	bySize.print(t.Output())
}

// sums are the trials of a line of the table, by how the gate is set.
type sums map[string]map[string][]shares

func (m sums) add(line, gate string, s shares) {
	if m[line] == nil {
		m[line] = map[string][]shares{}
	}
	m[line][gate] = append(m[line][gate], s)
}

func (m sums) print(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	defer table.Flush()
	fmt.Fprintln(table, "|\t| auto: used, least and mean\t| 429, most\t| after, most\t| rate: used, least\t| 429, most\t|")
	lines := make([]string, 0, len(m))
	for line := range m {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	for _, line := range lines {
		auto, set := m[line]["auto"], m[line]["rate"]
		least, mean, refused, reached := summary(auto)
		fmt.Fprintf(table, "| %s\t| %.1f %%, %.1f %%\t| %.2f %%\t| %d s\t", line, 100*least, 100*mean, 100*refused, reached)
		if len(set) > 0 {
			least, _, refused, _ = summary(set)
			fmt.Fprintf(table, "| %.1f %%\t| %.2f %%\t|\n", 100*least, 100*refused)
		} else {
			fmt.Fprint(table, "|\t|\t|\n")
		}
	}
}

func summary(all []shares) (least, mean, refused float64, reached int) {
	least = 2
	for _, s := range all {
		least, refused, reached = min(least, s.used), max(refused, s.refused), max(reached, s.reached)
		mean += s.used / float64(len(all))
	}
	return least, mean, refused, reached
}
