package profile

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// damage is a trace of damage in a cell. What it means depends on the column.
type damage uint8

const (
	scientific damage = iota
	errorValue
	replaced
	mojibake
	apostrophe
	formula
	pointZero
	invisible
	wideSpaces
	fullwidth
	spaces
	dateLike    // a date, which is damage among phone numbers
	zeroGone    // a number that lacks the 0 with which its country writes it, and can be read without
	zeroLost    // one that cannot
	damageKinds // how many there are
)

type damageSet uint16

func (s damageSet) has(d damage) bool { return s&(1<<d) != 0 }

// errorValues are what spreadsheets show for a cell that they cannot compute, in
// the languages in which they have names of their own.
var errorValues = []string{
	"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#BLOCKED!", "#FIELD!", "#UNKNOWN!", "#CONNECT!", "#ERROR!",
	"#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#¡REF!", "#¡VALOR!", "#¡DIV/0!", "#¿NOMBRE?", "#¡NUM!", "#¡NULO!",
	"#VALORE!", "#NOME?", "#RIF!", "#VALOR!", "#N/D", "#N/D!", "#NB", "#WAARDE!", "#VERW!", "#GETAL!", "#ARG!", "#ADR!", "#LICZBA!",
}

// damageOf looks at a trimmed value.
func damageOf(text string) (s damageSet) {
	set := func(d damage, is bool) {
		if is {
			s |= 1 << d
		}
	}
	set(scientific, isScientific(text))
	set(errorValue, text[0] == '#' && isErrorValue(text))
	set(apostrophe, text[0] == '\'' && len(text) > 1 && strings.ContainsRune("0123456789+=-", rune(text[1])))
	set(formula, len(text) > 3 && strings.HasPrefix(text, `="`) && text[len(text)-1] == '"')
	set(pointZero, isPointZero(text))
	for _, r := range text {
		switch {
		case r == ' ' || r > ' ' && r < utf8.RuneSelf:
		case r == utf8.RuneError:
			set(replaced, true)
		case '０' <= r && r <= '９':
			set(fullwidth, true)
		case unicode.IsSpace(r):
			set(wideSpaces, true)
		case isInvisible(r):
			set(invisible, true)
		}
	}
	if len(text) != utf8.RuneCountInString(text) {
		_, _, found := undo(text)
		set(mojibake, found)
	}
	return s
}

// isScientific reports whether text is a whole number that lost its last digits:
// 4.47911E+11, or 4E+11, but not 1.5E-3 or a code such as 2E4.
func isScientific(text string) bool {
	e := strings.IndexAny(text, "eE")
	if e <= 0 || e+2 >= len(text) {
		return false
	}
	mantissa, exponent := strings.TrimPrefix(text[:e], "-"), text[e+1:]
	plain := strings.Replace(strings.Replace(mantissa, ".", "", 1), ",", "", 1)
	places := len(mantissa) - len(plain)
	if exponent[0] == '+' {
		exponent = exponent[1:]
	} else if places == 0 || len(exponent) < 2 {
		return false
	}
	return plain != "" && strings.Trim(plain, "0123456789") == "" && places <= 1 && strings.Trim(exponent, "0123456789") == ""
}

func isErrorValue(text string) bool {
	return slices.ContainsFunc(errorValues, func(v string) bool { return strings.EqualFold(v, text) }) ||
		len(text) >= 3 && strings.Trim(text, "#") == ""
}

// isPointZero reports whether text is a whole number with the .0 of a decimal.
func isPointZero(text string) bool {
	whole, ok := strings.CutSuffix(text, ".0")
	if !ok {
		whole, ok = strings.CutSuffix(text, ".00")
	}
	whole = strings.TrimPrefix(whole, "+")
	return ok && whole != "" && strings.Trim(whole, "0123456789") == ""
}

// isInvisible reports whether r shows nothing. Joiners are left out: scripts and
// emoji need them.
func isInvisible(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u00AD' || r == '\u180E' || r == '\u200B' || r == '\u200E' || r == '\u200F' ||
		'\u202A' <= r && r <= '\u202E' || '\u2060' <= r && r <= '\u2069' || r == '\uFEFF'
}

// misreadings are the encodings for which UTF-8 is commonly taken.
var misreadings = []struct {
	name string
	*charmap.Charmap
}{{"Windows-1252", charmap.Windows1252}, {"Mac Roman", charmap.Macintosh}}

// undo is what text was before its UTF-8 was read as something else, perhaps
// more than once, and as what.
func undo(text string) (was, as string, ok bool) {
	for again := true; again; {
		again = false
		for _, m := range misreadings {
			b, err := m.NewEncoder().Bytes([]byte(text))
			if err == nil && len(b) < len(text) && utf8.Valid(b) && utf8.RuneCount(b) < len(b) {
				text, as, ok, again = string(b), m.name, true, true
				break
			}
		}
	}
	return text, as, ok
}

// finding says of a kind of damage what it means.
type finding struct {
	kind    Kind
	verdict Verdict
	message string
	remedy  string
}

const (
	asText   = "export the column as text"
	asUTF8   = "export the file again as UTF-8"
	inSource = "mend it where the file comes from, and export it again"
)

// finding is what damage means in a column, and whether it is any there.
func (d damage) finding(c *Column, example string) (f finding, found bool) {
	among := c.Type == Phone
	switch d {
	case scientific:
		return finding{Scientific, Lost, "digits lost to scientific notation", asText}, true
	case errorValue:
		return finding{ErrorValue, Lost, "an error of the spreadsheet in place of the value", inSource}, true
	case replaced:
		return finding{Replaced, Lost, "characters lost: U+FFFD stands for them", asUTF8}, true
	case mojibake:
		was, as, _ := undo(example)
		return finding{Mojibake, Lost, fmt.Sprintf("UTF-8 that was read as %s: it was %s", as, cut(was)), asUTF8}, true
	case dateLike:
		return finding{DateInstead, Lost, "a date in place of a phone number", asText}, among
	case zeroLost:
		return finding{LeadingZero, Lost, "the leading 0 is lost, and the number is not valid without it", asText}, among
	case zeroGone:
		return finding{LeadingZero, Harmless, "may have lost the leading 0, and is read without it", ""}, among
	case pointZero:
		return finding{PointZero, Mended, "the .0 of a decimal at the end", ""}, among
	case wideSpaces:
		return finding{WideSpaces, Mended, "no-break spaces, tabs or line breaks in the number", ""}, among
	case fullwidth:
		return finding{Fullwidth, Mended, "digits of East Asian width", ""}, among
	case spaces:
		return finding{Spaces, Harmless, "white space around the text", ""}, true
	}
	return d.wrapped(among)
}

// wrapped is finding for what is taken off phone numbers, and left on all else.
func (d damage) wrapped(among bool) (finding, bool) {
	f := finding{verdict: Harmless, remedy: asText}
	switch d {
	case apostrophe:
		f.kind, f.message = Apostrophe, "a spreadsheet's apostrophe before the text"
	case formula:
		f.kind, f.message = Formula, `a spreadsheet's ="..." around the text`
	default:
		f.kind, f.message, f.remedy = Invisible, "characters that cannot be seen", inSource
	}
	if among {
		f.verdict, f.remedy = Mended, ""
		return f, true
	}
	f.message += ", sent with it"
	return f, true
}

// damaged is the damage of a column, what is lost first.
func (t *tally) damaged(c *Column) []Damage {
	found := []Damage{}
	for d := range damageKinds {
		seen := &t.damage[d]
		if seen.count == 0 {
			continue
		}
		f, ok := d.finding(c, seen.first())
		if !ok {
			continue
		}
		found = append(found, Damage{
			Kind: f.kind, Verdict: f.verdict, Count: seen.count, Lines: slices.Clone(seen.lines),
			Example: seen.first(), Message: f.message, Remedy: f.remedy,
		})
	}
	order := []Verdict{Lost, Mended, Harmless}
	slices.SortStableFunc(found, func(a, b Damage) int {
		return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict)
	})
	return found
}
