package client

import (
	"encoding/json"
	"slices"
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

	sent sentFields
}

// orderSettings are the fields that an update can set, apart from the status.
var orderSettings = [...]string{
	"scheduledTime", "scheduledTimeTimezone", "scheduledDurationSeconds", "price", "currencyCode", "instructions",
}

// Has reports whether the server sent the setting at all, by its wire name. One
// that it did not send is unknown, not blank.
func (o Order) Has(setting string) bool {
	i := slices.Index(orderSettings[:], setting)
	return i >= 0 && o.sent&(1<<i) != 0
}

// UnmarshalJSON reads an order as the API sends it.
func (o *Order) UnmarshalJSON(text []byte) error {
	var room [20]member
	fields, err := parseObjectIn(text, room[:0])
	if err != nil {
		return err
	}
	var sent sentFields
	for i, name := range orderSettings {
		if _, ok := fields.raw(name); ok {
			sent |= 1 << i
		}
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
		sent:                     sent,
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
	Clear                    []string     `json:"-"` // fields, by their wire names, that become null
}

// IsZero reports whether the patch changes nothing.
func (p OrderPatch) IsZero() bool {
	return p.Status == "" && !p.Sets() && len(p.Clear) == 0
}

// Sets reports whether the patch sets another field than the status.
func (p OrderPatch) Sets() bool {
	return p.ScheduledTime != nil || p.ScheduledTimeTimezone != "" || p.ScheduledDurationSeconds != nil || p.Price != nil ||
		p.CurrencyCode != "" || p.Instructions != ""
}

// MarshalJSON writes the fields that are set, and null for those to clear.
func (p OrderPatch) MarshalJSON() ([]byte, error) {
	type fields OrderPatch
	var at string
	if p.ScheduledTime != nil {
		at = p.ScheduledTime.UTC().Format(time.RFC3339Nano)
	}
	return withNulls(struct {
		ScheduledTime string `json:"scheduledTime,omitempty"`
		fields
	}{at, fields(p)}, p.Clear)
}

// withNulls writes a value that is an object, with null for each of the names.
func withNulls(v any, names []string) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil || len(names) == 0 {
		return text, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, err
	}
	for _, name := range names {
		object[name] = json.RawMessage("null")
	}
	return json.Marshal(object)
}
