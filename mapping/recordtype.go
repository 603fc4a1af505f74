package mapping

// RecordType is what a campaign's records may hold besides their base fields.
type RecordType struct {
	Name       string
	Parameters ParameterMode
	Fields     []Field // in the record type's order; only with Typed
}

// ParameterMode says which parameters a record takes.
type ParameterMode int

const (
	Typed ParameterMode = iota // those of RecordType.Fields, with their types
	Free                       // any; text unless the mapping types them
	None                       // none: the campaign has no record type
)

// Field is one parameter of a record type.
type Field struct {
	ID         string // its key in the record's parameters
	Type       string // text, input, textarea, string, select, number, decimal, bool, date, datetime, currency, country; anything else is taken as text
	Title      string
	Required   bool
	Validation string   // regular expression in JavaScript's dialect; "" for none
	Default    string   // "" for none
	Error      string   // message to show where Validation does not match
	Options    []Option // of a select; without them any text goes
}

// Option is a choice of a select.
type Option struct {
	Value string // what is sent
	Label string // what people see; may be empty
}

func (rt *RecordType) field(id string) *Field {
	for i := range rt.Fields {
		if rt.Fields[i].ID == id {
			return &rt.Fields[i]
		}
	}
	return nil
}
