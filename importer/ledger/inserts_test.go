package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// TestManyAtOnce stages as many rows as it likes, and writes as many results and
// operations, in one piece each: what comes back is the last that was said of
// each row.
func TestManyAtOnce(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 11))
		run := begin(t, l, fmt.Sprint("run ", seed))
		rows := make([]importer.Row, 1+rng.IntN(100))
		for i := range rows {
			rows[i] = importer.Row{Seq: int64(i + 1), Line: i + 2, Key: fmt.Sprint("k", i), Phone: fmt.Sprint("+44", i),
				Cells: []string{fmt.Sprint("cell ", i)}, Record: fmt.Appendf(nil, `{"n":%d}`, i)}
			switch rng.IntN(4) {
			case 0:
				rows[i].Result = importer.Result{Outcome: reconcile.Rejected, Code: fmt.Sprint("code-", i), Message: "m"}
			case 1:
				rows[i].Settings = &mapping.Settings{Instructions: fmt.Sprint("say ", i)}
			}
		}
		must(t, run.Stage(t.Context(), rows))

		var change importer.Change
		want := make([]importer.Operation, len(rows))
		for range rng.IntN(3 * len(rows)) {
			i := rng.IntN(len(rows))
			want[i] = importer.Operation{Seq: int64(i + 1), Step: 1, Kind: reconcile.CreateOrder, State: importer.Applied, Order: fmt.Sprint("o", rng.Uint64())}
			change.Operations = append(change.Operations, want[i])
			rows[i].Result = importer.Result{Outcome: reconcile.Created, OrderUUID: want[i].Order, Attempts: rng.IntN(9)}
			change.Results = append(change.Results, importer.RowResult{Seq: int64(i + 1), Result: rows[i].Result})
		}
		must(t, run.Write(t.Context(), change))
		for i := range rows {
			if rows[i].Outcome == reconcile.Pending {
				rows[i].Result = importer.Result{Outcome: reconcile.Unprocessed, Code: "unprocessed", Message: "the run stopped before it"}
			}
			if order := want[i].Order; order != "" {
				open, err := run.RowsOf(t.Context(), []string{order})
				must(t, err)
				if len(open) != 1 || open[0].Seq != want[i].Seq || len(open[0].Operations) != 1 {
					t.Errorf("seed %d: the row of %s: %+v", seed, order, open)
				}
			}
		}
		if diff := cmp.Diff(rows, all(t, run)); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
	}
}
