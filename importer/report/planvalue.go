package report

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// valueText is a value as a person reads it.
func valueText(v json.RawMessage) string {
	var s string
	switch {
	case string(v) == "null", string(v) == `""`:
		return "(blank)"
	case json.Unmarshal(v, &s) == nil:
		return s
	}
	return string(v)
}

// quotedValue is a value within a sentence.
func quotedValue(v json.RawMessage) string {
	switch text := valueText(v); {
	case text == "(blank)":
		return "blank"
	case v[0] == '"':
		return strconv.Quote(short(text))
	default:
		return short(text)
	}
}

// cells is how wide text is on a terminal.
func cells(text string) (n int) {
	for _, r := range text {
		n += cellsOf(r)
	}
	return n
}

func cellsOf(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// fit shortens text to so many cells.
func fit(text string, most int) string {
	if cells(text) <= most {
		return text
	}
	n := 1 // of the mark that something is missing
	for i, r := range text {
		if n += cellsOf(r); n > most {
			return text[:i] + "…"
		}
	}
	return text
}

// pad fills text up to so many cells.
func pad(text string, to int) string {
	return text + strings.Repeat(" ", max(0, to-cells(text)))
}
