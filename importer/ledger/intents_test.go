package ledger_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
)

// twin is a run that is written twice: in one ledger first intents are on pages,
// in the other they are operations at once.
type twin struct {
	*ledger.Run
	ledger *ledger.Ledger
	path   string
	pages  bool
}

func (w *twin) intend(t *testing.T, intents []importer.Operation) {
	t.Helper()
	change := importer.Change{Operations: intents}
	if w.pages {
		change = importer.Change{Intents: intents}
	}
	must(t, w.Write(t.Context(), change))
}

// reopen is another process.
func (w *twin) reopen(t *testing.T) {
	t.Helper()
	if w.ledger != nil {
		must(t, w.ledger.Close())
	}
	var err error
	w.ledger, err = ledger.Open(t.Context(), w.path)
	must(t, err)
	w.Run, _, err = w.ledger.Resume(context.WithoutCancel(t.Context()), "run")
	must(t, err)
}

// told is all that a ledger says of its run.
func (w *twin) told(t *testing.T, whole bool) (told []any) {
	t.Helper()
	told = append(told, all(t, w.Run))
	if !whole {
		return told
	}
	open, err := w.Open(t.Context(), 0, 1000)
	must(t, err)
	books, err := w.Books(t.Context())
	must(t, err)
	pending, err := w.Pending(t.Context(), 0, 1000)
	must(t, err)
	told = append(told, open, books, pending)
	for p, err := range w.Persons(t.Context()) {
		must(t, err)
		told = append(told, p)
	}
	return told
}

// TestIntents: whatever becomes of rows, in whatever order and over whatever
// crashes, the ledger says the same of them whether their first intents were
// written on pages or not.
func TestIntents(t *testing.T) {
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 11))
		var twins [2]*twin
		for i := range twins {
			w := &twin{path: filepath.Join(t.TempDir(), "l.db"), pages: i == 0}
			l, err := ledger.Open(t.Context(), w.path)
			must(t, err)
			run := begin(t, l, "run")
			var rows []importer.Row
			for seq := range int64(60) {
				rows = append(rows, importer.Row{Seq: seq + 1, Key: fmt.Sprint("k", seq), Phone: fmt.Sprint("+44", seq)})
			}
			must(t, run.Stage(t.Context(), rows))
			must(t, l.Close())
			w.reopen(t)
			twins[i] = w
		}
		var begun [][]importer.Operation
		for next := int64(1); next <= 60; {
			var group []importer.Operation
			for range 1 + rng.IntN(8) {
				operations := intentsOf(rng, next)
				begun, group, next = append(begun, operations), append(group, operations...), next+1
				if next > 60 {
					break
				}
			}
			for _, w := range twins {
				w.intend(t, group)
			}
			var change importer.Change
			for range rng.IntN(10) {
				if len(begun) == 0 {
					break
				}
				i := rng.IntN(len(begun))
				answer(rng, &change, begun[i])
				begun = append(begun[:i], begun[i+1:]...)
			}
			again, whole := rng.IntN(4) == 0, rng.IntN(4) == 0
			var told [2][]any
			for i, w := range twins {
				must(t, w.Write(t.Context(), change))
				if again {
					w.reopen(t)
				}
				told[i] = w.told(t, whole)
			}
			if diff := cmp.Diff(told[1], told[0]); diff != "" {
				t.Fatalf("seed %d: %s", seed, diff)
			}
		}
		for _, w := range twins {
			must(t, w.ledger.Close())
		}
	}
}

func intentsOf(rng *rand.Rand, seq int64) []importer.Operation {
	sent := time.UnixMilli(1_700_000_000_000 + rng.Int64N(1000))
	order := fmt.Sprint("order", seq)
	switch rng.IntN(4) {
	case 0:
		return []importer.Operation{{Seq: seq, Step: 1, Kind: reconcile.UpdateOrder, State: importer.Sent, SentAt: sent, Attempts: 1, Order: order,
			Changes: []reconcile.Change{{Target: "order.price", Before: []byte("1"), After: []byte("2")}}}}
	case 1:
		return []importer.Operation{{Seq: seq, Step: 1, Kind: reconcile.Associate, State: importer.Sent, SentAt: sent, Attempts: 1, Record: "record"}}
	case 2:
		return []importer.Operation{
			{Seq: seq, Step: 1, Kind: reconcile.CreateOrder, State: importer.Sent, SentAt: sent, Attempts: 1},
			{Seq: seq, Step: 2, Kind: reconcile.UpdateOrder, SentAt: sent, HalfOf: importer.OwnHalf},
		}
	default:
		return []importer.Operation{{Seq: seq, Step: 1, Kind: reconcile.CreateOrder, State: importer.Sent, SentAt: sent, Attempts: 1}}
	}
}

// answer adds what came of a row's operations to a change.
func answer(rng *rand.Rand, change *importer.Change, operations []importer.Operation) {
	seq := operations[0].Seq
	result := importer.RowResult{Seq: seq, Result: importer.Result{Outcome: reconcile.Created, OrderUUID: fmt.Sprint("order", seq), Attempts: 1}}
	state := importer.Applied
	switch rng.IntN(5) {
	case 0:
		change.Withdrawn = append(change.Withdrawn, seq)
		return
	case 1:
		state, result.Outcome = importer.Refused, reconcile.Failed
	case 2:
		state, result.Outcome = importer.Sent, reconcile.Ambiguous
	}
	for i := range operations {
		operations[i].State, operations[i].Order = state, result.OrderUUID
	}
	change.Operations = append(change.Operations, operations...)
	change.Results = append(change.Results, result)
}

// TestDamagedPage: a page that cannot be what was written is never taken for
// one on which nothing stands.
func TestDamagedPage(t *testing.T) {
	for _, damage := range []string{
		`UPDATE intents SET run = run + 1`, `UPDATE intents SET body = zeroblob(length(body))`, `UPDATE intents SET sum = sum + 1`, `UPDATE intents SET body = x''`,
	} {
		path := filepath.Join(t.TempDir(), "l.db")
		l, err := ledger.Open(t.Context(), path)
		must(t, err)
		run := begin(t, l, "run")
		must(t, run.Stage(t.Context(), []importer.Row{{Seq: 1, Key: "k"}}))
		must(t, run.Write(t.Context(), importer.Change{Intents: intentsOf(rand.New(rand.NewPCG(1, 1)), 1)}))
		must(t, l.Close())
		spoil(t, path, damage)
		l = open(t, path)
		if _, _, err := l.Resume(t.Context(), "run"); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", damage, err)
		}
		must(t, l.Forget(t.Context(), "run"))
	}
}
