package importer

import (
	"context"
	"strings"

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
	p := &planner{Runner: r, dup: newDuplicates(r.Duplicates, r.SharedNumbers, r.Sources)}
	if p.dup.needsSurvey() {
		err := p.each(ctx, func(d decision) error {
			if !d.action.counts() {
				return nil
			}
			p.dup.survey(d.row.Key, d.number(), placeOf(d.row.Source, d.row.Line))
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
		if !person.Touched || person.Outcome == reconcile.Duplicate || person.Outcome == reconcile.Suppressed {
			continue
		}
		at := placeOf(person.Source, person.Line)
		if p.dup.needsSurvey() {
			p.dup.survey(person.Key, person.Phone, at)
		} else {
			p.dup.check(person.Key, person.Phone, at)
		}
	}
	return p, nil
}

// decision is what is to become of a row.
type decision struct {
	row     Row
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
		if d.action.counts() {
			if res, is := p.dup.check(d.row.Key, d.number(), placeOf(d.row.Source, d.row.Line)); is {
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
		records, orders, err := p.situations(ctx, rows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			d := decision{row: row, records: records[row.Key]}
			d.orders = p.ordersFor(&row, d.records, orders)
			s := situationOf(d.orders, d.records)
			s.Suppressed = p.suppressedBy(&row, d.records)
			d.action = action{reconcile.Import(contactOf(&row), s, p.Policy)}
			if err := take(d); err != nil {
				return err
			}
		}
	}
}

// orderIndex finds orders by what they share with a row.
type orderIndex struct {
	byKey, byPhone, byRecord map[string][]SnapshotOrder
}

// situations looks up what is there for a batch of rows.
func (p *planner) situations(ctx context.Context, rows []Row) (map[string][]SnapshotRecord, orderIndex, error) {
	index := orderIndex{
		byKey: make(map[string][]SnapshotOrder), byPhone: make(map[string][]SnapshotOrder), byRecord: make(map[string][]SnapshotOrder),
	}
	keys := make([]string, 0, len(rows))
	phones := make([]string, 0, len(rows))
	for i := range rows {
		keys = append(keys, rows[i].Key)
		if rows[i].Phone != "" {
			phones = append(phones, rows[i].Phone)
		}
	}
	found, err := p.Ledger.RecordsOf(ctx, keys)
	if err != nil {
		return nil, index, err
	}
	records := make(map[string][]SnapshotRecord, len(found))
	uuids := make([]string, 0, len(found))
	for _, rec := range found {
		records[rec.Key] = append(records[rec.Key], rec)
		uuids = append(uuids, rec.UUID)
		if rec.Phone != "" {
			phones = append(phones, rec.Phone)
		}
	}
	orderKeys := keys
	if p.byPhone() {
		orderKeys = nil // the number is the key
	}
	orders, err := p.Ledger.OrdersOf(ctx, orderKeys, phones, uuids)
	if err != nil {
		return nil, index, err
	}
	for _, o := range orders {
		index.byPhone[o.Phone] = append(index.byPhone[o.Phone], o)
		index.byRecord[o.RecordUUID] = append(index.byRecord[o.RecordUUID], o)
		if o.Key != "" {
			index.byKey[o.Key] = append(index.byKey[o.Key], o)
		}
	}
	return records, index, nil
}

// ordersFor gives the orders that stand in the way of a new one for the row:
// those of its key and those of its number. Where several people may have one
// number, only a Do-Not-Call order counts for all of them.
func (p *planner) ordersFor(row *Row, records []SnapshotRecord, index orderIndex) []SnapshotOrder {
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
		add(index.byPhone[row.Phone], !p.SharedNumbers)
	}
	for _, rec := range records {
		add(index.byRecord[rec.UUID], true)
		if rec.Phone != "" && rec.Phone != row.Phone {
			add(index.byPhone[rec.Phone], !p.SharedNumbers)
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

// contactOf is what the decision needs to know of a row.
func contactOf(r *Row) reconcile.Contact {
	c := reconcile.Contact{Key: r.Key, Meant: r.Meant, Settings: r.Settings != nil}
	if r.Settings != nil {
		c.ScheduledTime = r.Settings.ScheduledTime
	}
	return c
}

// decided is the result of a row for which nothing is to be sent.
func decided(r *Row, a reconcile.Action) Result {
	res := Result{Outcome: a.Outcome, OrderUUID: a.OrderUUID, RecordUUID: a.RecordUUID, Code: a.Code, Message: a.Reason}
	switch a.Code {
	case "record-unknown":
		res.Field = identityRecord
		res.Message += " (" + r.Meant + ")"
	case "past-time":
		res.Field = "order.scheduledTime"
		res.Message += " (" + utc(r.Settings.ScheduledTime) + "); give a later time"
	}
	return res
}

// joined puts names of fields into one cell.
func joined(names []string) string { return strings.Join(names, "; ") }
