package mapping

import (
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// plainJSON are the characters that stand for themselves in a JSON string.
var plainJSON = asciiSet(func(c byte) bool { return c >= ' ' && c != '"' && c != '\\' })

// asciiSet is a table of the ASCII characters that are in a set.
func asciiSet(is func(byte) bool) (set [256]bool) {
	for c := range byte(utf8.RuneSelf) {
		set[c] = is(c)
	}
	return set
}

// appendJSON appends text as a JSON string. Bytes that are no UTF-8 become
// U+FFFD, so that the result is valid whatever comes in.
func appendJSON(dst []byte, text string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if plainJSON[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = append(dst, text[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\t':
				dst = append(dst, '\\', 't')
			case '\r':
				dst = append(dst, '\\', 'r')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xF])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(append(dst, text[start:i]...), "\uFFFD"...)
			start = i + 1
		}
		i += size
	}
	return append(append(dst, text[start:]...), '"')
}
