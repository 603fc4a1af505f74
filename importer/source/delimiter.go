package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
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
	n := utf8.RuneCountInString(option)
	if utf8.ValidString(option) && !strings.ContainsAny(option, "\"\n\r\x00") &&
		(n == 1 || n == 2 && strings.IndexFunc(option, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0) {
		return option, nil
	}
	return "", &Error{Code: "delimiter", Message: fmt.Sprintf("%q cannot be the delimiter", option),
		Hint: `give one or two characters that are neither quotes nor line ends, or "tab"`}
}

// sepLine reads the line "sep=;" that spreadsheets understand at the start of
// a file, and gives its length with its line end; 0 where there is none.
func sepLine(text []byte) (delim string, n int) {
	end := lineEnd(text, 0)
	line := bytes.Trim(text[:end], `"`)
	if len(line) < 5 || !strings.EqualFold(string(line[:4]), "sep=") {
		return "", 0
	}
	delim, err := delimiterOf(string(line[4:]))
	if err != nil {
		return "", 0
	}
	return delim, afterBreak(text, end)
}
