package phone

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mend is a set of kinds of damage that were taken off a text without losing anything.
type Mend uint8

// The kinds of damage.
const (
	Apostrophe Mend = 1 << iota // '+44...: the mark by which a spreadsheet keeps a text a text
	Formula                     // ="+44...": the same, in a file that a spreadsheet wrote
	Spaces                      // no-break and other spaces than the plain one, tabs and line breaks
	Invisible                   // characters without width: marks of direction, soft hyphens, byte order marks
	Fullwidth                   // digits, plus and punctuation of East Asian width
	TelLink                     // tel:+44-...
	Decimal                     // 447700900123.0: the number was once a decimal
)

var mendNames = [...]string{"apostrophe", "formula", "spaces", "invisible", "fullwidth", "tel-link", "decimal"}

// Names returns the names of the kinds in the set, in the order of the constants.
func (m Mend) Names() []string {
	var names []string
	for i, name := range mendNames {
		if m&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String returns the names, joined by commas; "" for the empty set.
func (m Mend) String() string { return strings.Join(m.Names(), ",") }

// mendText appends text to buf without the damage that loses nothing. A line break inside the text stays, as "\n": it
// may stand between two numbers.
func mendText(buf []byte, text string) ([]byte, Mend) {
	mended, mend := mendCharacters(buf, text)
	mended = trim(mended)
	for {
		inner, kind := unwrap(mended)
		if kind == 0 {
			break
		}
		mended, mend = trim(inner), mend|kind
	}
	if whole, ok := cutDecimal(mended); ok {
		return whole, mend | Decimal
	}
	return mended, mend
}

func trim(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\n') {
		text = text[1:]
	}
	for len(text) > 0 && (text[len(text)-1] == ' ' || text[len(text)-1] == '\n') {
		text = text[:len(text)-1]
	}
	return text
}

// mendCharacters replaces or drops the single characters that are damage.
func mendCharacters(mended []byte, text string) ([]byte, Mend) {
	var mend Mend
	for i := 0; i < len(text); {
		if c := text[i]; ' ' <= c && c < utf8.RuneSelf {
			mended = append(mended, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		plain, kind := mendRune(r)
		switch {
		case kind == 0:
			mended = append(mended, text[i:i+size]...)
		case plain != 0:
			mended = append(mended, plain)
		}
		mend |= kind
		i += size
	}
	return mended, mend
}

// mendRune returns what r is to be replaced by, 0 for nothing, and the kind of damage it is, 0 for none.
func mendRune(r rune) (plain byte, kind Mend) {
	switch {
	case ' ' <= r && r < utf8.RuneSelf:
		return 0, 0
	case '０' <= r && r <= '９', strings.ContainsRune("＋（）－．／［］～", r):
		return byte(r - '０' + '0'), Fullwidth // the whole block is ASCII moved
	case '\n' <= r && r <= '\r', r == '\u0085', r == '\u2028', r == '\u2029':
		return '\n', Spaces
	case unicode.IsSpace(r):
		return ' ', Spaces
	case isInvisible(r):
		return 0, Invisible
	}
	return 0, 0
}

// isInvisible reports whether r is a format character that shows nothing. Not all of Unicode's category Cf is: it has
// signs that are seen.
func isInvisible(r rune) bool {
	switch {
	case r == '\u00AD', r == '\u034F', r == '\u061C', r == '\u180E', r == '\uFEFF':
		return true
	case '\u200B' <= r && r <= '\u200F', '\u202A' <= r && r <= '\u202E', '\u2060' <= r && r <= '\u206F':
		return true
	}
	return false
}

// unwrap takes one wrapping off text and names it; 0 where there is none.
func unwrap(text []byte) ([]byte, Mend) {
	switch {
	case bytes.HasPrefix(text, []byte("'")):
		return text[1:], Apostrophe
	case len(text) > 2 && bytes.HasPrefix(text, []byte(`="`)) && text[len(text)-1] == '"':
		return text[2 : len(text)-1], Formula
	case len(text) > 3 && bytes.EqualFold(text[:4], []byte("tel:")):
		return text[4:], TelLink
	}
	return text, 0
}

// cutDecimal cuts the ".0" of a decimal off text. A decimal has one point: 089.1234.0 is grouped by points, and its 0
// is a digit like the others. Two places (".00") are a decimal's only where there is nothing else but digits.
func cutDecimal(text []byte) ([]byte, bool) {
	whole, isDecimal := bytes.CutSuffix(text, []byte(".0"))
	if !isDecimal {
		whole, isDecimal = bytes.CutSuffix(text, []byte(".00"))
		isDecimal = isDecimal && len(bytes.Trim(bytes.TrimPrefix(whole, []byte("+")), "0123456789")) == 0
	}
	if !isDecimal || len(whole) == 0 || !isDigit(whole[len(whole)-1]) || bytes.IndexByte(whole, '.') >= 0 {
		return text, false
	}
	return whole, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
