package mapping

// Spec is a mapping as a file says it or as [Propose] found it.
type Spec struct {
	Version       int
	Identity      string  // phoneNumber (also where ""), email, recordUuid or parameters.<id>
	SharedNumbers string  // "allow" where several people may have one number
	Region        string  // ISO alpha-2, for numbers without a country code
	Columns       []Entry // in the order of the file
	Filter        string  // expression; rows for which it is false are left out
	OnBlank       string  // keep (also where ""), clear or error: what an empty cell does to a value that exists

	file *file // where it was read from; nil for a proposal
	at   map[string]position
}

// Entry says where one target gets its value from: one column, the first good
// one of several, or an expression.
type Entry struct {
	Target  string
	Column  string
	Columns []string
	First   string // valid or filled; with Columns
	Expr    string

	Transform   []Transform
	Default     string   // sent where the cell is blank; "" for none
	Type        string   // parameters whose type the record type does not say; see [Field]
	Formats     []string // of dates and times, such as "DD/MM/YYYY HH:mm"
	Decimal     string   // decimal mark of numbers, "," or "."; "" where a number may only have one reading
	TrueValues  []string // of a bool, in the place of the known words
	FalseValues []string
	Timezone    Timezone
	Take        string // "extension": the extension of the phone number, not the number

	at map[string]position
}

// Timezone says in which zone a time without an offset is meant. The zero
// value is order.timezone of the row where that is mapped, then the
// campaign's zone, then UTC.
type Timezone struct {
	Name   string // IANA name, or fromPhone or fromCountry
	Column string // the column that names it
	Doubt  string // with fromPhone and fromCountry, where several zones differ: earliest, latest or campaign; "" rejects the row
}

// Transform is one step that changes a cell's text before its conversion.
type Transform struct {
	Name  string            // trim, lower, upper, title, digits, countryCode, currencyCode, split, join, replace, lookup
	Args  []string          // of split (separator, part), join, replace (old, new)
	Table map[string]string // of lookup
}
