package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// planBatch is how many rows are decided on at a time: their situations are
// looked up together.
const planBatch = 512

// planner decides on the rows that have no outcome, in their order.
type planner struct {
	*Runner
	dup *duplicates
}

// newPlanner knows the rows that an earlier try of the run has dealt with.
func (r *Runner) newPlanner(ctx context.Context) (*planner, error) {
	p := &planner{Runner: r, dup: newDuplicates(r.Duplicates, r.shared(), r.Sources)}
	if p.dup.needsSurvey() {
		err := p.each(ctx, func(d decision) error {
			if !d.action.counts() || d.row.Source == Leftover {
				return nil
			}
			at := placeOf(d.row.Source, d.row.Line)
			p.dup.survey(d.row.Key, d.number(), at)
			p.dup.surveyNumber(d.recordNumber(), at)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for person, err := range r.Ledger.Persons(ctx) {
		if err != nil {
			return nil, err
		}
		if !person.Touched || person.Rejected() || person.Outcome == reconcile.Duplicate || person.Outcome == reconcile.Suppressed {
			continue
		}
		at := placeOf(person.Source, person.Line)
		if p.dup.needsSurvey() {
			p.dup.survey(person.Key, person.Phone, at)
			p.dup.surveyNumber(person.RecordPhone, at)
		} else {
			p.dup.check(person.Key, person.Phone, at)
			p.dup.checkNumber(person.RecordPhone, at)
		}
	}
	return p, nil
}

// decision is what is to become of a row.
type decision struct {
	row     Row
	contact reconcile.Contact
	action  action
	records []SnapshotRecord
	orders  []SnapshotOrder
}

// action adds to reconcile's what is asked of it here.
type action struct{ reconcile.Action }

// counts reports whether the row is one that others may be duplicates of.
func (a action) counts() bool {
	return a.Outcome != reconcile.Rejected && a.Outcome != reconcile.Suppressed
}

// number is the number that would be called.
func (d *decision) number() string {
	if d.row.Phone == "" && len(d.records) > 0 {
		return d.records[0].Phone
	}
	return d.row.Phone
}

// recordNumber is the number of the record that the action associates, where it
// is not the row's: it is the one that is called, until the record is patched.
func (d *decision) recordNumber() string {
	if len(d.action.Steps) == 0 || d.action.Steps[0] != reconcile.Associate {
		return ""
	}
	if number := d.record().Phone; number != d.number() {
		return number
	}
	return ""
}

// record is the snapshot's record that the action associates.
func (d *decision) record() SnapshotRecord {
	for _, rec := range d.records {
		if rec.UUID == d.action.RecordUUID {
			return rec
		}
	}
	return SnapshotRecord{}
}

// order is the snapshot's order that counts.
func (d *decision) order() SnapshotOrder {
	for _, o := range d.orders {
		if o.UUID == d.action.OrderUUID {
			return o
		}
	}
	return SnapshotOrder{}
}

// plan gives every pending row with what is to be done for it; those that are
// duplicates have their outcome in the action.
func (p *planner) plan(ctx context.Context, take func(decision, *Result) error) error {
	return p.each(ctx, func(d decision) error {
		if d.action.counts() && d.row.Source != Leftover {
			at := placeOf(d.row.Source, d.row.Line)
			res, is := p.dup.check(d.row.Key, d.number(), at)
			if !is {
				res, is = p.dup.checkNumber(d.recordNumber(), at)
			}
			if is {
				return take(d, &res)
			}
		}
		if len(d.action.Steps) == 0 {
			res := decided(&d.row, d.action.Action)
			return take(d, &res)
		}
		return take(d, nil)
	})
}

// each decides on every pending row, without regard to duplicates.
func (p *planner) each(ctx context.Context, take func(decision) error) error {
	for after := int64(0); ; {
		rows, err := p.Ledger.Pending(ctx, after, planBatch)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].Seq
		there, err := p.situations(ctx, rows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			d, err := p.decide(row, there)
			if err != nil {
				return err
			}
			if err := take(d); err != nil {
				return err
			}
		}
	}
}

// decide decides on one row.
func (p *planner) decide(row Row, there *situations) (d decision, err error) {
	d = decision{row: row, records: there.records[row.Key]}
	if row.Source == Leftover {
		d.orders = there.leftover(&row)
		d.action = action{p.decideLeftover(&row, d.orders)}
		return d, nil
	}
	d.orders = p.ordersFor(&row, d.records, there)
	if d.contact, err = p.contact(&row, there); err != nil {
		return d, err
	}
	policy := p.Policy
	if policy.Update {
		policy.OnBlank = p.onBlank[row.Source]
		if err := p.values(&d); err != nil {
			return d, err
		}
	}
	s := situationOf(d.orders, d.records)
	s.Suppressed = p.suppressedBy(&row, d.records)
	d.action = action{reconcile.Decide(d.contact, s, policy)}
	return d, nil
}

// contact is what the decision needs to know of a row.
func (p *planner) contact(row *Row, there *situations) (reconcile.Contact, error) {
	c := contactOf(row)
	if !p.Policy.Update {
		return c, nil
	}
	var err error
	c.Values, c.Blank, err = row.values(p.mapped[row.Source])
	c.Applied = there.applied[row.Key]
	return c, err
}

// values completes what is known of the orders and records that a row may
// update.
func (p *planner) values(d *decision) error {
	bodies := make(map[string]reconcile.Values, len(d.records))
	for i := range d.records {
		rec := &d.records[i]
		var body client.Record
		if err := json.Unmarshal(rec.Body, &body); err != nil {
			return fmt.Errorf("reading record %s from the ledger: %w", rec.UUID, err)
		}
		rec.Values = p.shownRecord(body, p.wanted)
		bodies[rec.UUID] = rec.Values
	}
	for i := range d.orders {
		o := &d.orders[i]
		o.Other = !p.byPhone() && o.Key != d.row.Key && (o.Key != "" || o.RecordUUID == "")
		if o.Values != nil {
			p.settings.fill(o.Values)
		}
		if body, known := bodies[o.RecordUUID]; known {
			o.Whole = true
			merged := maps.Clone(o.Values)
			if merged == nil {
				merged = make(reconcile.Values)
			}
			maps.Copy(merged, body)
			o.Values = merged
		}
	}
	return nil
}

// contactOf is what the decision on a new row needs to know of it.
func contactOf(r *Row) reconcile.Contact {
	c := reconcile.Contact{Key: r.Key, Meant: r.Meant, Settings: r.Settings != nil}
	if r.Settings != nil {
		c.ScheduledTime = r.Settings.ScheduledTime
	}
	return c
}
