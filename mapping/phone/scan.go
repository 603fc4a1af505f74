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
	second, slash, punctuated := 0, 0, false // second: where a second number may begin, after enough digits for the first
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case isDigit(c):
			if s.n == maxScanned {
				return false
			}
			if c == '0' && punctuated && second == 0 && s.n >= minDigits {
				second = s.n
			}
			s.digits[s.n] = c
			s.n++
			punctuated = false
			continue
		case c == '+':
			if s.plus || s.n > 0 {
				return false
			}
			s.plus = true
		case c == '/' || c == '\n':
			if c == '/' {
				slash = s.n
			}
			if second == 0 && s.n >= minDigits {
				second = s.n
			}
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
	mayBeTwo := second > 0 && s.n-second >= minDigits || slash >= minDigits && slash < s.n && s.n-slash <= maxTail
	return !mayBeTwo && s.n > 3
}

// isDash reports whether r is one of the dashes that the library allows in a number.
func isDash(r rune) bool {
	return '\u2010' <= r && r <= '\u2015' || r == '\u2212' || r == '\u30FC'
}
