package client

import (
	"encoding/json"
	"fmt"
)

// RecordType is the form of a campaign's records: which parameters they have.
type RecordType struct {
	UUID        string
	Name        string
	Plural      string
	Slug        string
	Description string
	Status      string
	IsDefault   bool
	Parameters  []Field // nil where there are none
	Extra       map[string]json.RawMessage
}

// Field is one parameter of a record type.
type Field struct {
	ID         string // the key in Record.Parameters
	Type       string // text, number, date, ...; as it came, known or not
	Title      string
	Required   bool
	Validation string // a regular expression in JavaScript's dialect; "" none
	Default    string // "" none
	Error      string // what to show where Validation does not match
	Options    []Option
	Extra      map[string]json.RawMessage
}

// Option is one choice of a select field.
type Option struct{ Value, Label string }

// UnmarshalJSON reads a record type as the API sends it. A field without an
// id is an error: whoever checked rows against the rest would miss it.
func (t *RecordType) UnmarshalJSON(text []byte) error {
	o, err := parseObject(text)
	if err != nil {
		return err
	}
	*t = RecordType{
		UUID: o.text("uuid"), Name: o.text("name"), Plural: o.text("plural"), Slug: o.text("slug"),
		Description: o.text("description"), Status: o.text("status"),
	}
	take(&o, "isDefault", &t.IsDefault)
	if raw, sent := o.raw("parameters"); sent {
		if err := json.Unmarshal(raw, &t.Parameters); err != nil {
			return fmt.Errorf("parameters of record type %q: %w", t.Name, err)
		}
		o.remove("parameters")
	}
	for i, f := range t.Parameters {
		if f.ID == "" {
			return fmt.Errorf("parameter %d of record type %q has no id", i+1, t.Name)
		}
	}
	t.Extra = o.extra()
	return nil
}

// MarshalJSON writes what was read, unknown fields included.
func (t RecordType) MarshalJSON() ([]byte, error) {
	w := newWriter(t.Extra)
	w.text("uuid", t.UUID, false)
	w.text("name", t.Name, true)
	w.text("plural", t.Plural, false)
	w.text("slug", t.Slug, false)
	w.text("description", t.Description, false)
	w.text("status", t.Status, false)
	w["isDefault"] = t.IsDefault
	if t.Parameters != nil {
		w["parameters"] = t.Parameters
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads a field. Default may come as a number or a boolean: its
// text is kept.
func (f *Field) UnmarshalJSON(text []byte) error {
	o, err := parseObject(text)
	if err != nil {
		return err
	}
	*f = Field{
		ID: o.text("id"), Type: o.text("type"), Title: o.text("title"), Validation: o.text("validation"),
		Default: o.literal("default"), Error: o.text("error"),
	}
	take(&o, "required", &f.Required)
	take(&o, "options", &f.Options)
	f.Extra = o.extra()
	return nil
}

// MarshalJSON writes what was read, unknown fields included.
func (f Field) MarshalJSON() ([]byte, error) {
	w := newWriter(f.Extra)
	w.text("id", f.ID, true)
	w.text("type", f.Type, true)
	w.text("title", f.Title, false)
	w["required"] = f.Required
	w.text("validation", f.Validation, false)
	w.text("default", f.Default, false)
	w.text("error", f.Error, false)
	if f.Options != nil {
		w["options"] = f.Options
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads an option, which may be a bare string or number, or an
// object with value and label.
func (p *Option) UnmarshalJSON(text []byte) error {
	if o, err := parseObject(text); err == nil {
		*p = Option{Value: o.literal("value"), Label: o.text("label")}
	} else {
		bare := object{[]member{{key: []byte("value"), raw: text}}}
		*p = Option{Value: bare.literal("value")}
	}
	if p.Value == "" {
		return fmt.Errorf("option %.40s has no value", text)
	}
	if p.Label == "" {
		p.Label = p.Value
	}
	return nil
}

// MarshalJSON writes an option as an object with value and label.
func (p Option) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"value": p.Value, "label": p.Label})
}
