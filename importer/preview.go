package importer

import (
	"context"
	"iter"

	"github.com/campsync/campsync/importer/reconcile"
)

// Preview is what a run is about to do, before its first write.
type Preview struct {
	State  State
	runner *Runner
}

// Planned is what is to become of a row.
type Planned struct {
	Row    Row // without its cells
	Action reconcile.Action
	Order  SnapshotOrder  // that counts; zero where there is none
	Record SnapshotRecord // that is to be associated; zero where there is none
	Result Result         // what becomes of it when all goes well
}

// Each gives every row that is still to be dealt with, in order, and behind
// them the leftovers. It can be called again, and gives the same.
func (p *Preview) Each(ctx context.Context, take func(*Planned) error) error {
	planner, err := p.runner.newPlanner(ctx)
	if err != nil {
		return err
	}
	return planner.plan(ctx, func(d decision, res *Result) error {
		planned := Planned{Row: d.row, Action: d.action.Action, Order: d.order(), Record: d.record()}
		if res != nil {
			planned.Action.Steps, planned.Result = nil, *res
		} else {
			planned.Result = newWork(d).final
		}
		return take(&planned)
	})
}

// Refused yields the rows that were rejected or filtered out when they were read.
func (p *Preview) Refused(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for row, err := range p.runner.Ledger.All(ctx) {
			if err == nil && row.Outcome == reconcile.Unprocessed {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
