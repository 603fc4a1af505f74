package mapping

import (
	"fmt"
	"strings"
	"unicode"
)

// number reads numbers as people and spreadsheets write them and keeps all
// their digits: the result is text, a JSON number that went through no float.
type number struct {
	decimal byte // '.' or ','; 0 where only a text with one reading is taken
}

const decimalHint = `write decimal: "." or decimal: "," in the mapping file`

func (n number) convert(_ *row, text string) (string, *fault) {
	if n.plain(text) {
		return text, nil
	}
	sign, body, percent := unsign(text)
	marks, ok := digitsAndMarks(body)
	if !ok {
		return "", notNumber(text)
	}
	var readings []string
	for _, decimal := range []byte{'.', ','} {
		if n.decimal != 0 && n.decimal != decimal {
			continue
		}
		if s, ok := readNumber(marks, decimal); ok {
			readings = append(readings, sign+s)
		}
	}
	switch {
	case len(readings) == 0:
		return "", notNumber(text)
	case len(readings) == 2 && readings[0] != readings[1]:
		return "", &fault{"number-ambiguous", fmt.Sprintf("may be %s or %s", readings[0], readings[1]), decimalHint}
	case percent && strings.Trim(readings[0], "-0.") != "":
		return "", &fault{"number-ambiguous", fmt.Sprintf("is a percentage: %s or a hundredth of it may be meant", readings[0]), "write the number alone"}
	}
	return readings[0], nil
}

func notNumber(text string) *fault {
	if e := strings.IndexAny(text, "eE"); e > 0 && strings.Trim(text[:e]+text[e+1:], "0123456789+-.,") == "" {
		return &fault{"number-invalid", "may have lost digits (saved by a spreadsheet in scientific form)", "export the column as text"}
	}
	return &fault{"number-invalid", "is no number", ""}
}

// plain says whether text is a JSON number as it stands that has one reading;
// most are, and need no more work.
func (n number) plain(text string) bool {
	whole, fraction, point := text, "", false
	if i := strings.IndexByte(text, '.'); i >= 0 {
		whole, fraction, point = text[:i], text[i+1:], true
	}
	if whole == "" || whole[0] == '0' && len(whole) > 1 || !allDigits(whole) {
		return false
	}
	// 1.234 may be a thousand and more.
	return !point || fraction != "" && allDigits(fraction) &&
		(n.decimal == '.' || n.decimal == 0 && len(fraction) != 3)
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// unsign takes the sign, one currency sign or code and a percent sign off.
func unsign(text string) (sign, body string, percent bool) {
	body = text
	signed, priced := false, false
	for {
		body = strings.TrimLeftFunc(body, unicode.IsSpace)
		if rest, ok := cutSign(body); ok && !signed {
			signed = true
			if body[0] != '+' {
				sign = "-"
			}
			body = rest
			continue
		}
		i := strings.IndexFunc(body, func(r rune) bool { return !moneyRune(r) })
		if i > 0 && !priced && isMoney(body[:i]) {
			priced, body = true, body[i:]
			continue
		}
		break
	}
	body = strings.TrimRightFunc(body, unicode.IsSpace)
	if rest, ok := strings.CutSuffix(body, "%"); ok {
		return sign, strings.TrimRightFunc(rest, unicode.IsSpace), true
	}
	if i := strings.LastIndexFunc(body, func(r rune) bool { return !moneyRune(r) }); !priced && i >= 0 {
		start := i + len(string([]rune(body[i:])[:1]))
		if start < len(body) && isMoney(body[start:]) {
			body = strings.TrimRightFunc(body[:start], unicode.IsSpace)
		}
	}
	return sign, body, false
}

func cutSign(s string) (string, bool) {
	for _, sign := range []string{"-", "+", "\u2212"} {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			return rest, true
		}
	}
	return s, false
}

func moneyRune(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) }

// moneyWords are currency signs of letters.
var moneyWords = map[string]bool{"zł": true, "kč": true, "kr": true, "ft": true, "lei": true, "r$": true, "us$": true, "a$": true, "c$": true, "nz$": true, "hk$": true, "fr": true, "rs": true}

func isMoney(s string) bool {
	if moneyWords[strings.ToLower(s)] || isCurrency(strings.ToUpper(s)) {
		return true
	}
	r := []rune(s)
	return len(r) == 1 && unicode.Is(unicode.Sc, r[0])
}

// digitsAndMarks writes every kind of space as one and every apostrophe as
// one; it is false where anything but digits and marks occurs.
func digitsAndMarks(text string) ([]byte, bool) {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9' || r == '.' || r == ',':
			out = append(out, byte(r))
		case unicode.IsSpace(r):
			out = append(out, ' ')
		case r == '\'' || r == '\u2019' || r == '\u02BC':
			out = append(out, '\'')
		default:
			return nil, false
		}
	}
	return out, true
}

// readNumber reads digits with marks, given which one is the decimal mark. Any
// other mark groups the digits before it, in threes or as in India; it is one
// kind of mark in a number, and wrong groups are no number.
func readNumber(marks []byte, decimal byte) (string, bool) {
	whole, fraction := string(marks), ""
	if i := strings.IndexByte(whole, decimal); i >= 0 {
		whole, fraction = whole[:i], whole[i+1:]
		if strings.Trim(fraction, "0123456789") != "" {
			return "", false
		}
	}
	if whole == "" && fraction == "" {
		return "", false
	}
	if i := strings.IndexAny(whole, ".,' "); i >= 0 {
		groups := strings.Split(whole, whole[i:i+1])
		if !grouped(groups) {
			return "", false
		}
		whole = strings.Join(groups, "")
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole, true
	}
	return whole + "." + fraction, true
}

func grouped(groups []string) bool {
	last := len(groups) - 1
	inner := len(groups[last-min(last, 1)])
	if last == 1 {
		inner = 3
	}
	if inner != 2 && inner != 3 {
		return false
	}
	for i, g := range groups {
		switch {
		case strings.Trim(g, "0123456789") != "":
			return false
		case i == 0 && (g == "" || g[0] == '0' || len(g) > inner):
			return false
		case i == last && len(g) != 3:
			return false
		case i > 0 && i < last && len(g) != inner:
			return false
		}
	}
	return true
}
