package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// AddRecordType adds a record type. UUID, status and slug are filled in where empty.
// It answers the type as it is stored.
func (s *Server) AddRecordType(t RecordType) (RecordType, error) {
	if t.Name == "" {
		return t, errors.New("adding a record type: it has no name")
	}
	setDefault(&t.UUID, newID())
	setDefault(&t.Plural, t.Name+"s")
	setDefault(&t.Slug, foldCase(t.Name))
	setDefault(&t.Status, "active")
	if err := t.compile(); err != nil {
		return t, fmt.Errorf("adding record type %q: %w", t.Name, err)
	}
	body, err := json.Marshal(t)
	if err != nil {
		return t, err
	}
	s.catalog.setup.Lock()
	defer s.catalog.setup.Unlock()
	t.id = int64(len(s.catalog.allTypes()) + 1)
	if err := s.insert("INSERT INTO record_types (id, uuid, name, body) VALUES (?,?,?,?)", t.id, t.UUID, t.Name, string(body)); err != nil {
		return t, fmt.Errorf("adding record type %q: %w", t.Name, err)
	}
	s.catalog.addType(&t)
	return t, nil
}

// AddCampaign adds a campaign: active, outbound and in UTC where it says
// nothing else. Its record type must be there. It answers the campaign as it is
// stored.
func (s *Server) AddCampaign(c Campaign) (Campaign, error) {
	if c.Name == "" {
		return c, errors.New("adding a campaign: it has no name")
	}
	if c.RecordTypeUUID != "" && s.catalog.recordType(string(c.RecordTypeUUID)) == nil {
		return c, fmt.Errorf("adding campaign %q: there is no record type %s", c.Name, c.RecordTypeUUID)
	}
	setDefault(&c.UUID, newID())
	setDefault(&c.Status, "active")
	setDefault(&c.Type, "outbound")
	setDefault(&c.Timezone, "UTC")
	if !slices.Contains(campaignStatuses, c.Status) || !isTimezone(c.Timezone) {
		return c, fmt.Errorf("adding campaign %q: status %q or time zone %q does not exist", c.Name, c.Status, c.Timezone)
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = s.now()
	}
	if c.UpdatedAt.IsZero() {
		c.UpdatedAt = c.CreatedAt
	}
	body, err := json.Marshal(c)
	if err != nil {
		return c, err
	}
	s.catalog.setup.Lock()
	defer s.catalog.setup.Unlock()
	c.id = int64(len(s.catalog.allCampaigns()) + 1)
	if err := s.insert("INSERT INTO campaigns (id, uuid, name, status, body) VALUES (?,?,?,?,?)", c.id, c.UUID, c.Name, c.Status, string(body)); err != nil {
		return c, fmt.Errorf("adding campaign %q: %w", c.Name, err)
	}
	s.catalog.addCampaign(&c)
	return c, nil
}

// AddRecord adds a record as it is, without the checks of the API: its type
// must exist (or be empty) and its parameters must be a JSON object (or nil).
// UUID, name, status and times are filled in where empty.
func (s *Server) AddRecord(r Record) (Record, error) {
	if err := s.completeRecord(&r); err != nil {
		return r, err
	}
	_, err := s.db.commit(func(tx *transaction) (any, error) {
		made := r
		return nil, tx.insertRecord(&made)
	})
	return r, err
}

func (s *Server) completeRecord(r *Record) error {
	if r.RecordTypeUUID != "" {
		t := s.catalog.recordType(string(r.RecordTypeUUID))
		if t == nil {
			return fmt.Errorf("adding record %s: there is no record type %s", r.PhoneNumber, r.RecordTypeUUID)
		}
		r.typeID = t.id
	}
	if len(r.Parameters) == 0 {
		r.Parameters = json.RawMessage("{}")
	}
	if _, err := object(r.Parameters); err != nil {
		return fmt.Errorf("adding record %s: parameters: %w", r.PhoneNumber, err)
	}
	setDefault(&r.UUID, newID())
	setDefault(&r.Status, "active")
	setDefault(&r.Name, generateName(r))
	setTimes(&r.CreatedAt, &r.UpdatedAt, s.now())
	return nil
}

// AddOrder adds an order as it is, with any text as status, and with it its
// record, unless the record's UUID is one that is there. The campaign is named
// by CampaignUUID; a new record gets the campaign's record type.
func (s *Server) AddOrder(o Order) (Order, error) {
	campaign := s.catalog.campaign(o.CampaignUUID)
	if campaign == nil {
		return o, fmt.Errorf("adding an order: there is no campaign %q", o.CampaignUUID)
	}
	o.campaignID = campaign.id
	setDefault(&o.UUID, newID())
	setDefault(&o.Status, "registered")
	setTimes(&o.CreatedAt, &o.UpdatedAt, s.now())
	if o.Record.RecordTypeUUID == "" {
		o.Record.RecordTypeUUID = campaign.RecordTypeUUID
	}
	if err := s.completeRecord(&o.Record); err != nil {
		return o, err
	}
	made, err := s.db.commit(func(tx *transaction) (any, error) { return tx.addOrder(o) })
	if err != nil {
		return o, fmt.Errorf("adding an order to campaign %q: %w", campaign.Name, err)
	}
	return made.(Order), nil
}

func (tx *transaction) addOrder(o Order) (Order, error) {
	held, err := tx.record(o.Record.UUID)
	switch {
	case err != nil:
		return o, err
	case held != nil:
		o.Record = *held
	default:
		if err := tx.insertRecord(&o.Record); err != nil {
			return o, err
		}
	}
	if err := tx.insertOrder(&o); err != nil {
		return o, err
	}
	return o, tx.updateOrder(&o, o.Status)
}

// SetStatus gives an order any text as its status, as if somebody else had done it.
func (s *Server) SetStatus(campaignUUID, orderUUID, status string) error {
	campaign := s.catalog.campaign(campaignUUID)
	if campaign == nil {
		return notFound("campaign", campaignUUID)
	}
	now := s.now()
	_, err := s.db.commit(func(tx *transaction) (any, error) {
		o, err := existing(tx.order(campaign.id, orderUUID))("order", orderUUID)
		if err != nil {
			return nil, err
		}
		before := o.Status
		o.Status, o.UpdatedAt = status, now
		return nil, tx.updateOrder(o, before)
	})
	return err
}

// Orders answers all orders of a campaign with their records, oldest first.
func (s *Server) Orders(campaignUUID string) ([]Order, error) {
	campaign := s.catalog.campaign(campaignUUID)
	if campaign == nil {
		return nil, notFound("campaign", campaignUUID)
	}
	defer s.db.reading()()
	rows, err := s.db.reader.query("SELECT "+orderColumns+ordersWithRecords+" WHERE o.campaign_id = ? ORDER BY o.id", campaign.id)
	return collect(rows, err, scanOrder)
}

// Records answers all records of the account, oldest first.
func (s *Server) Records() ([]Record, error) {
	defer s.db.reading()()
	rows, err := s.db.reader.query("SELECT " + recordColumns + " FROM records r ORDER BY r.id")
	return collect(rows, err, scanRecord)
}

// Campaigns answers all campaigns.
func (s *Server) Campaigns() []Campaign {
	var all []Campaign
	for _, c := range s.catalog.allCampaigns() {
		all = append(all, *c)
	}
	return all
}

// RecordTypes answers all record types.
func (s *Server) RecordTypes() []RecordType {
	var all []RecordType
	for _, t := range s.catalog.allTypes() {
		all = append(all, *t)
	}
	return all
}

func (s *Server) insert(query string, args ...any) error {
	_, err := s.db.commit(func(tx *transaction) (any, error) {
		return tx.exec(query, args...)
	})
	return err
}

func setDefault(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

func setTimes(created, updated *time.Time, now time.Time) {
	if created.IsZero() {
		*created = now
	}
	if updated.IsZero() {
		*updated = *created
	}
}
