package sandbox

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// faulty is the API as a server with faults serves it.
type faulty struct {
	api    http.Handler
	faults Faults
	all    []kind
	late   *later

	mu       sync.Mutex
	requests uint64
	met      map[string]int
}

// A kind of fault, and how it is met.
type kind struct {
	name   string
	share  float64
	writes bool // only writes can meet it
	meet   func(*faulty, *meeting)
}

// A meeting is one request with its fault.
type meeting struct {
	w      http.ResponseWriter
	r      *http.Request
	random *rand.Rand
}

func (m *meeting) coin() bool { return m.random.IntN(2) == 0 }

// kinds are the faults that have a share, always in the same order.
func (f *Faults) kinds() []kind {
	all := []kind{
		{"cut", f.Cut, false, (*faulty).cut},
		{"commit-then-cut", f.CommitThenCut, true, (*faulty).commitThenCut},
		{"html", f.HTML, false, (*faulty).html},
		{"truncate", f.Truncate, false, (*faulty).truncate},
		{"slow", f.Slow, false, (*faulty).slow},
		{"late-commit", f.LateCommit, true, (*faulty).lateCommit},
	}
	for _, status := range slices.Sorted(maps.Keys(f.Status)) {
		all = append(all, kind{strconv.Itoa(status), f.Status[status], false, func(f *faulty, m *meeting) { f.fail(m, status) }})
	}
	return slices.DeleteFunc(all, func(k kind) bool { return k.share == 0 })
}

func newFaulty(api http.Handler, faults Faults, late *later) *faulty {
	if faults.SlowFor == 0 {
		faults.SlowFor = 10 * time.Second
	}
	if faults.LateBy == 0 {
		faults.LateBy = 5 * time.Second
	}
	return &faulty{api: api, faults: faults, all: faults.kinds(), late: late, met: map[string]int{}}
}

func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k, random, expired := f.choose(r)
	switch {
	case expired:
		w.Header().Set("WWW-Authenticate", "Bearer")
		writeJSON(w, http.StatusUnauthorized, refuse(http.StatusUnauthorized, "the token has expired").body())
	case k == nil:
		f.api.ServeHTTP(w, r)
	default:
		k.meet(f, &meeting{w, r, random})
	}
}

// choose draws the request's fault, nil for none. What is drawn follows from
// the seed and the number of the request.
func (f *faulty) choose(r *http.Request) (_ *kind, _ *rand.Rand, expired bool) {
	if len(f.all) == 0 && f.faults.ExpireAfter == 0 {
		return nil, nil, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests++
	if f.faults.ExpireAfter > 0 && f.requests > uint64(f.faults.ExpireAfter) {
		f.met["expired"]++
		return nil, nil, true
	}
	if f.faults.Match != nil && !f.faults.Match(r) {
		return nil, nil, false
	}
	random := rand.New(rand.NewPCG(f.faults.Seed, f.requests))
	drawn := random.Float64()
	for i, k := range f.all {
		if drawn >= k.share {
			drawn -= k.share
			continue
		}
		if k.writes && r.Method == http.MethodGet {
			break
		}
		f.met[k.name]++
		return &f.all[i], random, false
	}
	return nil, nil, false
}

// SetFaults makes the server misbehave from the next request on; the zero
// Faults ends it. Late commits of the faults before still come.
func (s *Server) SetFaults(faults Faults) error {
	if err := faults.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	lag, err := s.db.follow(faults.Lag)
	if err != nil {
		return err
	}
	if lag != nil {
		s.replicas = append(s.replicas, lag) // a read may go on in it: closed with the server
	}
	s.behind.Store(lag)
	s.faulty.Store(newFaulty(s.api, faults, &s.late))
	return nil
}

// Met answers how often each fault was met since the last [Server.SetFaults],
// by the names of [ParseFaults]; what the token's end refused is "expired".
func (s *Server) Met() map[string]int {
	f := s.faulty.Load()
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.met)
}

// Settle waits until all late commits have come.
func (s *Server) Settle() { s.late.wait() }
