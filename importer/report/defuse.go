package report

import (
	"strings"
	"unicode/utf8"
)

// defuse keeps a spreadsheet from running a cell that we add as a formula, by
// an apostrophe before it. An E.164 number begins with + and is none.
func defuse(cell string) string {
	if cell == "" || isE164(cell) {
		return cell
	}
	first, _ := utf8.DecodeRuneInString(cell)
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

func isE164(cell string) bool {
	if len(cell) < 2 || len(cell) > 16 || cell[0] != '+' {
		return false
	}
	for _, c := range cell[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
