package profile

// Type is what a column seems to hold.
type Type string

// The types, from the most particular to the least.
const (
	Empty    Type = "empty" // no cell holds anything
	Phone    Type = "phone"
	Email    Type = "email"
	UUID     Type = "uuid"
	URL      Type = "url"
	Datetime Type = "datetime" // every date has a time of day
	Date     Type = "date"
	Bool     Type = "bool"
	Country  Type = "country"
	Currency Type = "currency"
	Number   Type = "number"  // whole numbers
	Decimal  Type = "decimal" // numbers, some with a fraction
	Name     Type = "name"    // of a person: the column's name says so, and the cells are words
	Text     Type = "text"
)

// Column is what is known of one column. Cells are counted without the white
// space around them, as they are when they are used.
type Column struct {
	Index    int       `json:"index"` // from 0
	Name     string    `json:"name"`
	Rows     int64     `json:"rows"`
	Filled   int64     `json:"filled"` // cells that hold something
	Distinct Distinct  `json:"distinct"`
	Constant bool      `json:"constant"` // all filled cells, two or more, are the same
	Shortest int       `json:"shortest"` // characters of the shortest filled cell
	Longest  int       `json:"longest"`
	Examples []Example `json:"examples"` // the most frequent first; then odd ones, that do not fit the type

	Type    Type     `json:"type"`
	Fits    int64    `json:"fits"`              // filled cells that fit the type
	Reason  string   `json:"reason"`            // why this type, for people
	Target  string   `json:"target"`            // what the column's name says it is: phoneNumber, email ...; "" for nothing
	Phones  *Phones  `json:"phones,omitempty"`  // of a Phone column
	Dates   *Dates   `json:"dates,omitempty"`   // of a Date or Datetime column
	Numbers *Numbers `json:"numbers,omitempty"` // of a Number or Decimal column
	Words   *Words   `json:"words,omitempty"`   // of a Bool column
	Codes   []string `json:"codes,omitempty"`   // of a Country or Currency column: the codes of the values that are known

	Damage []Damage `json:"damage"`
}

// Fill is the share of cells that hold something, from 0 to 1.
func (c *Column) Fill() float64 { return share(c.Filled, c.Rows) }

// Share is the share of filled cells that fit the type, from 0 to 1.
func (c *Column) Share() float64 { return share(c.Fits, c.Filled) }

func share(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// Distinct is the number of distinct values of filled cells.
type Distinct struct {
	Count int64 `json:"count"`
	Exact bool  `json:"exact"` // else an estimate
}

// Example is a value of the column.
type Example struct {
	Value string `json:"value"` // cut after 100 bytes, with an ellipsis
	Count int64  `json:"count"` // cells that hold it; an estimate where the column's Distinct is one
	Odd   bool   `json:"odd"`   // does not fit the column's type
	Line  int    `json:"line"`  // of the first cell that holds it
}

// Phones says how the numbers of a column can be read.
type Phones struct {
	International int64 `json:"international"` // cells with a valid number that brings its country code
	National      int64 `json:"national"`      // cells with what may be a number, without a country code
	Invalid       int64 `json:"invalid"`       // cells with neither
	// Readable are the cells that are valid numbers with what is known: their
	// country code, the country that CountryColumn has for the row, the region
	// of the options.
	Readable int64    `json:"readable"`
	Regions  []Region `json:"regions"` // to which the Readable numbers belong, the most frequent first
	// Candidates are regions in which National numbers are valid, one for each
	// country code, over a sample of distinct values. The best is the first:
	// most are valid there, and written as it is usual there. They are empty
	// where all National numbers are Readable.
	Candidates []Region `json:"candidates"`
	// NeedsCountry says that there are National numbers, and neither a region
	// nor a country column to read them with.
	NeedsCountry  bool `json:"needsCountry"`
	CountryColumn int  `json:"countryColumn"` // index of the column that is named as the country; -1 for none
}

// Region is a country with a number of cells.
type Region struct {
	Region string  `json:"region"` // ISO 3166-1 alpha-2
	Count  int64   `json:"count"`
	Share  float64 `json:"share"` // of those that were looked at
}

// Dates says how the dates of a column can be read.
type Dates struct {
	// Formats are those that read all cells of the column that are dates, as
	// a mapping's formats have them. With more than one whose readings
	// differ the column is Ambiguous: a person has to say which is meant.
	Formats   []Format `json:"formats"`
	Ambiguous bool     `json:"ambiguous"`
	// Mixed are formats that read all cells only together, the most frequent first; empty where one does.
	Mixed []Format `json:"mixed"`
}

// Format is a date format with what the column means by it.
type Format struct {
	Format  string `json:"format"` // "DD/MM/YYYY HH:mm"
	Count   int64  `json:"count"`  // cells that it reads
	First   string `json:"first"`  // the earliest date by this reading, YYYY-MM-DD
	Last    string `json:"last"`
	Example string `json:"example"` // a cell, the one that tells Ambiguous formats apart
	Reading string `json:"reading"` // that cell by this format, YYYY-MM-DD
}

// Numbers says how the numbers of a column can be read.
type Numbers struct {
	Decimal   string   `json:"decimal"`   // "." or ","; "" where no cell has a mark, or where it is Ambiguous or Mixed
	Ambiguous bool     `json:"ambiguous"` // both marks read all numbers, and some differently
	Mixed     bool     `json:"mixed"`     // neither mark reads all numbers
	Example   string   `json:"example"`   // a cell with a mark; one with two readings where it is Ambiguous
	Readings  []string `json:"readings"`  // of the Example: with ".", with ","
}

// Words are those of a column of yes and no, in lower case, the most frequent
// first.
type Words struct {
	True  []string `json:"true"`
	False []string `json:"false"`
}

// Verdict says what became of a damaged cell.
type Verdict string

// The verdicts.
const (
	Harmless Verdict = "harmless" // nothing is lost, and nothing has to be done
	Mended   Verdict = "mended"   // taken off before the cell is used; nothing is lost
	Lost     Verdict = "lost"     // what the cell held cannot be told from what is left
)

// Damage is one kind of damage in a column.
type Damage struct {
	Kind    Kind    `json:"kind"`
	Verdict Verdict `json:"verdict"`
	Count   int64   `json:"count"` // cells
	Lines   []int   `json:"lines"` // the first ten
	Example string  `json:"example"`
	Message string  `json:"message"` // what it is, for people
	Remedy  string  `json:"remedy"`  // what to do; "" where nothing need be done
}

// Kind is a kind of damage, a stable word.
type Kind string

// The kinds of damage.
const (
	Scientific  Kind = "scientific"   // 4.47911E+11: digits are lost
	ErrorValue  Kind = "error-value"  // #N/A, #REF!, #####
	DateInstead Kind = "date-instead" // a date where a phone number should be
	LeadingZero Kind = "leading-zero" // a national number without its 0
	Mojibake    Kind = "mojibake"     // JosÃ© for José
	Replaced    Kind = "replaced"     // U+FFFD: characters are lost
	Apostrophe  Kind = "apostrophe"   // '+44...
	Formula     Kind = "formula"      // ="+44..."
	PointZero   Kind = "point-zero"   // 447911123456.0 in a column of phone numbers
	Invisible   Kind = "invisible"    // characters that cannot be seen
	WideSpaces  Kind = "wide-spaces"  // no-break spaces and the like, tabs, line breaks within a phone number
	Fullwidth   Kind = "fullwidth"    // digits of East Asian width in a phone number
	Spaces      Kind = "spaces"       // white space around the cell
)
