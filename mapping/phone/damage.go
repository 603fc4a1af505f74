package phone

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// minDigits is how many digits a text must have to be taken for a number of its own beside another one, and maxTail how
// many digits of another number may stand for it after a slash (030/1234567/68: 1234567 and 1234568).
const (
	minDigits = 7
	maxTail   = 4
)

var (
	// scientific matches a whole number as a spreadsheet saves it when the column was too narrow.
	scientific = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]*)?[eE][+-]?[0-9]+$`)

	// extensionLabel matches what stands between a number and the digits of its extension at the end of the text;
	// the labels are the library's.
	extensionLabel = regexp.MustCompile(`(?i)[\s,;-]*` +
		`(?:;ext=|e?xt(?:ensi(?:o\x{301}?|ó))?n?|ｅ?ｘｔｎ?|доб|anexo|int|ｉｎｔ|[x#~ｘ＃])?` +
		`[:.]?[\s,;-]*\p{Nd}+#?$`)
)

// findDamage returns why a mended text must be refused before the library sees it, nil where it need not: the library
// would skip what is missing, and find a number in what is left.
func findDamage(text string, valid func(text string) bool) *Error {
	start := strings.IndexFunc(text, func(r rune) bool { return r == '+' || unicode.IsDigit(r) })
	if start < 0 && strings.ContainsFunc(text, unicode.IsLetter) {
		return &Error{CodeLetters, "has no digits", ""}
	}
	if start < 0 {
		return nil
	}
	words, number := text[:start], text[start:]
	if end := strings.IndexAny(number, ",;"); end >= 0 {
		number = number[:end] // an extension, or what a link says of the number
	}
	switch {
	case scientific.MatchString(text):
		return &Error{CodeDigitsLost, "has lost digits (saved by a spreadsheet as a number)", "export the column as text"}
	case hasSeveral(text, valid):
		return &Error{CodeSeveral, "holds several numbers", "keep one number in each cell"}
	case hidesDigits(number):
		return &Error{CodeDigitsLost, "has digits hidden by a placeholder", "give the whole number"}
	case strings.ContainsFunc(words, unicode.IsLetter):
		return &Error{CodeLetters, "has words before the number", "keep only the number in the cell"}
	case hasStrayLetters(number):
		return &Error{CodeLetters, "has letters that are not part of a number", "give the number in digits"}
	}
	return nil
}

// hasSeveral reports whether text holds more than one number that is valid by itself: between separators that stand
// between numbers, or side by side, where the second begins with a plus or a national prefix. A number and the last
// digits of another one, which the library would take together, are several, too.
func hasSeveral(text string, valid func(string) bool) bool {
	isNumber := func(part string) bool { return countDigits(part) >= minDigits && valid(part) }
	if slash := strings.LastIndexByte(text, '/'); slash >= 0 {
		tail := countDigits(text[slash:])
		if 0 < tail && tail <= maxTail && isNumber(text[:slash]) {
			return true
		}
	}
	if countDigits(text) < 2*minDigits {
		return false
	}
	numbers := 0
	for _, part := range strings.FieldsFunc(text, separatesNumbers) {
		if part != text && isNumber(part) {
			numbers++
		}
		for _, begin := range secondBegins(part) {
			if isNumber(part[:begin]) && isNumber(part[begin:]) {
				return true
			}
		}
	}
	return numbers > 1
}

func separatesNumbers(r rune) bool {
	return strings.ContainsRune("/\\;,|&\n", r) || unicode.IsLetter(r)
}

// secondBegins returns where in text, after punctuation and enough digits for a number, another may begin.
func secondBegins(text string) []int {
	var begins []int
	digits, punctuated := 0, false
	for i, r := range text {
		if digits >= minDigits && (r == '+' || r == '0' && punctuated) {
			begins = append(begins, i)
		}
		punctuated = !unicode.IsDigit(r)
		if !punctuated {
			digits++
		}
	}
	return begins
}

func countDigits(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// hidesDigits reports whether number, which begins with a digit or a plus, has signs in the place of digits.
func hidesDigits(number string) bool {
	if strings.ContainsAny(number, "*?…•●") || strings.HasSuffix(number, "..") || strings.HasSuffix(number, "_") {
		return true
	}
	letters := lettersOf(number)
	return letters != "" && strings.Trim(letters, "xXnN") == "" && !isCarrierPlaceholder(number)
}

// isCarrierPlaceholder reports whether the xx of number are those of 0xx11 5555-1234, the Brazilian way of writing
// that a carrier may be chosen after the 0. They stand for no digit of the number.
func isCarrierPlaceholder(number string) bool {
	before, after, found := strings.Cut(strings.ToLower(number), "xx")
	return found && strings.Trim(before, " -") == "0" && !strings.ContainsFunc(after, unicode.IsLetter)
}

// hasStrayLetters reports whether number has letters that are too few to be spelt on a keypad. Fewer than three are
// not read but skipped by the library.
func hasStrayLetters(number string) bool {
	letters := lettersOf(number)
	n := utf8.RuneCountInString(letters)
	return 0 < n && n < 3 && strings.Trim(letters, "xX") != ""
}

// lettersOf returns the letters of number without those of the label of its extension.
func lettersOf(number string) string {
	if !strings.ContainsFunc(number, unicode.IsLetter) {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, extensionLabel.ReplaceAllString(number, ""))
}
