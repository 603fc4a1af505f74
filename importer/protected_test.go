package importer_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// TestProtectedOrders is a property over random campaigns: halves that are
// missing, statuses of all kinds, some of them set while the run is going on.
// No order is changed that was protected when it was last read, and none that
// was protected a minute before the write.
func TestProtectedOrders(t *testing.T) {
	campaigns, size := 10, 40
	if *long {
		campaigns, size = 400, 250
	}
	for seed := range uint64(campaigns) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := &guarded{world: newWorld(t, sandbox.Config{NewestFirst: seed%2 == 0, PartialRecords: seed%3 == 0}),
					rng: rand.New(rand.NewPCG(seed, 4)), since: map[string]time.Time{}}
				g.halves(size)
				g.run(size)
			})
		})
	}
}

// guarded is a campaign whose orders change their status as people work on it.
type guarded struct {
	*world
	rng *rand.Rand

	mu      sync.Mutex
	since   map[string]time.Time // by order: protected since
	read    map[string]time.Time // by number: when it was asked for last; "": all were
	patched int
}

var allStatuses = []string{"registered", "planned", "scheduled", "busy", "no-answer", "calling", "contacted", "completed", "failed",
	"canceled", "do-not-call", "dnc", "do_not_call", "doNotCall", "Do Not Call", "negotiating", "REGISTERED"}

// halves makes orders whose settings were refused.
func (g *guarded) halves(n int) {
	g.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		if r.Method == http.MethodPatch {
			return answer(r, 422, ""), nil
		}
		return send()
	}
	must(g.t, g.world.run(g.runner([]file{withSettings(n)}, settingsSpec, nil), "halves").err)
	for _, o := range g.orders() {
		if g.rng.IntN(3) == 0 {
			g.set(o.UUID, allStatuses[g.rng.IntN(len(allStatuses))])
		}
	}
}

func (g *guarded) set(order, status string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	must(g.t, g.server.SetStatus(g.campaign.UUID, order, status))
	if client.Status(status).Protected() {
		g.since[order] = time.Now()
	} else {
		delete(g.since, order)
	}
}

// run finishes the halves, slowly, while people set statuses.
func (g *guarded) run(n int) {
	orders := g.orders()
	var uuids []string
	for _, o := range orders {
		uuids = append(uuids, o.UUID)
	}
	g.between = g.watch
	done := make(chan struct{})
	var people sync.WaitGroup
	rng := rand.New(rand.NewPCG(g.rng.Uint64(), 5))
	people.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Duration(1+rng.IntN(4000)) * time.Millisecond):
				g.set(uuids[rng.IntN(len(uuids))], allStatuses[rng.IntN(len(allStatuses))])
			}
		}
	})
	got := g.world.run(g.runner([]file{withSettings(n + 5)}, settingsSpec, func(r *importer.Runner) {
		r.Workers, r.Policy.Status = 1+n%7, client.StatusPlanned
	}), "run")
	close(done)
	people.Wait()
	must(g.t, got.err)
	g.books(got, n+5)
	if g.patched < n/4 {
		g.t.Errorf("%d updates only", g.patched)
	}
}

// watch holds each update against what the run can have known.
func (g *guarded) watch(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
	time.Sleep(time.Duration(1+len(r.URL.Path)%3) * 100 * time.Millisecond)
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/orders"):
		if g.read == nil {
			g.read = map[string]time.Time{}
		}
		g.read[r.URL.Query().Get("search")] = time.Now()
	case r.Method == http.MethodPatch:
		if g.rng.IntN(10) == 0 {
			return answer(r, 429, "", "Retry-After", []string{"1", "30", "100"}[g.rng.IntN(3)]), nil
		}
		g.patched++
		uuid := path.Base(r.URL.Path)
		since, protected := g.since[uuid]
		read := g.read[""]
		if i := slices.IndexFunc(g.orders(), func(o sandbox.Order) bool { return o.UUID == uuid }); i >= 0 {
			if one := g.read[g.orders()[i].Record.PhoneNumber]; one.After(read) {
				read = one
			}
		}
		if protected && (since.Before(read) || time.Since(since) > time.Minute) {
			g.t.Errorf("an order that is protected since %s was changed; it was read %s ago", time.Since(since), time.Since(read))
		}
	}
	return send()
}
