package mapping

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// civil is a date, with or without a time of day, as it is written: without a
// zone unless it says its offset.
type civil struct {
	year, month, day            int
	hour, minute, second, nanos int
	offset                      int // seconds east of UTC
	hasDate, hasTime, hasOffset bool
	halfDay, afternoon          bool // the hour is of twelve
}

// dateFormat is a compiled format such as "DD/MM/YYYY HH:mm".
type dateFormat struct {
	text    string
	parts   []datePart
	hasTime bool
}

// datePart is a token of a format, or literal text where token is "".
type datePart struct {
	token, literal string
	fixed          bool // digits follow at once, so that the token's width counts
}

// dateTokens are what a format may have; the longest comes first. "z", an
// optional offset, is for formats of our own.
var dateTokens = []string{"YYYY", "YY", "MMMM", "MMM", "MM", "M", "DD", "D", "HH", "H", "hh", "h", "mm", "m", "ss", "s", "SSS", "A", "a", "Z", "z"}

const tokenHint = "a format has YYYY YY MMMM MMM MM M DD D HH H hh h mm m ss s SSS A Z, and other letters in [brackets]"

// parseDateFormat compiles a format that a mapping gives.
func parseDateFormat(text string) (*dateFormat, error) {
	f := &dateFormat{text: text}
	has := map[byte]bool{}
	for rest := text; rest != ""; {
		i := slices.IndexFunc(dateTokens, func(t string) bool { return strings.HasPrefix(rest, t) })
		switch r, size := utf8.DecodeRuneInString(rest); {
		case i >= 0 && dateTokens[i] != "z":
			token := dateTokens[i]
			kind := token[0]
			if kind == 'a' {
				kind = 'A'
			}
			if has[kind] {
				return nil, fmt.Errorf("the format %s says %s twice", quote(text), token)
			}
			has[kind] = true
			f.parts = append(f.parts, datePart{token: token})
			rest = rest[len(token):]
		case r == '[':
			literal, after, found := strings.Cut(rest[1:], "]")
			if !found {
				return nil, fmt.Errorf("the format %s has a [ that is not closed", quote(text))
			}
			f.parts = append(f.parts, datePart{literal: literal})
			rest = after
		case unicode.IsLetter(r) && r != 'T' || unicode.IsDigit(r):
			hint := tokenHint
			if r == 'y' || r == 'd' {
				hint = "write YYYY for the year and DD for the day"
			}
			return nil, fmt.Errorf("the format %s has a %s that means nothing; %s", quote(text), quote(string(r)), hint)
		default:
			f.parts = append(f.parts, datePart{literal: rest[:size]})
			rest = rest[size:]
		}
	}
	f.hasTime = has['H'] || has['h']
	for i := range f.parts[:max(len(f.parts)-1, 0)] {
		next := f.parts[i+1].token
		f.parts[i].fixed = next != "" && !slices.Contains([]string{"MMM", "MMMM", "A", "a", "Z"}, next)
	}
	switch {
	case !has['Y'] || !has['M'] || !has['D']:
		return nil, fmt.Errorf("the format %s needs a year, a month and a day (minutes are mm, months MM)", quote(text))
	case has['m'] && !f.hasTime, has['s'] && !has['m'], has['S'] && !has['s'], has['H'] && has['h']:
		return nil, fmt.Errorf("the format %s needs an hour, then minutes, then seconds (minutes are mm, months MM)", quote(text))
	case has['h'] != has['A']:
		return nil, fmt.Errorf("the format %s needs both h and A for a clock of twelve hours, or HH for one of twenty-four", quote(text))
	}
	return f, nil
}

// ownFormat compiles a format of our own, which need not be complete.
func ownFormat(text string) *dateFormat {
	f := &dateFormat{text: text}
	for rest := text; rest != ""; {
		i := slices.IndexFunc(dateTokens, func(t string) bool { return strings.HasPrefix(rest, t) })
		if i < 0 {
			f.parts = append(f.parts, datePart{literal: rest[:1]})
			rest = rest[1:]
			continue
		}
		f.parts = append(f.parts, datePart{token: dateTokens[i]})
		rest = rest[len(dateTokens[i]):]
	}
	return f
}

// read reads text by the format and returns what is left of it.
func (f *dateFormat) read(text string, c *civil) (rest string, ok bool) {
	for _, p := range f.parts {
		if p.token == "" {
			text, ok = cutLiteral(text, p.literal)
		} else {
			text, ok = c.readToken(text, p)
		}
		if !ok {
			return "", false
		}
	}
	return text, true
}

// cutLiteral takes literal text off, whatever its case; a space stands for
// white space of any length and kind.
func cutLiteral(text, literal string) (string, bool) {
	if literal == " " {
		rest := strings.TrimLeftFunc(text, unicode.IsSpace)
		return rest, len(rest) < len(text)
	}
	if len(text) < len(literal) || !strings.EqualFold(text[:len(literal)], literal) {
		return "", false
	}
	return text[len(literal):], true
}

func (c *civil) readToken(text string, p datePart) (rest string, ok bool) {
	low, high := 1, 2
	if p.fixed {
		low = len(p.token)
		high = low
	}
	switch p.token {
	case "YYYY":
		c.hasDate = true
		return cutNumber(text, 4, 4, &c.year)
	case "YY":
		// The pivot of POSIX strptime: 69 is 1969, 68 is 2068.
		c.hasDate = true
		rest, ok = cutNumber(text, 2, 2, &c.year)
		if c.year < 69 {
			c.year += 100
		}
		c.year += 1900
		return rest, ok
	case "MMMM", "MMM":
		return cutMonth(text, &c.month)
	case "MM", "M":
		return cutNumber(text, low, high, &c.month)
	case "DD", "D":
		return cutNumber(text, low, high, &c.day)
	case "HH", "H":
		c.hasTime = true
		return cutNumber(text, low, high, &c.hour)
	case "hh", "h":
		c.hasTime, c.halfDay = true, true
		return cutNumber(text, low, high, &c.hour)
	case "mm":
		return cutNumber(text, 2, 2, &c.minute)
	case "m":
		return cutNumber(text, low, high, &c.minute)
	case "ss":
		return cutNumber(text, 2, 2, &c.second)
	case "s":
		return cutNumber(text, low, high, &c.second)
	case "SSS":
		return c.cutFraction(text)
	case "A", "a":
		return c.cutHalf(text)
	case "z":
		if text == "" {
			return "", true
		}
	}
	return c.cutOffset(text)
}

func cutNumber(text string, low, high int, into *int) (string, bool) {
	n, i := 0, 0
	for i < len(text) && i < high && text[i] >= '0' && text[i] <= '9' {
		n = n*10 + int(text[i]-'0')
		i++
	}
	*into = n
	return text[i:], i >= low
}

func (c *civil) cutFraction(text string) (string, bool) {
	i := 0
	for scale := 100_000_000; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		c.nanos += int(text[i]-'0') * scale
		scale /= 10
	}
	return text[i:], i > 0 && i <= 9
}

// cutHalf reads AM and PM, also as a.m. and "p. m.".
func (c *civil) cutHalf(text string) (string, bool) {
	if text == "" || !strings.ContainsRune("aApP", rune(text[0])) {
		return "", false
	}
	c.afternoon = text[0] == 'p' || text[0] == 'P'
	rest := strings.TrimLeftFunc(strings.TrimPrefix(text[1:], "."), unicode.IsSpace)
	if rest == "" || rest[0] != 'm' && rest[0] != 'M' {
		return "", false
	}
	return strings.TrimPrefix(rest[1:], "."), true
}

// cutOffset reads Z, +02:00, +0200 and +02.
func (c *civil) cutOffset(text string) (string, bool) {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	if text == "" {
		return "", false
	}
	c.hasOffset = true
	sign := 1
	switch text[0] {
	case 'Z', 'z':
		return text[1:], true
	case '+':
	case '-':
		sign = -1
	default:
		return "", false
	}
	var h, m int
	rest, ok := cutNumber(text[1:], 2, 2, &h)
	if ok && rest != "" && (rest[0] == ':' || rest[0] >= '0' && rest[0] <= '9') {
		rest, ok = cutNumber(strings.TrimPrefix(rest, ":"), 2, 2, &m)
	}
	c.offset = sign * (h*3600 + m*60)
	return rest, ok && h <= 14 && m < 60
}

// real makes the hour one of twenty-four and says whether there is such a day
// and such a time of day.
func (c *civil) real() bool {
	if c.halfDay {
		if c.hour < 1 || c.hour > 12 {
			return false
		}
		c.hour %= 12
		if c.afternoon {
			c.hour += 12
		}
		c.halfDay, c.afternoon = false, false
	}
	if c.year < 1 || c.month < 1 || c.month > 12 || c.day < 1 || c.hour > 23 || c.minute > 59 || c.second > 59 {
		return false
	}
	return c.day <= time.Date(c.year, time.Month(c.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// date is the day as it is sent.
func (c *civil) date() string { return fmt.Sprintf("%04d-%02d-%02d", c.year, c.month, c.day) }

// String is the date and, where it has one, the time of day, for messages.
func (c *civil) String() string {
	if !c.hasTime {
		return c.date()
	}
	return fmt.Sprintf("%s %02d:%02d", c.date(), c.hour, c.minute)
}
