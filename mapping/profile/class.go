package profile

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/campsync/campsync/mapping"
	"github.com/campsync/campsync/mapping/phone"
)

// class is what can be said of a value by itself. It is the same for equal
// values, so that it is found out once for those that are kept.
type class struct {
	fits    fitSet
	damage  damageSet
	chars   int
	dates   []dateReading // by each format that reads it
	number  numberReading
	numbers [2]string // its texts by ".", by ",", where they differ
	region  string    // of a phone number with its country code
	code    string    // of a country
	money   string    // of a currency
}

// fit is a kind of value. A value may be of several kinds.
type fit uint8

const (
	isEmail fit = iota
	isUUID
	isURL
	isInternational // a valid phone number with its country code
	isNational      // what may be one, in some country
	isDialled       // begins as phone numbers do: with a plus, a 0, a bracket
	isGrouped       // or its digits stand in groups, as those of other numbers do, too
	isBare          // digits only, such as 7911123456: it may have had a 0 before it
	isDate
	isTimed // a date with a time of day
	isBool
	isCountry
	isCurrency
	isNumber
	isWords  // letters, as names have them
	fitKinds // how many there are
)

type fitSet uint32

func (s fitSet) has(f fit) bool { return s&(1<<f) != 0 }

func (s *fitSet) set(f fit, is bool) {
	if is {
		*s |= 1 << f
	}
}

// classify looks at a trimmed value that is not blank.
func classify(text string, dates *dateReader) *class {
	c := &class{chars: utf8.RuneCountInString(text), damage: damageOf(text)}
	marks := count(text)
	c.fits.set(isEmail, marks.at == 1 && mapping.IsEmail(text))
	c.fits.set(isUUID, len(text) == 36 && mapping.IsUUID(text))
	c.fits.set(isURL, isLink(text))
	if marks.digits == 0 {
		c.fits.set(isWords, isWordy(text))
		c.code, _ = mapping.ReadCountry(text)
		c.fits.set(isCountry, c.code != "")
		c.money, _ = mapping.ReadCurrency(text)
		c.fits.set(isCurrency, c.money != "")
	}
	if c.chars <= longestWord {
		_, ok := mapping.ReadBool(text)
		c.fits.set(isBool, ok)
	}
	if marks.digits > 0 {
		c.readNumber(text, marks)
		if dated := c.readDates(text, marks, dates); !dated {
			c.readPhone(text, marks)
		}
	}
	return c
}

// longestWord is the length of the longest word for yes or no.
const longestWord = 10

// marked counts the characters of a value.
type marked struct {
	digits, letters, at int
	points              int // and commas
}

func count(text string) (m marked) {
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			m.digits++
		case r == '@':
			m.at++
		case r == '.' || r == ',':
			m.points++
		case r >= utf8.RuneSelf && unicode.IsDigit(r):
			m.digits++
		case unicode.IsLetter(r):
			m.letters++
		}
	}
	return m
}

func isLink(text string) bool {
	for _, start := range []string{"http://", "https://", "www."} {
		if len(text) > len(start) && strings.EqualFold(text[:len(start)], start) {
			return strings.Contains(text[len(start):], ".") && !strings.ContainsAny(text, " \t\n")
		}
	}
	return false
}

// isWordy reports whether text is a few words such as names are made of.
func isWordy(text string) bool {
	words, letters := 1, 0
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			letters++
		case r == ' ':
			words++
		case !unicode.IsMark(r) && !strings.ContainsRune("-.,'’`´", r):
			return false
		}
	}
	return letters > 0 && words <= 5
}

// What a phone number has: fewer digits are a short code, E.164 allows no more.
const (
	leastDigits    = 6
	longDigits     = 8  // hardly anything else begins with a 0, or is written in groups
	mostDigits     = 18 // with what may stand before an international number, such as 011
	mostOfNational = 13 // without a country code, and with nothing that dials one
	mostLetters    = 12 // of a label, an extension, a vanity number
)

func (c *class) readPhone(text string, m marked) {
	amount := m.points > 0 && c.fits.has(isNumber) && !(m.digits >= 9 && c.damage.has(pointZero))
	if m.digits < leastDigits || m.digits > mostDigits || m.letters > mostLetters || m.at > 0 || amount ||
		c.fits.has(isUUID) {
		return
	}
	n, err := phone.Normalize(text, "")
	var refused *phone.Error
	switch {
	case err == nil:
		c.region = n.Region
		c.fits.set(isInternational, true)
	case errors.As(err, &refused) && refused.Code == phone.CodeRegion && (m.digits <= mostOfNational || text[0] == '0'):
		c.fits.set(isNational, true)
		c.fits.set(isBare, text[0] != '0' && m.digits == len(text))
	default:
		return
	}
	c.fits.set(isDialled, strings.ContainsRune("+('=", rune(text[0])) || text[0] == '0' && m.digits >= longDigits)
	c.fits.set(isGrouped, m.digits >= longDigits && strings.ContainsAny(text[1:], " -()/."))
}
