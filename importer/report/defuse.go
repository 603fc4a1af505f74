package report

import (
	"strings"
	"unicode/utf8"

	"github.com/campsync/campsync/importer"
)

// defuse keeps a spreadsheet from running a cell that we add as a formula, by
// an apostrophe before it. An E.164 number begins with + and is none.
func defuse(cell string) string {
	if cell == "" || importer.IsE164(cell) {
		return cell
	}
	first, _ := utf8.DecodeRuneInString(cell)
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}
