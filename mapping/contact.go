package mapping

import (
	"encoding/json"
	"time"
)

// Contact is what a row becomes. It is scratch space for [Mapper.Map], which
// resets it: one Contact serves any number of rows, one after the other.
type Contact struct {
	Key        string    // identity, normalized: E.164, lower-cased e-mail, lower-cased record UUID, or the parameter's value as text. May be filled although there are problems
	Phone      string    // E.164; "" only with identity recordUuid, or where there are problems
	Region     string    // ISO 3166-1 alpha-2 region of the number; "" for numbers of no country
	Record     []byte    // JSON of the record as a create sends it, blanks left out. Valid until the next Map
	RecordUUID string    // lower-cased, where the row names a record
	Settings   *Settings // nil where the row has none; never reused, so it may be kept
	Filtered   bool      // the mapping's filter leaves the row out
	Blank      []string  // targets that are mapped and have no value of their own in this row, whether or not a default is sent; see [Mapper.OnBlank]. Valid until the next Map
	Mended     []Mended  // damage that lost nothing and was taken off. Valid until the next Map

	row row
}

// Settings are what only an order's update can carry. Zero fields were not
// given. They survive a round trip through JSON unchanged.
type Settings struct {
	ScheduledTime   time.Time    `json:"scheduledTime,omitzero"` // UTC
	Timezone        string       `json:"scheduledTimeTimezone,omitzero"`
	DurationSeconds *json.Number `json:"scheduledDurationSeconds,omitzero"`
	Price           *json.Number `json:"price,omitzero"`
	CurrencyCode    string       `json:"currencyCode,omitzero"` // ISO 4217
	Instructions    string       `json:"instructions,omitzero"`
}

// Mended is damage of a cell that lost nothing and was taken off.
type Mended struct {
	Field  string // target
	Column string
	Code   string // what it was: apostrophe, formula, spaces, invisible, ...
}
