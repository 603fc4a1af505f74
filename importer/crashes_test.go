package importer_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// A moment is where in an event a crash comes.
type moment string

const (
	before moment = "before" // it did not happen
	amid   moment = "amid"   // a request arrived, its answer did not
	after  moment = "after"  // it happened, and nobody knows
)

// crash lets a host die at one of its ledger writes or of its requests that
// change something: from then on it writes nothing and sends nothing.
type crash struct {
	importer.Ledger
	write, request int // number of the event; 0: never
	moment         moment

	mu               sync.Mutex
	writes, requests int
	dead             bool
	die              func()
}

var errCrash = errors.New("crash")

// run runs until the crash, or to the end. At the crash the last calls are
// made.
func (c *crash) run(w *world, r *importer.Runner, name string, last ...func()) ran {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	c.die = sync.OnceFunc(func() {
		for _, f := range last {
			f()
		}
		cancel()
	})
	w.between = c.send
	defer func() { w.between = nil }()
	return w.runWith(ctx, r, name, nil, func(l importer.Ledger) importer.Ledger { c.Ledger = l; return c })
}

// comes counts an event, and reports whether the host dies in it.
func (c *crash) comes(n *int, at int) (now bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		return false, errCrash
	}
	*n++
	c.dead = *n == at
	return c.dead, nil
}

func (c *crash) written(do func() error) error {
	now, err := c.comes(&c.writes, c.write)
	if err != nil {
		return err
	}
	if now && c.moment == before {
		c.die()
		return errCrash
	}
	err = do()
	if now {
		c.die()
		return errCrash
	}
	return err
}

func (c *crash) send(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
	if !writesOnly(r) {
		return send()
	}
	now, err := c.comes(&c.requests, c.request)
	if err != nil || now && c.moment == before {
		c.die()
		return nil, errCrash
	}
	resp, err := send()
	if now {
		c.die()
		if c.moment == amid && err == nil {
			resp.Body.Close()
			return nil, errCrash
		}
	}
	return resp, err
}

func (c *crash) Write(ctx context.Context, change importer.Change) error {
	return c.written(func() error { return c.Ledger.Write(ctx, change) })
}

func (c *crash) Stage(ctx context.Context, rows []importer.Row) error {
	return c.written(func() error { return c.Ledger.Stage(ctx, rows) })
}

func (c *crash) Advance(ctx context.Context, s importer.State) error {
	return c.written(func() error { return c.Ledger.Advance(ctx, s) })
}

func (c *crash) AddOrders(ctx context.Context, orders []importer.SnapshotOrder, original bool) error {
	return c.written(func() error { return c.Ledger.AddOrders(ctx, orders, original) })
}

func (c *crash) AddRecords(ctx context.Context, records []importer.SnapshotRecord) error {
	return c.written(func() error { return c.Ledger.AddRecords(ctx, records) })
}

func (c *crash) ClearOrders(ctx context.Context) error {
	return c.written(func() error { return c.Ledger.ClearOrders(ctx) })
}

func (c *crash) ClearRecords(ctx context.Context) error {
	return c.written(func() error { return c.Ledger.ClearRecords(ctx) })
}

// TestCrashes stops an import of 12 rows, with creates, associations and
// settings, at every point at which it writes its ledger or sends something,
// and goes on with it: nothing is lost, nothing is done twice, no half is
// missing.
func TestCrashes(t *testing.T) {
	rows, known := 12, 3
	if *long {
		rows, known = 20, 4
	}
	text := []string{"phone,say"}
	for i := range rows {
		say := "Be kind"
		if i%3 == 1 {
			say = ""
		}
		text = append(text, number(i)+","+say)
	}
	files := []file{lines(text...)}
	try := func(t *testing.T, c *crash) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			w.addOrder(number(rows), "registered")
			w.addRecords(0, known)
			name := "run"
			if got := c.run(w, w.runner(files, settingsSpec, nil), name); got.state.Phase == importer.Reading || got.state.Phase == importer.Looking {
				if w.writes.Load() > 0 {
					t.Errorf("%d writes before all was read", w.writes.Load())
				}
				name = "run, once more"
			}
			got := w.run(w.runner(files, settingsSpec, nil), name)
			must(t, got.err)
			w.books(got, rows)
			w.allOnce(rows + 1)
			w.settingsOf(got)
			for _, row := range got.rows {
				if row.Outcome != reconcile.Created && row.Outcome != reconcile.Associated {
					t.Errorf("line %d is %s: %s", row.Line, row.Outcome, row.Message)
				}
			}
			if !got.verification.Closed() {
				t.Errorf("%+v", got.verification)
			}
		})
	}
	everyCrash(t, 10, 18, try)
}

// everyCrash tries a run without a crash, and then with one at every point,
// of which there are so many at least.
func everyCrash(t *testing.T, writes, requests int, try func(*testing.T, *crash)) {
	t.Helper()
	var whole crash
	try(t, &whole)
	if whole.writes < writes || whole.requests < requests {
		t.Fatalf("the run made %d ledger writes and %d requests only", whole.writes, whole.requests)
	}
	for n := range whole.writes {
		for _, m := range []moment{before, after} {
			t.Run(fmt.Sprint(m, " write ", n+1), func(t *testing.T) {
				t.Parallel()
				try(t, &crash{write: n + 1, moment: m})
			})
		}
	}
	for n := range whole.requests {
		for _, m := range []moment{before, amid, after} {
			t.Run(fmt.Sprint(m, " request ", n+1), func(t *testing.T) {
				t.Parallel()
				try(t, &crash{request: n + 1, moment: m})
			})
		}
	}
}

// settingsOf holds that the orders of a run have their rows' settings.
func (w *world) settingsOf(r ran) {
	w.t.Helper()
	orders := make(map[string]sandbox.Order)
	for _, o := range w.orders() {
		orders[o.UUID] = o
	}
	for _, row := range r.rows {
		if o, ok := orders[row.OrderUUID]; ok && row.Outcome.Made() && row.Settings != nil && string(o.Instructions) != row.Settings.Instructions {
			w.t.Errorf("%s has instructions %q; want %q", o.Record.PhoneNumber, o.Instructions, row.Settings.Instructions)
		}
	}
}
