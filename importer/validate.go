package importer

import (
	"context"
	"fmt"
	"time"

	"github.com/campsync/campsync/importer/reconcile"
)

// Validation is a run that sends nothing: every row is read, mapped and
// checked, and given to Take with its outcome.
type Validation struct {
	Sources       []Source
	Duplicates    DuplicatePolicy
	SharedNumbers bool
	Limit         int64 // rows to read; 0 all
	Now           time.Time
	Observer      Observer
	// Take gets the rows in order, with their source; its hash and number of
	// rows are not known yet. It may keep copies of rows, and not the slice.
	Take func(SourceState, []Row) error
}

// Run validates. With the duplicate policies last and error the sources are
// read twice, and it is an error if they change in between.
func (v *Validation) Run(ctx context.Context) (State, error) {
	dup := newDuplicates(v.Duplicates, v.SharedNumbers, v.Sources)
	var surveyed []SourceState
	if dup.needsSurvey() {
		var err error
		v.Observer.Stage("looking for duplicates", 0)
		surveyed, err = readRows(ctx, v.Sources, v.Limit, reading{}, func(b *readBatch) error {
			v.Observer.Advance(int64(len(b.rows)), 0)
			for i := range b.rows {
				if r := &b.rows[i]; r.Outcome == reconcile.Pending && !v.refuse(r) {
					dup.survey(r.Key, r.Phone, placeOf(r.Source, r.Line))
				}
			}
			b.release()
			return nil
		})
		if err != nil {
			return State{}, err
		}
	}
	v.Observer.Stage("checking", 0)
	var mended mending
	var targets figures
	states, err := readRows(ctx, v.Sources, v.Limit, reading{}, func(b *readBatch) error {
		var rejected int64
		for i := range b.rows {
			r := &b.rows[i]
			v.judge(r, dup)
			if r.Outcome == reconcile.Rejected {
				rejected++
			}
		}
		mended, targets = mended.merge(b.mended), targets.merge(b.figures)
		v.Observer.Advance(int64(len(b.rows)), rejected)
		err := v.Take(b.source, b.rows)
		b.release()
		return err
	})
	if err != nil {
		return State{}, err
	}
	state := State{Phase: Done, Sources: states, Mended: mended, Targets: targets}
	for i, s := range states {
		state.Rows += s.Rows
		if surveyed != nil && surveyed[i].SHA256 != s.SHA256 {
			return State{}, fmt.Errorf("%s has changed while it was read; try again when it is complete", s.Name)
		}
	}
	return state, nil
}

// judge gives the row its outcome. A row that is rejected is not shown to the
// search for duplicates: another one with its key may still be sent.
func (v *Validation) judge(r *Row, dup *duplicates) {
	switch {
	case r.Outcome != reconcile.Pending:
	case v.refuse(r):
	default:
		if res, is := dup.check(r.Key, r.Phone, placeOf(r.Source, r.Line)); is {
			r.Result = res
			return
		}
		r.Outcome = reconcile.Valid
	}
}

// refuse rejects a row that could not be sent whatever the server holds.
func (v *Validation) refuse(r *Row) bool {
	if r.Settings == nil {
		return false // it asks for nothing that can be refused, as nearly all rows
	}
	c := contactOf(r)
	c.Meant = "" // whether that record is there only a server knows
	a := reconcile.Decide(c, reconcile.Situation{}, reconcile.Policy{Now: v.Now})
	if a.Outcome != reconcile.Rejected {
		return false
	}
	r.Result = decided(r, a)
	return true
}
