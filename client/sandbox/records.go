package sandbox

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
)

// newID makes a UUID. Version 7 grows with time, so that what is inserted goes
// to the end of the index.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

func (s *Server) listRecords(c *call) (int, any, error) {
	page, limit, err := c.page()
	if err != nil {
		return 0, nil, err
	}
	var recordType *RecordType
	if text := c.query.Get("recordTypeUuid"); text != "" {
		id, err := parseID(text)
		if err != nil {
			return 0, nil, err
		}
		if recordType = s.catalog.recordType(id); recordType == nil {
			return 0, nil, notFound("record type", id)
		}
	}
	var campaign *Campaign
	if text := c.query.Get("campaignUuid"); text != "" {
		id, err := parseID(text)
		if err != nil {
			return 0, nil, err
		}
		if campaign = s.catalog.campaign(id); campaign == nil {
			return 0, nil, notFound("campaign", id)
		}
	}
	items, total, err := readPage(c.reads, recordsOf(recordType, campaign, c.query.Get("search")), page, limit, scanRecord)
	return http.StatusOK, paged("records", items, total, page, limit), err
}

func (s *Server) getRecord(c *call) (int, any, error) {
	id, err := c.id("uuid")
	if err != nil {
		return 0, nil, err
	}
	defer c.reads.reading()()
	r, err := existing(c.reads.reader.record(id))("record", id)
	return http.StatusOK, r, err
}

// existing makes a 404 of what is not there.
func existing[T any](found *T, err error) func(kind, uuid string) (*T, error) {
	return func(kind, uuid string) (*T, error) {
		if err == nil && found == nil {
			return nil, notFound(kind, uuid)
		}
		return found, err
	}
}

func (s *Server) createRecord(c *call) (int, any, error) {
	fields, err := c.fields()
	if err != nil {
		return 0, nil, err
	}
	var wrong invalid
	recordType := s.typeOf(fields["recordTypeUuid"], &wrong)
	delete(fields, "recordTypeUuid")
	r := s.newRecord(recordType)
	if wrong = append(wrong, setRecord(r, fields, recordType, true)...); len(wrong) > 0 {
		return 0, nil, wrong.err()
	}
	_, err = s.db.commit(func(tx *transaction) (any, error) {
		made := *r // a replica gives it an id of its own
		if err := tx.insertRecord(&made); err != nil {
			return nil, err
		}
		return nil, tx.journal(r.CreatedAt, ActionRecordCreate, Order{Record: *r})
	})
	return http.StatusCreated, r, err
}

func (s *Server) typeOf(value json.RawMessage, wrong *invalid) *RecordType {
	if isNull(value) {
		wrong.add("recordTypeUuid", "is required")
		return nil
	}
	text, _ := stringOf(value)
	id, err := parseID(text)
	if err != nil {
		wrong.add("recordTypeUuid", "must be a UUID")
		return nil
	}
	t := s.catalog.recordType(id)
	if t == nil {
		wrong.add("recordTypeUuid", "is no record type's")
	}
	return t
}

// newRecord makes a record of the type (nil: none) without content.
func (s *Server) newRecord(recordType *RecordType) *Record {
	now := s.now()
	r := &Record{UUID: newID(), Status: "active", CreatedAt: now, UpdatedAt: now}
	if recordType != nil {
		r.typeID, r.RecordTypeUUID = recordType.id, Text(recordType.UUID)
	}
	return r
}

func (s *Server) updateRecord(c *call) (int, any, error) {
	id, err := c.id("uuid")
	if err != nil {
		return 0, nil, err
	}
	fields, err := c.fields()
	if err != nil {
		return 0, nil, err
	}
	now := s.now()
	r, err := s.db.commit(func(tx *transaction) (any, error) {
		r, err := existing(tx.record(id))("record", id)
		if err != nil {
			return nil, err
		}
		if wrong := setRecord(r, fields, s.catalog.recordType(string(r.RecordTypeUUID)), false); len(wrong) > 0 {
			return nil, wrong.err()
		}
		r.UpdatedAt = now
		if err := tx.updateRecord(r); err != nil {
			return nil, err
		}
		return r, tx.journal(now, ActionRecordUpdate, Order{Record: *r})
	})
	return http.StatusOK, r, err
}

func (s *Server) deleteRecord(c *call) (int, any, error) {
	id, err := c.id("uuid")
	if err != nil {
		return 0, nil, err
	}
	now := s.now()
	_, err = s.db.commit(func(tx *transaction) (any, error) {
		r, err := existing(tx.record(id))("record", id)
		if err != nil {
			return nil, err
		}
		orders, err := tx.ordersOf(r.id)
		if err != nil {
			return nil, err
		}
		for i := range orders {
			if err := tx.removeOrder(&orders[i], now); err != nil {
				return nil, err
			}
		}
		if err := tx.deleteRecord(r); err != nil {
			return nil, err
		}
		return nil, tx.journal(now, ActionRecordDelete, Order{Record: *r})
	})
	return http.StatusNoContent, nil, err
}
