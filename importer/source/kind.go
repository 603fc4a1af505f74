package source

import (
	"strings"
	"unicode"
)

// kind is what the text of a cell looks like.
type kind int

const (
	unknown kind = iota
	blank
	word   // letters, with the marks that stand in names, addresses and sentences
	number // digits, with the marks that stand in amounts and dates
	phone
	email
	link
)

// kindOf looks at one cell.
func kindOf(cell string) kind {
	cell = strings.TrimSpace(cell)
	digits, letters, odd, at := 0, 0, 0, 0
	for _, r := range cell {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case unicode.IsLetter(r) || unicode.IsMark(r):
			letters++
		case r == '@':
			at++
		case !strings.ContainsRune(" .,-/:'’()+&#%_€$£!?\u00A0\n", r):
			odd++
		}
	}
	switch {
	case cell == "":
		return blank
	case strings.Contains(cell, "://") && !strings.ContainsAny(cell, " ;|\t"):
		return link
	case at == 1 && odd == 0 && !strings.ContainsAny(cell, " ,") && strings.Contains(cell[strings.IndexByte(cell, '@'):], "."):
		return email
	case odd > 0 || at > 0:
		return unknown
	case letters == 0 && digits <= 15 && (digits >= 9 || digits >= 7 && cell[0] == '+') && !strings.ContainsAny(cell, ",:€$£%/") && strings.Count(cell, ".") != 1:
		return phone
	case letters == 0 && digits > 0:
		return number
	case letters > 0:
		return word
	}
	return unknown
}

// isData reports whether a cell can hardly be the name of a column.
func isData(cell string) bool {
	k := kindOf(cell)
	return k == phone || k == email || k == link
}
