package client

import (
	"encoding/json"
	"time"
)

// Campaign is a set of orders that are called in one way.
type Campaign struct {
	UUID                  string
	Name                  string
	Description           string
	Status                string // draft, active, paused, completed, archived
	Type                  string // outbound, inbound
	Timezone              string // IANA
	RecordTypeUUID        string // "" where the campaign has none
	OutboundAssistantUUID string
	OutboundPhoneUUID     string
	Schedule              map[string]Hours // by day: mon ... sun
	CreatedAt             time.Time
	UpdatedAt             time.Time
	Extra                 map[string]json.RawMessage // fields that this package does not know; kept in a round trip
}

// Hours are a day's calling hours, as local times of the campaign ("09:00").
type Hours struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// CampaignQuery narrows a list of campaigns.
type CampaignQuery struct {
	Search string // partial match on the name, not case-sensitive
	Status string
}

// UnmarshalJSON reads a campaign as the API sends it.
func (c *Campaign) UnmarshalJSON(text []byte) error {
	o, err := parseObject(text)
	if err != nil {
		return err
	}
	*c = Campaign{
		UUID: o.text("uuid"), Name: o.text("name"), Description: o.text("description"),
		Status: o.text("status"), Type: o.text("type"), Timezone: o.text("timezone"),
		RecordTypeUUID:        o.text("recordTypeUuid"),
		OutboundAssistantUUID: o.text("outboundAssistantUuid"),
		OutboundPhoneUUID:     o.text("outboundPhoneUuid"),
		CreatedAt:             o.time("createdAt"), UpdatedAt: o.time("updatedAt"),
	}
	take(&o, "schedule", &c.Schedule)
	c.Extra = o.extra()
	return nil
}

// MarshalJSON writes what was read, unknown fields included.
func (c Campaign) MarshalJSON() ([]byte, error) {
	w := newWriter(c.Extra)
	w.text("uuid", c.UUID, false)
	w.text("name", c.Name, true)
	w.text("description", c.Description, false)
	w.text("status", c.Status, false)
	w.text("type", c.Type, false)
	w.text("timezone", c.Timezone, false)
	w.text("recordTypeUuid", c.RecordTypeUUID, false)
	w.text("outboundAssistantUuid", c.OutboundAssistantUUID, false)
	w.text("outboundPhoneUuid", c.OutboundPhoneUUID, false)
	if c.Schedule != nil {
		w["schedule"] = c.Schedule
	}
	w.time("createdAt", c.CreatedAt)
	w.time("updatedAt", c.UpdatedAt)
	return json.Marshal(w)
}
