package source

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// diagnose says what is wrong with a row, from its text alone: so that the
// same text has the same fault wherever it stands. Line is counted from the
// row's first, which is 0.
func (r *Reader) diagnose(raw []byte, endless bool) (*Fault, []string) {
	if endless {
		return &Fault{Code: CodeTooLong, Message: "the row is longer than 8 MiB",
			Hint: "look for line ends that are missing"}, nil
	}
	c := r.ahead.cut(raw, true, strictly)
	f := &Fault{Line: breaks(raw[:c.at]), Column: c.cells + 1}
	switch c.trouble {
	case stray:
		f.Code, f.Message = CodeQuote, "a quote stands inside a cell that does not begin with one"
		f.Hint = "put the cell in quotes and double those inside it"
	case after:
		f.Code, f.Message = CodeQuote, "text follows a closing quote"
		f.Hint = "double the quotes that stand inside the cell"
	case unclosed:
		f.Code, f.Message = CodeUnclosed, "a quote opens here and is never closed"
		f.Hint = "close it, or double it where it belongs to the text"
	case long:
		f.Code, f.Message = CodeTooLong, "the cell is longer than 1 MiB"
		f.Hint = "shorten it"
	default:
		if c.end < len(raw) {
			twoReadings(f, raw)
			return f, nil
		}
		cells := r.ahead.strings(len(r.header))
		f.Line = 0
		r.judge(f, raw, cells, c.cells)
		if len(cells) < c.cells || f.Code == CodeQuote && r.unquoted {
			cells = nil
		}
		return f, cells
	}
	return f, nil
}

// judge says what is wrong with a row that could be cut into n cells.
func (r *Reader) judge(f *Fault, raw []byte, cells []string, n int) {
	bad := func(is func(string) bool) bool {
		for i, cell := range cells {
			if is(cell) {
				f.Column = i + 1
				return true
			}
		}
		return false
	}
	want := len(r.header)
	f.Column = 0
	switch {
	case bad(func(s string) bool { return strings.IndexByte(s, 0) >= 0 }):
		f.Code, f.Message, f.Hint = CodeNUL, "holds a NUL character", "take it out, or export the file again"
	case bad(func(s string) bool { return !utf8.ValidString(s) }):
		f.Code, f.Message = CodeEncoding, badByte(cells[f.Column-1])
		f.Hint = "save the file as UTF-8"
	case bad(func(s string) bool { return (r.lossy || r.own) && strings.Contains(s, "\uFFFD") }):
		f.Code, f.Message = CodeEncoding, "a character could not be read, U+FFFD stands in its place"
		f.Hint = "put it right, or name the encoding of the file"
	case r.isHeader(cells):
		f.Code, f.Message, f.Hint = CodeHeader, "this is the header once more", "take the line out"
	case r.unquoted && enclosed(cells):
		f.Code, f.Message, f.Hint = CodeQuote, "a cell is in quotes, in a file whose quotes are characters like others", "take them off"
	case n == want && r.isTable(raw):
		twoReadings(f, raw)
	case r.second && (n == want || !r.own && r.fits(cells)):
		f.Code, f.Message = CodeSecond, "is of a second table in the file"
		f.Hint = "put that into a file of its own; if its rows belong here, take out the blank lines above"
	default:
		f.Code, f.Message = CodeRagged, fmt.Sprintf("has %s, the header has %d", count(n, "cell"), want)
		if f.Hint = "put a cell that holds the delimiter in quotes"; n < want {
			f.Hint = "add the cells that are missing"
		}
	}
}

// twoReadings says that nothing tells which of several readings is meant.
func twoReadings(f *Fault, raw []byte) {
	*f = Fault{Code: CodeQuote, Message: fmt.Sprintf("the quotes in these %d lines can be read in two ways", breaks(raw)+1),
		Hint: "close each quote in its line, or take the line ends out of the cells"}
}

// badByte names the first byte of s that is no UTF-8.
func badByte(s string) string {
	i := 0
	for i < len(s) {
		c, n := utf8.DecodeRuneInString(s[i:])
		if c == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return fmt.Sprintf("byte 0x%02X is no UTF-8 (byte %d of the cell)", s[i], i+1)
}

// count gives "1 cell", "2 cells".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
