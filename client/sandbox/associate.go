package sandbox

import (
	"encoding/json"
	"net/http"
)

// associate gives each record an order in the campaign, or answers the one
// that it has. It does so for all records or none.
func (s *Server) associate(c *call) (int, any, error) {
	campaign, err := s.campaign(c)
	if err != nil {
		return 0, nil, err
	}
	fields, err := c.fields()
	if err != nil {
		return 0, nil, err
	}
	ids, err := s.recordIDs(fields)
	if err != nil {
		return 0, nil, err
	}
	fresh := make([]*Order, len(ids)) // made here, so that a replica makes the same
	for i := range ids {
		fresh[i] = s.newOrder(campaign, &Record{})
	}
	orders, err := s.db.commit(func(tx *transaction) (any, error) {
		return tx.associate(campaign, ids, fresh)
	})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"orders": orders}, nil
}

func (tx *transaction) associate(campaign *Campaign, ids []string, fresh []*Order) ([]Order, error) {
	records, err := tx.associable(campaign, ids)
	if err != nil {
		return nil, err
	}
	orders := make([]Order, len(records))
	for i, r := range records {
		held, err := tx.orderOf(campaign.id, r.id)
		if err != nil {
			return nil, err
		}
		if held != nil {
			orders[i] = *held
			continue
		}
		o := *fresh[i]
		o.Record = *r
		if err := tx.insertOrder(&o); err != nil {
			return nil, err
		}
		if err := tx.journal(o.CreatedAt, ActionAssociate, o); err != nil {
			return nil, err
		}
		orders[i] = o
	}
	return orders, nil
}

// associable reads the records, and refuses all where one cannot be associated.
func (tx *transaction) associable(campaign *Campaign, ids []string) ([]*Record, error) {
	records := make([]*Record, len(ids))
	for i, id := range ids {
		r, err := tx.record(id)
		switch {
		case err != nil:
			return nil, err
		case r == nil:
			return nil, refuse(http.StatusBadRequest, "there is no record %s", id)
		case r.RecordTypeUUID != campaign.RecordTypeUUID:
			return nil, refuse(http.StatusBadRequest, "record %s is not of the campaign's record type", id)
		}
		records[i] = r
	}
	return records, nil
}

func (s *Server) recordIDs(fields map[string]json.RawMessage) ([]string, error) {
	var wrong invalid
	for name := range fields {
		if name != "recordUuids" {
			wrong.add(name, "is not a field of an association")
		}
	}
	var ids []string
	if value := fields["recordUuids"]; isNull(value) {
		wrong.add("recordUuids", "is required")
	} else if json.Unmarshal(value, &ids) != nil || len(ids) == 0 {
		wrong.add("recordUuids", "must be a list of UUIDs")
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	if len(ids) > s.maxBatch {
		return nil, refuse(http.StatusRequestEntityTooLarge, "at most %d records can be associated at once", s.maxBatch)
	}
	for i, text := range ids {
		id, err := parseID(text)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}
