package mapping

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// trim takes surrounding white space off a cell, with no-break spaces and the
// invisible characters that are no text (zero width space, byte order mark).
// What stands inside is left alone.
func trim(text string) string {
	if text == "" {
		return text
	}
	if first, last := text[0], text[len(text)-1]; first > ' ' && first < utf8.RuneSelf && last > ' ' && last < utf8.RuneSelf {
		return text
	}
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200B' || r == '\uFEFF' || r == '\u2060'
	})
}

// foldLetters are letters that do not decompose but are commonly written
// without their mark.
var foldLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ı': "i", 'ĸ': "k", 'ŋ': "n", 'ħ': "h",
}

// appendFold appends the form in which names are compared: letters and digits
// only, without case, accents, punctuation and spaces; so FirstName,
// first_name and "First Name" are one.
func appendFold(dst []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= utf8.RuneSelf:
			return foldRunes(dst, text[i:])
		case c >= 'A' && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			dst = append(dst, c)
		}
	}
	return dst
}

func foldRunes(dst []byte, text string) []byte {
	for _, r := range norm.NFKD.String(text) {
		r = unicode.ToLower(r)
		if s, ok := foldLetters[r]; ok {
			dst = append(dst, s...)
		} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func foldString(text string) string { return string(appendFold(nil, text)) }

// foldTable finds values by the folded form of their names.
type foldTable[V any] map[string]V

func (t foldTable[V]) find(text string) (V, bool) {
	var buf [64]byte
	v, ok := t[string(appendFold(buf[:0], text))]
	return v, ok
}

// escape writes control and format characters, which could fool a terminal,
// and bytes that are no UTF-8, as escapes.
func escape(text string) string {
	clean := true
	for _, r := range text {
		if r == utf8.RuneError || r != ' ' && !unicode.IsPrint(r) {
			clean = false
			break
		}
	}
	if clean {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r != ' ' && !unicode.IsPrint(r):
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// quote is text in double quotes, escaped, as names are shown in messages.
func quote(text string) string { return `"` + escape(text) + `"` }

// shownRunes is how much of a cell a message repeats.
const shownRunes = 60

// show makes a cell fit for one line of a message: cut to a bounded length,
// escaped, and quoted where its ends could not be told otherwise.
func show(text string) string {
	n := 0
	for i := range text {
		if n++; n > shownRunes {
			text = text[:i] + "…"
			break
		}
	}
	shown := escape(text)
	if strings.Trim(shown, " ") != shown || shown == "" {
		return `"` + shown + `"`
	}
	return shown
}
