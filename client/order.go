package client

import (
	"encoding/json"
	"time"
)

// Order is a record's place in a campaign: whether, when and how it is called.
type Order struct {
	UUID                     string
	CampaignUUID             string
	Status                   Status     // as it came; empty where the server did not send one
	ScheduledTime            *time.Time // nil where there is none, or where it could not be read; then see Extra
	ScheduledTimeTimezone    string     // IANA zone in which the time was meant
	ScheduledDurationSeconds *json.Number
	Price                    *json.Number
	CurrencyCode             string // ISO 4217
	Instructions             string
	Record                   Record                     // may be partial: see Record.Has
	Extra                    map[string]json.RawMessage // fields that this package does not know; kept in a round trip
}

// UnmarshalJSON reads an order as the API sends it.
func (o *Order) UnmarshalJSON(text []byte) error {
	var room [20]member
	fields, err := parseObjectIn(text, room[:0])
	if err != nil {
		return err
	}
	*o = Order{
		UUID:                     fields.text("uuid"),
		CampaignUUID:             fields.text("campaignUuid"),
		Status:                   Status(fields.text("status")),
		ScheduledTime:            fields.timePointer("scheduledTime"),
		ScheduledTimeTimezone:    fields.text("scheduledTimeTimezone"),
		ScheduledDurationSeconds: fields.number("scheduledDurationSeconds"),
		Price:                    fields.number("price"),
		CurrencyCode:             fields.text("currencyCode"),
		Instructions:             fields.text("instructions"),
	}
	if raw, _ := fields.raw("record"); o.Record.UnmarshalJSON(raw) == nil {
		fields.remove("record")
	}
	o.Extra = fields.extra()
	return nil
}

// MarshalJSON writes what was read, unknown fields included.
func (o Order) MarshalJSON() ([]byte, error) {
	w := newWriter(o.Extra)
	w.text("uuid", o.UUID, false)
	w.text("campaignUuid", o.CampaignUUID, false)
	w.text("status", string(o.Status), false)
	if o.ScheduledTime != nil {
		w.time("scheduledTime", *o.ScheduledTime)
	}
	w.text("scheduledTimeTimezone", o.ScheduledTimeTimezone, false)
	if o.ScheduledDurationSeconds != nil {
		w["scheduledDurationSeconds"] = o.ScheduledDurationSeconds
	}
	if o.Price != nil {
		w["price"] = o.Price
	}
	w.text("currencyCode", o.CurrencyCode, false)
	w.text("instructions", o.Instructions, false)
	if o.Record.UUID != "" || o.Record.sent != 0 || len(o.Record.Extra) != 0 {
		w["record"] = o.Record
	}
	return json.Marshal(w)
}

// OrderQuery narrows a list of orders.
type OrderQuery struct {
	Search string // partial match on name or number, not case-sensitive: hold the answers against the exact number again
	Status Status // empty: any
}

// OrderCreate is the body of a create: no more than this can be set by it.
type OrderCreate struct {
	Status Status          `json:"status,omitempty"` // empty: the server's default
	Record json.RawMessage `json:"record"`           // a JSON object; phoneNumber is required
}

// OrderPatch is the body of an update. Zero fields are left out and so stay
// as they are on the server.
type OrderPatch struct {
	Status                   Status       `json:"status,omitempty"`
	ScheduledTime            *time.Time   `json:"-"` // sent as an instant in UTC
	ScheduledTimeTimezone    string       `json:"scheduledTimeTimezone,omitempty"`
	ScheduledDurationSeconds *json.Number `json:"scheduledDurationSeconds,omitempty"`
	Price                    *json.Number `json:"price,omitempty"`
	CurrencyCode             string       `json:"currencyCode,omitempty"`
	Instructions             string       `json:"instructions,omitempty"`
}

// MarshalJSON writes the fields that are set.
func (p OrderPatch) MarshalJSON() ([]byte, error) {
	type fields OrderPatch
	var at string
	if p.ScheduledTime != nil {
		at = p.ScheduledTime.UTC().Format(time.RFC3339Nano)
	}
	return json.Marshal(struct {
		ScheduledTime string `json:"scheduledTime,omitempty"`
		fields
	}{at, fields(p)})
}
