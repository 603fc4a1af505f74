package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// statuses are those that requests may name: the ones that the platform shows
// and the ones that its list filter documents.
func statuses() []string {
	return []string{
		"registered", "planned", "scheduled", "busy", "contacted", "canceled", "do-not-call",
		"calling", "completed", "failed", "no-answer",
	}
}

func isStatus(text string) bool { return slices.Contains(statuses(), text) }

func statusMessage() string { return "must be one of " + strings.Join(statuses(), ", ") }

func (s *Server) listOrders(c *call) (int, any, error) {
	campaign, err := s.campaign(c)
	if err != nil {
		return 0, nil, err
	}
	page, limit, err := c.page()
	if err != nil {
		return 0, nil, err
	}
	status := c.query.Get("status")
	if status != "" && !isStatus(status) {
		return 0, nil, refuse(http.StatusBadRequest, "status %s", statusMessage())
	}
	items, total, err := readPage(c.reads, ordersIn(campaign.id, status, c.query.Get("search")), page, limit, scanOrder)
	if s.partialRecords {
		return http.StatusOK, paged("orders", partial(items), total, page, limit), err
	}
	return http.StatusOK, paged("orders", items, total, page, limit), err
}

// partialOrder shows of the record what is sure to be there.
type partialOrder struct {
	Order
	Record partialRecord `json:"record"`
}

type partialRecord struct {
	UUID        string `json:"uuid"`
	Name        string `json:"name"`
	PhoneNumber string `json:"phoneNumber"`
}

func partial(orders []Order) []partialOrder {
	all := make([]partialOrder, len(orders))
	for i, o := range orders {
		all[i] = partialOrder{o, partialRecord{o.Record.UUID, o.Record.Name, o.Record.PhoneNumber}}
	}
	return all
}

// createOrder takes status and record alone. It knows nothing of the numbers
// that are there: what is sent twice is made twice.
func (s *Server) createOrder(c *call) (int, any, error) {
	campaign, err := s.campaign(c)
	if err != nil {
		return 0, nil, err
	}
	fields, err := c.fields()
	if err != nil {
		return 0, nil, err
	}
	recordType := s.catalog.recordType(string(campaign.RecordTypeUUID))
	o := s.newOrder(campaign, s.newRecord(recordType))
	if wrong := setOrder(o, fields, recordType); len(wrong) > 0 {
		return 0, nil, wrong.err()
	}
	_, err = s.db.commit(func(tx *transaction) (any, error) {
		made := *o // a replica gives it ids of its own
		if err := tx.insertRecord(&made.Record); err != nil {
			return nil, err
		}
		if err := tx.insertOrder(&made); err != nil {
			return nil, err
		}
		return nil, tx.journal(o.CreatedAt, ActionCreate, made)
	})
	return http.StatusCreated, o, err
}

// newOrder makes the order of a record.
func (s *Server) newOrder(campaign *Campaign, r *Record) *Order {
	now := s.now()
	return &Order{
		UUID: newID(), CampaignUUID: campaign.UUID, campaignID: campaign.id, Status: "registered",
		Record: *r, CreatedAt: now, UpdatedAt: now,
	}
}

// setOrder takes the body of a create.
func setOrder(o *Order, fields map[string]json.RawMessage, recordType *RecordType) (wrong invalid) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch value := fields[name]; name {
		case "status":
			if !isNull(value) {
				setStatus(o, value, &wrong)
			}
		case "record":
		default:
			wrong.add(name, "is not a field of a new order; it takes status and record")
		}
	}
	var record map[string]json.RawMessage
	switch value := fields["record"]; {
	case isNull(value):
		wrong.add("record", "is required")
	case json.Unmarshal(value, &record) != nil:
		wrong.add("record", "must be an object")
	default:
		wrong = append(wrong, setRecord(&o.Record, record, recordType, true)...)
	}
	return wrong
}

func setStatus(o *Order, value json.RawMessage, wrong *invalid) {
	text, _ := stringOf(value)
	if !isStatus(text) {
		wrong.add("status", "%s", statusMessage())
		return
	}
	o.Status = text
}

// removeOrder leaves the record.
func (s *Server) removeOrder(c *call) (int, any, error) {
	campaign, id, err := s.orderID(c)
	if err != nil {
		return 0, nil, err
	}
	now := s.now()
	_, err = s.db.commit(func(tx *transaction) (any, error) {
		o, err := existing(tx.order(campaign.id, id))("order", id)
		if err != nil {
			return nil, err
		}
		return nil, tx.removeOrder(o, now)
	})
	return http.StatusNoContent, nil, err
}

func (tx *transaction) removeOrder(o *Order, at time.Time) error {
	if err := tx.deleteOrder(o); err != nil {
		return err
	}
	return tx.journal(at, ActionRemove, *o)
}

// orderID reads campaign and order of the path.
func (s *Server) orderID(c *call) (*Campaign, string, error) {
	campaign, err := s.campaign(c)
	if err != nil {
		return nil, "", err
	}
	id, err := c.id("order")
	return campaign, id, err
}
