package importer

import (
	"context"

	"github.com/campsync/campsync/importer/reconcile"
)

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
