package term

import (
	"regexp"
	"strings"
)

// number finds E.164 numbers, also where they are escaped for a URL.
var number = regexp.MustCompile(`(\+|%2[Bb])([1-9][0-9]{6,14})\b`)

// MaskNumbers hides the middle of every E.164 number in text, so that a log
// can be followed but not dialled: +447911123123 becomes +44 79** ***123.
func MaskNumbers(text string) string {
	if !strings.Contains(text, "+") && !strings.Contains(text, "%2") {
		return text
	}
	return number.ReplaceAllStringFunc(text, func(found string) string {
		return maskNumber(strings.TrimLeft(strings.TrimPrefix(strings.ToUpper(found), "%2B"), "+"))
	})
}

func maskNumber(digits string) string {
	n := countryCodeLength(digits)
	national := []byte(digits[n:])
	first, last := 2, 3
	if len(national) < 8 {
		first, last = 0, 2
	}
	for i := first; i < len(national)-last; i++ {
		national[i] = '*'
	}
	if len(national) <= 4 {
		return "+" + digits[:n] + " " + string(national)
	}
	return "+" + digits[:n] + " " + string(national[:4]) + " " + string(national[4:])
}

// countryCodeLength is the length of the calling code with which digits begin
// (ITU-T E.164, list of assigned country codes): zones 1 and 7 have one digit,
// of the others those below two, the rest three.
func countryCodeLength(digits string) int {
	if digits[0] == '1' || digits[0] == '7' {
		return 1
	}
	const two = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
		"60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
	if strings.Contains(two, digits[:2]) {
		return 2
	}
	return 3
}
