package source

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// delimiterOf reads the option; "" is to find out.
func delimiterOf(option string) (string, *Error) {
	switch option {
	case "tab", `\t`:
		return "\t", nil
	case "":
		return "", nil
	}
	c, n := utf8.DecodeRuneInString(option)
	if n == len(option) && c != utf8.RuneError && c != '"' && c != '\n' && c != '\r' && c != 0 {
		return option, nil
	}
	return "", &Error{Code: "delimiter", Message: fmt.Sprintf("%q cannot be the delimiter", option),
		Hint: `give one character that is neither a quote nor a line end, or "tab"`}
}

// sampleRows is how many rows of the sample the delimiter is found out by.
const sampleRows = 1000

// findDelimiter returns the delimiter that cuts most rows of the sample into as
// many cells as the header; among equals, the one that cuts more. A file that
// none of them cuts has one column, and a comma does no harm.
func findDelimiter(sample []byte, whole bool) string {
	best, bestScore := ",", 0.0
	for _, d := range []string{",", ";", "\t", "|"} {
		if score := consistency(newCutter(format{delim: []byte(d), quote: '"'}), sample, whole); score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}

// consistency is 0 where the header has one cell. Else it is the share of
// rows as wide as the header, with a small bonus for width: it tells apart a
// delimiter and a character that stands once in every cell of some column.
func consistency(c *cutter, sample []byte, whole bool) float64 {
	width, rows, same := 0, 0, 0
	for i := 0; i < len(sample) && rows < sampleRows; {
		r := c.cut(sample[i:], whole, strictly)
		switch r.trouble {
		case none:
		case more:
			r.next = len(sample) - i
		default:
			r.next = afterBreak(sample[i:], lineEnd(sample[i:], r.at))
		}
		i += r.next
		if r.trouble == more || r.trouble == none && len(bytes.TrimSpace(c.text)) == 0 {
			continue
		}
		if rows++; width == 0 {
			if width = r.cells; r.trouble != none || width < 2 {
				return 0
			}
		}
		if r.trouble == none && r.cells == width {
			same++
		}
	}
	if rows == 0 {
		return 0
	}
	return float64(same) / float64(rows) * (1 - 1/float64(width))
}
