package sandbox

import (
	"encoding/json"
	"time"
)

// Text is a string that the API answers as null where it is empty.
type Text string

// MarshalJSON writes the string, or null.
func (t Text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// A Campaign as the API shows it.
type Campaign struct {
	UUID                  string           `json:"uuid"`
	Name                  string           `json:"name"`
	Description           Text             `json:"description"`
	Status                string           `json:"status"` // draft, active, paused, completed, archived
	Type                  string           `json:"type"`   // outbound, inbound
	Timezone              string           `json:"timezone"`
	Schedule              map[string]Hours `json:"schedule"`       // by mon, tue, ... sun
	RecordTypeUUID        Text             `json:"recordTypeUuid"` // empty: the campaign takes no parameters
	OutboundAssistantUUID Text             `json:"outboundAssistantUuid"`
	OutboundPhoneUUID     Text             `json:"outboundPhoneUuid"`
	CreatedAt             time.Time        `json:"createdAt"`
	UpdatedAt             time.Time        `json:"updatedAt"`

	id int64
}

// Hours of a day in which a campaign calls, as HH:MM.
type Hours struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// A RecordType says which parameters a record has.
type RecordType struct {
	UUID        string  `json:"uuid"`
	Name        string  `json:"name"`
	Plural      string  `json:"plural"`
	Slug        string  `json:"slug"`
	Icon        Text    `json:"icon"`
	Description Text    `json:"description"`
	IsName      bool    `json:"isName"`
	IsDefault   bool    `json:"isDefault"`
	Status      string  `json:"status"`
	Parameters  []Field `json:"parameters,omitempty"`

	id     int64
	fields map[string]*rule
}

// A Field is one parameter of a record type.
type Field struct {
	ID         string   `json:"id"`   // snake_case, the key in a record's parameters
	Type       string   `json:"type"` // see doc.go; an unknown type takes text
	Title      string   `json:"title"`
	Required   bool     `json:"required"`
	Validation string   `json:"validation,omitempty"` // regular expression of JavaScript's dialect
	Default    string   `json:"default,omitempty"`    // written as text, whatever the type
	Error      string   `json:"error,omitempty"`      // the message where the validation fails
	Options    []Option `json:"options,omitempty"`    // of a select; none: any text
}

// An Option is one choice of a select.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// A Record is a contact of the account.
type Record struct {
	UUID           string          `json:"uuid"`
	RecordTypeUUID Text            `json:"recordTypeUuid"`
	Name           string          `json:"name"`
	FirstName      Text            `json:"firstName"`
	LastName       Text            `json:"lastName"`
	Email          Text            `json:"email"`
	PhoneNumber    string          `json:"phoneNumber"`
	Country        Text            `json:"country"`
	Status         string          `json:"status"`
	Parameters     json.RawMessage `json:"parameters"` // a JSON object
	CreatedAt      time.Time       `json:"createdAt"`
	UpdatedAt      time.Time       `json:"updatedAt"`

	id     int64
	typeID int64
}

// An Order is a record's place in a campaign.
type Order struct {
	UUID                     string       `json:"uuid"`
	CampaignUUID             string       `json:"campaignUuid"`
	Status                   string       `json:"status"`
	ScheduledTime            *time.Time   `json:"scheduledTime"`
	ScheduledTimeTimezone    Text         `json:"scheduledTimeTimezone"`
	ScheduledDurationSeconds *json.Number `json:"scheduledDurationSeconds"`
	Price                    *json.Number `json:"price"`
	CurrencyCode             Text         `json:"currencyCode"`
	Instructions             Text         `json:"instructions"`
	Record                   Record       `json:"record"`
	CreatedAt                time.Time    `json:"createdAt"`
	UpdatedAt                time.Time    `json:"updatedAt"`

	id         int64
	campaignID int64
}
