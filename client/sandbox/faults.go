package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Faults says how a server misbehaves. Shares are of the requests, from 0 to 1,
// together at most 1: a request meets one fault at most. Which one is decided
// by Seed and by how many requests came before.
//
// A fault that keeps the answer back may come before or after a write was
// committed: the client cannot know, and that is the point. What was committed
// is in [Server.Journal].
type Faults struct {
	Seed uint64

	Cut           float64         // the connection is closed, nothing committed
	CommitThenCut float64         // of writes: committed, then closed after none, one, half or all but one byte of the answer
	Status        map[int]float64 // answered with this status: 4xx without a commit, 5xx with or without one
	HTML          float64         // answered with 200 and a page of HTML, with or without a commit
	Truncate      float64         // committed, and answered with JSON that ends too soon
	Slow          float64         // committed, and answered late: all of it, or its second half
	LateCommit    float64         // of writes: committed late; answered after that, at once with 504, or never (closed)

	SlowFor     time.Duration // how late Slow answers; 0: 10 s
	LateBy      time.Duration // how late LateCommit commits; 0: 5 s
	Lag         time.Duration // GET does not see commits younger than this
	RetryAfter  string        // header of 429 and 503, as it is; "" none
	ExpireAfter int           // after so many requests every token has expired; 0: never

	// Match says which requests meet faults, apart from Lag and ExpireAfter; nil: all.
	Match func(*http.Request) bool
}

// ParseFaults reads faults as a command line has them, for example
//
//	commit-then-cut=0.2,cut=0.1,503=0.1,429=0.1,truncate=0.05,html=0.05,slow=0.01:20s,late-commit=0.05:5s,lag=2s,retry-after=1,expire-after=300,seed=7
//
// Shares stand alone or, of slow and late-commit, with a delay behind a colon; a
// delay alone is of one request in twenty (late-commit=5s).
func ParseFaults(text string) (Faults, error) {
	f := Faults{Status: map[int]float64{}}
	for part := range strings.SplitSeq(text, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(part), "=")
		if name == "" && !found {
			continue
		}
		if err := f.set(name, value); err != nil {
			return Faults{}, fmt.Errorf("fault %q: %w", strings.TrimSpace(part), err)
		}
	}
	return f, f.check()
}

func (f *Faults) set(name, value string) (err error) {
	switch name {
	case "cut":
		f.Cut, err = parseShare(value)
	case "commit-then-cut":
		f.CommitThenCut, err = parseShare(value)
	case "html":
		f.HTML, err = parseShare(value)
	case "truncate":
		f.Truncate, err = parseShare(value)
	case "slow":
		f.Slow, f.SlowFor, err = parseDelayed(value)
	case "late-commit":
		f.LateCommit, f.LateBy, err = parseDelayed(value)
	case "lag":
		f.Lag, err = parseDelay(value)
	case "retry-after":
		f.RetryAfter = value
	case "expire-after":
		if f.ExpireAfter, err = strconv.Atoi(value); err != nil || f.ExpireAfter < 1 {
			err = errors.New("want a number of requests, as 300")
		}
	case "seed":
		if f.Seed, err = strconv.ParseUint(value, 10, 64); err != nil {
			err = errors.New("want a whole number")
		}
	default:
		status, notNumber := strconv.Atoi(name)
		if notNumber != nil || status < 400 || status > 599 {
			return errors.New("there is no such fault: want cut, commit-then-cut, html, truncate, slow, late-commit, lag, " +
				"retry-after, expire-after, seed or a status from 400 to 599")
		}
		f.Status[status], err = parseShare(value)
	}
	return err
}

func parseShare(text string) (float64, error) {
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || !(share >= 0 && share <= 1) {
		return 0, errors.New("want a share from 0 to 1, as 0.1")
	}
	return share, nil
}

func parseDelay(text string) (time.Duration, error) {
	delay, err := time.ParseDuration(text)
	if err != nil || delay < 0 {
		return 0, errors.New("want a time, as 2s")
	}
	return delay, nil
}

// delayedShare is the share of a fault of which only the delay is given.
const delayedShare = 0.05

// parseDelayed reads a share, a delay, or both.
func parseDelayed(text string) (share float64, delay time.Duration, err error) {
	first, second, both := strings.Cut(text, ":")
	if delay, err = parseDelay(first); err == nil && delay > 0 && !both {
		return delayedShare, delay, nil
	}
	if share, err = parseShare(first); err != nil {
		return 0, 0, errors.New("want a share, a time or both, as 0.1:5s")
	}
	if both {
		delay, err = parseDelay(second)
	}
	return share, delay, err
}

// check refuses shares that do not make sense together.
func (f *Faults) check() error {
	sum := 0.0
	for _, k := range f.kinds() {
		if !(k.share >= 0) {
			return fmt.Errorf("faults: a share of %v is below 0", k.share)
		}
		sum += k.share
	}
	if sum > 1+1e-9 {
		return fmt.Errorf("faults: the shares add up to %v, and a request meets one fault at most", sum)
	}
	for status := range f.Status {
		if status < 400 || status > 599 {
			return fmt.Errorf("faults: status %d is no error", status)
		}
	}
	return nil
}
