package mapping

import "slices"

// Spec is a mapping as a file says it or as [Propose] found it.
type Spec struct {
	Version       int
	Identity      string   // phoneNumber (also where ""), email, recordUuid or parameters.<id>
	SharedNumbers string   // "allow" where several people may have one number
	Region        string   // ISO alpha-2, for numbers without a country code
	Columns       []Entry  // in the order of the file
	Filter        string   // expression; rows for which it is false are left out
	OnBlank       string   // keep (also where ""), clear or error: what an empty cell does to a value that exists
	MadeFor       *MadeFor // what it was made for; nil where it does not say

	file *origin // where it was read from; nil for a proposal
	at   places
}

// Entry says where one target gets its value from: a column, several columns,
// or an expression.
type Entry struct {
	Target  string
	Column  string
	Columns []string
	First   string  // with Columns: valid (the first that can be sent) or filled (the first that is not blank)
	Join    *string // with Columns: all that are not blank, with this between them
	Expr    string

	Transform   []Transform
	Default     string   // sent where the cell is blank; "" for none
	Type        string   // of parameters; see [Field]. Needed where the record type does not say it
	Formats     []string // of dates and times, such as "DD/MM/YYYY HH:mm"
	Decimal     string   // decimal mark of numbers, "," or "."; "" where only numbers with one reading are taken
	TrueValues  []string // of a bool, in the place of the known words
	FalseValues []string
	Timezone    Timezone
	Take        string // "extension": the extension of the phone number, not the number

	at places
}

// Timezone says in which zone a time without an offset is meant. The zero
// value is order.timezone of the row where that is mapped, then the
// campaign's zone, then UTC.
type Timezone struct {
	Name   string // IANA name, or fromPhone or fromCountry
	Column string // the column that holds the IANA name
	Doubt  string // with fromPhone and fromCountry, where several zones differ: earliest, latest or campaign; "" rejects the row
}

// Transform is one step that changes a cell's text before its conversion.
type Transform struct {
	Name      string      // trim, lower, upper, title, digits, countryCode, currencyCode, split, replace or lookup
	Separator string      // of split
	Part      int         // of split: from 1, or from the end with -1
	Rest      bool        // of split: all parts from that one on, written "2.."
	Table     [][2]string // of replace and lookup, in the order of the file
	Otherwise string      // of lookup, for what is not in the table: error (also where "") or keep

	at position
}

// position is a place in a file, both parts from 1.
type position struct{ line, column int }

// places says where a part of a mapping stands in its file: "target", "type",
// "formats.0" and so on.
type places map[string]position

// clone is a copy whose entries may be changed.
func (s *Spec) clone() *Spec {
	c := *s
	c.Columns = slices.Clone(s.Columns)
	return &c
}
