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

// situations are what is there for a batch of rows.
type situations struct {
	records map[string][]SnapshotRecord // by key
	applied map[string]reconcile.Values // by key; where there is to be an update

	byKey, byPhone, byRecord map[string][]SnapshotOrder
	byUUID                   map[string]SnapshotOrder
}

// situations looks up what is there for a batch of rows.
func (p *planner) situations(ctx context.Context, rows []Row) (*situations, error) {
	s := &situations{
		records: make(map[string][]SnapshotRecord),
		byKey:   make(map[string][]SnapshotOrder), byPhone: make(map[string][]SnapshotOrder), byRecord: make(map[string][]SnapshotOrder),
		byUUID: make(map[string]SnapshotOrder),
	}
	keys := make([]string, 0, len(rows))
	wanted := Wanted{Phones: make([]string, 0, len(rows))}
	for i := range rows {
		keys = append(keys, rows[i].Key)
		if rows[i].Phone != "" {
			wanted.Phones = append(wanted.Phones, rows[i].Phone)
		}
		if rows[i].Source == Leftover {
			wanted.Orders = append(wanted.Orders, rows[i].Meant)
		}
	}
	found, err := p.Ledger.RecordsOf(ctx, keys)
	if err != nil {
		return nil, err
	}
	for _, rec := range found {
		s.records[rec.Key] = append(s.records[rec.Key], rec)
		wanted.Records = append(wanted.Records, rec.UUID)
		if rec.Phone != "" {
			wanted.Phones = append(wanted.Phones, rec.Phone)
		}
	}
	if !p.byPhone() { // else the number is the key
		wanted.Keys = keys
	}
	orders, err := p.Ledger.OrdersOf(ctx, wanted)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		s.byUUID[o.UUID] = o
		s.byPhone[o.Phone] = append(s.byPhone[o.Phone], o)
		s.byRecord[o.RecordUUID] = append(s.byRecord[o.RecordUUID], o)
		if o.Key != "" {
			s.byKey[o.Key] = append(s.byKey[o.Key], o)
		}
	}
	if p.Policy.Update {
		s.applied, err = p.Ledger.Applied(ctx, keys)
	}
	return s, err
}

// ordersFor gives the orders that stand in the way of a new one for the row:
// those of its key and those of its number. Where several people may have one
// number, only a Do-Not-Call order counts for all of them.
func (p *planner) ordersFor(row *Row, records []SnapshotRecord, index *situations) []SnapshotOrder {
	var orders []SnapshotOrder
	add := func(more []SnapshotOrder, all bool) {
		for _, o := range more {
			if all || o.Status.DoNotCall() {
				orders = append(orders, o)
			}
		}
	}
	if !p.byPhone() {
		add(index.byKey[row.Key], true)
	}
	if row.Phone != "" {
		add(index.byPhone[row.Phone], !p.shared())
	}
	for _, rec := range records {
		add(index.byRecord[rec.UUID], true)
		if rec.Phone != "" && rec.Phone != row.Phone {
			add(index.byPhone[rec.Phone], !p.shared())
		}
	}
	return orders
}

// suppressedBy is the list that has the number of the row, or that of a record
// which might be associated for it.
func (p *planner) suppressedBy(row *Row, records []SnapshotRecord) string {
	if list := p.Suppression.By(row.Phone); list != "" {
		return list
	}
	for _, rec := range records {
		if list := p.Suppression.By(rec.Phone); list != "" {
			return list
		}
	}
	return ""
}

func situationOf(orders []SnapshotOrder, records []SnapshotRecord) reconcile.Situation {
	var s reconcile.Situation
	for _, o := range orders {
		s.Orders = append(s.Orders, o.Order)
	}
	for _, rec := range records {
		s.Records = append(s.Records, rec.Record)
	}
	return s
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
		o.Other = !p.byPhone() && o.Key != "" && o.Key != d.row.Key
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
