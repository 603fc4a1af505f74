package client

import (
	"encoding/json"
	"time"
)

// Record is a contact of the account. Records belong to the account, not to
// a campaign. Inside a listed order a record may be partial: see [Record.Has].
type Record struct {
	UUID           string
	RecordTypeUUID string
	Name           string // made by the server where none was given
	FirstName      string
	LastName       string
	Email          string
	PhoneNumber    string // E.164
	Country        string // ISO 3166-1 alpha-2
	Status         string
	Parameters     map[string]json.RawMessage // by the fields of the record type
	CreatedAt      time.Time                  // zero where absent or unreadable; then see Extra
	UpdatedAt      time.Time
	Extra          map[string]json.RawMessage // fields that this package does not know; kept in a round trip

	sent sentFields
}

// sentFields is the set of known fields that the server sent.
type sentFields uint16

var recordFields = [...]string{
	"uuid", "recordTypeUuid", "name", "firstName", "lastName", "email", "phoneNumber", "country", "status",
	"parameters", "createdAt", "updatedAt",
}

// Has reports whether the server sent the field at all, by its wire name.
// A field that it did not send is unknown, not blank.
func (r Record) Has(field string) bool {
	for i, name := range recordFields {
		if name == field {
			return r.sent&(1<<i) != 0
		}
	}
	_, sent := r.Extra[field]
	return sent
}

// UnmarshalJSON reads a record as the API sends it.
func (r *Record) UnmarshalJSON(text []byte) error {
	var room [20]member
	o, err := parseObjectIn(text, room[:0])
	if err != nil {
		return err
	}
	*r = Record{}
	for i, name := range recordFields {
		if _, sent := o.raw(name); sent {
			r.sent |= 1 << i
		}
	}
	for i, s := range r.texts() {
		*s = o.text(recordFields[i])
	}
	r.Parameters = o.fields("parameters")
	r.CreatedAt, r.UpdatedAt = o.time("createdAt"), o.time("updatedAt")
	r.Extra = o.extra()
	return nil
}

// texts are the string fields, in the order of recordFields.
func (r *Record) texts() [9]*string {
	return [...]*string{
		&r.UUID, &r.RecordTypeUUID, &r.Name, &r.FirstName, &r.LastName, &r.Email, &r.PhoneNumber, &r.Country, &r.Status,
	}
}

// MarshalJSON writes what was read, unknown fields included.
func (r Record) MarshalJSON() ([]byte, error) {
	w := newWriter(r.Extra)
	for i, s := range r.texts() {
		w.text(recordFields[i], *s, r.sent&(1<<i) != 0)
	}
	if r.Parameters != nil {
		w["parameters"] = r.Parameters
	}
	w.time("createdAt", r.CreatedAt)
	w.time("updatedAt", r.UpdatedAt)
	return json.Marshal(w)
}
