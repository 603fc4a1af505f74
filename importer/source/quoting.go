package source

import (
	"fmt"
	"strings"
)

// quoting is what the options say of how cells are quoted.
type quoting struct {
	quotes  []byte // what may stand around cells, the usual first; 0 is nothing
	escapes []byte // what may stand before a quote within quotes; 0: it is doubled
}

// quotingOf reads the options; "" is to find out.
func quotingOf(quote, escape string) (q quoting, bad *Error) {
	switch quote {
	case "":
		q.quotes = []byte{'"', '\'', 0}
	case `"`, "'":
		q.quotes = []byte(quote)
	case noQuote:
		q.quotes = []byte{0}
	default:
		return q, &Error{Code: "quote", Message: fmt.Sprintf("%q cannot be the quote character", quote),
			Hint: `give one of ", ' and none`}
	}
	switch escape {
	case "":
		q.escapes = []byte{0, '\\'}
	case "double":
		q.escapes = []byte{0}
	case "backslash":
		q.escapes = []byte{'\\'}
	default:
		return q, &Error{Code: "quote", Message: fmt.Sprintf("%q cannot be how quotes within quotes are escaped", escape),
			Hint: "give double or backslash"}
	}
	return q, nil
}

// noQuote is the option that says that quotes are characters like others.
const noQuote = "none"

// said reports whether the quote is given, so that no other is to be tried.
func (q quoting) said() bool { return len(q.quotes) == 1 }

// formats are those to try with a delimiter, the usual first. What departs from
// it in both ways, another quote and another escape, has to be said.
func (q quoting) formats(delim []byte) (all []format) {
	for i, quote := range q.quotes {
		for j, escape := range q.escapes {
			if i == 0 || j == 0 {
				all = append(all, format{delim: delim, quote: quote, escape: escape})
			}
		}
	}
	return all
}

// usual is the first of them.
func (q quoting) usual(delim string) format { return q.formats([]byte(delim))[0] }

// clash is the error for a delimiter that is said to be something else too.
func (q quoting) clash(delim string) *Error {
	var what string
	switch {
	case q.said() && q.quotes[0] != 0 && strings.IndexByte(delim, q.quotes[0]) >= 0:
		what = "quote"
	case len(q.escapes) == 1 && q.escapes[0] != 0 && strings.IndexByte(delim, q.escapes[0]) >= 0:
		what = "escape"
	default:
		return nil
	}
	return &Error{Code: "delimiter", Message: fmt.Sprintf("%q cannot be both the delimiter and the %s character", delim, what),
		Hint: "change one of them"}
}
