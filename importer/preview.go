package importer

import (
	"context"
	"iter"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// Preview is what a run is about to do, before its first write.
type Preview struct {
	State    State
	Exceeded error // the guard that would stop the run, with Runner.LookOnly
	runner   *Runner
}

// Planned is what is to become of a row.
type Planned struct {
	Row    Row // without its cells
	Action reconcile.Action
	Order  SnapshotOrder  // that counts; zero where there is none
	Record SnapshotRecord // that is to be associated; zero where there is none
	Result Result         // what becomes of it when all goes well
	Status client.Status  // that an order is to have in the end which is made or finished for it
}

// Forecast counts what a run is about to send.
type Forecast struct {
	Fresh   int64 // rows that are new to the campaign
	Touched int64 // rows and leftovers whose order is there
}

// Settle gives their outcome to all rows for which nothing is to be sent, and
// counts the others: from then on Each gives those alone. Where most rows are as
// they were, this is most of the work, and it need not be done again.
func (p *Preview) Settle(ctx context.Context) (Forecast, error) {
	r := p.runner
	if r.forecast != nil {
		return *r.forecast, nil
	}
	var f Forecast
	planner, err := r.newPlanner(ctx)
	if err != nil {
		return f, err
	}
	r.Observer.Stage("deciding", p.State.Rows-p.State.Rejected+p.State.Leftovers)
	var results []RowResult
	write := func() error {
		done := results
		results = nil
		if len(done) == 0 {
			return nil
		}
		return r.Ledger.Write(ctx, Change{Results: done})
	}
	err = planner.plan(ctx, func(d decision, res *Result) error {
		r.Observer.Advance(1, 0)
		switch {
		case res != nil:
			if results = append(results, RowResult{Seq: d.row.Seq, Result: *res, Applied: d.agreed(res.Outcome)}); len(results) >= mostChanges {
				return write()
			}
		case d.action.Steps[0].Makes():
			f.Fresh++
		default:
			f.Touched++
		}
		return nil
	})
	if err == nil {
		err = write()
	}
	if err == nil {
		r.forecast = &f
	}
	return f, err
}

// Each gives every row that is still to be dealt with, in order, and behind
// them the leftovers. It can be called again, and gives the same.
func (p *Preview) Each(ctx context.Context, take func(*Planned) error) error {
	planner, err := p.runner.newPlanner(ctx)
	if err != nil {
		return err
	}
	return planner.plan(ctx, func(d decision, res *Result) error {
		planned := Planned{Row: d.row, Action: d.action.Action, Order: d.order(), Record: d.record(), Status: p.runner.Policy.FinalStatus()}
		if res != nil {
			planned.Action.Steps, planned.Result = nil, *res
		} else {
			planned.Result = newWork(d, planned.Status).final
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
