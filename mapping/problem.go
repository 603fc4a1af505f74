package mapping

import "strings"

// Problem is one reason why a row cannot be sent.
type Problem struct {
	Line    int    // physical line of the row; Map leaves it 0, who knows the line fills it in
	Column  string // header of the column; "" where the value comes from no column
	Field   string // target
	Value   string // the cell as it stands in the file
	Code    string // stable word, see the package comment
	Message string // what is wrong, as a predicate of the value: "has lost digits"
	Hint    string // what to do; may be empty
}

// String shows the problem in one line, with its column and value:
//
//	"Mobile": 4.47911E+11 has lost digits; export the column as text
func (p Problem) String() string {
	var b strings.Builder
	if p.Column != "" {
		b.WriteString(quote(p.Column))
	} else {
		b.WriteString(escape(p.Field))
	}
	b.WriteString(": ")
	if p.Value != "" {
		b.WriteString(show(p.Value))
		b.WriteByte(' ')
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("; ")
		b.WriteString(p.Hint)
	}
	return b.String()
}
