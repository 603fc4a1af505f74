package phone

import "unicode/utf8"

// maxScanned is how many digits a text may have to be read without the library. A number has 15; some more are for
// the prefix of an international call.
const maxScanned = 24

// scanned is a text that is nothing but digits, a plus before them and the punctuation that is usual in numbers.
type scanned struct {
	digits [maxScanned]byte
	n      int
	plus   bool
}

// scan reads text. It is false for what only the library can judge: letters, extensions, placeholders, unusual
// punctuation, and two numbers where there may be two; everything it accepts means the same to the library and passes
// [findDamage].
func (s *scanned) scan(text []byte) bool {
	numbers, digits, punctuated := 0, 0, false // digits: since a second number may have begun
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case isDigit(c):
			if s.n == maxScanned {
				return false
			}
			if c == '0' && punctuated && digits >= minDigits {
				numbers, digits = numbers+1, 0
			}
			s.digits[s.n] = c
			s.n++
			digits++
			punctuated = false
			continue
		case c == '+':
			if s.plus || s.n > 0 {
				return false
			}
			s.plus = true
		case c == '/' || c == '\n':
			if digits >= minDigits {
				numbers++
			}
			digits = 0
		case c == '.':
			if i+1 < len(text) && text[i+1] == '.' {
				return false
			}
		case c == ' ' || c == '-' || c == '(' || c == ')' || c == '[' || c == ']':
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(text[i:])
			if !isDash(r) {
				return false
			}
			i += size - 1
		default:
			return false
		}
		punctuated = true
	}
	if digits >= minDigits {
		numbers++
	}
	return numbers <= 1 && s.n > 3
}

// isDash reports whether r is one of the dashes that the library allows in a number.
func isDash(r rune) bool {
	return '\u2010' <= r && r <= '\u2015' || r == '\u2212' || r == '\u30FC'
}
