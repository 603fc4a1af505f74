package mapping

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// translateJS writes a regular expression of JavaScript, without flags, in the
// form in which regexp2's ECMAScript mode means the same: what that engine
// knows beyond JavaScript (class subtraction, \A, \a, inline flags) is taken
// literally or refused, as JavaScript does.
//
// common says that the pattern is in the subset that RE2 takes as it stands and
// means the same by, as long as the value is plain (see common).
func translateJS(pattern string) (translated string, inCommon bool, err error) {
	t := jsTranslator{rest: pattern, common: true}
	for t.rest != "" && err == nil {
		err = t.next()
	}
	return t.out.String(), t.common, err
}

type jsTranslator struct {
	rest       string
	out        strings.Builder
	common     bool
	repeatable bool // what was read last may be repeated
	groups     []string
}

var (
	jsCount = regexp.MustCompile(`^\{\d+(,\d*)?\}`)
	jsWide  = regexp.MustCompile(`^\\[dDwWsS]`)
	jsGroup = regexp.MustCompile(`^\((\?(:|=|!|<=|<!|<[A-Za-z_$][A-Za-z0-9_$]*>))?`)
)

// next reads one token.
func (t *jsTranslator) next() error {
	switch c := t.rest[0]; c {
	case '\\':
		t.repeatable = true
		return t.escape(false)
	case '[':
		t.repeatable = true
		return t.class()
	case '(':
		return t.group()
	case '*', '+', '?':
		return t.quantifier(1)
	case '{':
		if count := jsCount.FindString(t.rest); count != "" {
			return t.quantifier(len(count))
		}
		t.repeatable, t.common = true, false
		t.emit(`\{`, 1)
	case '.':
		t.repeatable = true
		t.emit(`[^\n\r\u2028\u2029]`, 1)
	case '^', '$', '|':
		t.repeatable = false
		t.emit(t.rest[:1], 1)
	case ')':
		t.repeatable = true
		t.emit(")", 1)
	case ']', '}':
		t.repeatable, t.common = true, false
		t.emit(`\`+t.rest[:1], 1)
	default:
		t.repeatable = true
		return t.literal()
	}
	return nil
}

func (t *jsTranslator) emit(text string, read int) {
	t.out.WriteString(text)
	t.rest = t.rest[read:]
}

// literal passes a character on; beyond U+FFFF it is two to JavaScript.
func (t *jsTranslator) literal() error {
	r, size := utf8.DecodeRuneInString(t.rest)
	switch {
	case r == utf8.RuneError && size == 1:
		return errors.New("it is not valid UTF-8")
	case r > 0xFFFF:
		t.common = false
		high, low := utf16.EncodeRune(r)
		t.emit(fmt.Sprintf(`\u%04X\u%04X`, high, low), size)
	default:
		t.emit(t.rest[:size], size)
	}
	return nil
}

func (t *jsTranslator) quantifier(size int) error {
	if !t.repeatable {
		return fmt.Errorf("there is nothing to repeat before %q", t.rest[:size])
	}
	t.emit(t.rest[:size], size)
	if strings.HasPrefix(t.rest, "?") {
		t.emit("?", 1)
	}
	t.repeatable = false
	return nil
}

func (t *jsTranslator) group() error {
	head := jsGroup.FindString(t.rest)
	if head == "(" && strings.HasPrefix(t.rest, "(?") {
		return fmt.Errorf("JavaScript has no group %q", t.rest[:min(3, len(t.rest))])
	}
	if head != "(" && head != "(?:" {
		t.common = false
	}
	if strings.HasSuffix(head, ">") {
		if slices.Contains(t.groups, head) {
			return fmt.Errorf("two groups begin with %q", head)
		}
		t.groups = append(t.groups, head)
	}
	t.repeatable = false
	t.emit(head, len(head))
	return nil
}

// escape reads a backslash with what belongs to it.
func (t *jsTranslator) escape(inClass bool) error {
	if len(t.rest) < 2 {
		return errors.New(`it ends in a \`)
	}
	r, size := utf8.DecodeRuneInString(t.rest[1:])
	token := t.rest[:1+size]
	switch {
	case strings.ContainsRune("dDwWsS", r), strings.ContainsRune("tnrfv", r):
		t.emit(token, len(token))
	case (r == 'b' || r == 'B') && !inClass:
		t.repeatable = false
		t.emit(token, len(token))
	case r == 'c' && !(len(t.rest) > 2 && isLetter(t.rest[2])):
		// Without a letter the backslash stands for itself.
		t.common = false
		t.emit(`\\`, 1)
	case r == 'b', r == 'c', r == 'k', r >= '0' && r <= '9':
		t.common = false
		t.emit(token, len(token))
	case r == 'x' && jsHex(t.rest[2:], 2), r == 'u' && jsHex(t.rest[2:], 4):
		t.common = false
		digits := 2
		if r == 'u' {
			digits = 4
		}
		t.emit(t.rest[:2+digits], 2+digits)
	case r < utf8.RuneSelf && !isLetter(byte(r)):
		t.emit(token, len(token))
	default:
		// Any other character stands for itself.
		t.common = false
		t.rest = t.rest[1:]
		return t.literal()
	}
	return nil
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func jsHex(s string, digits int) bool {
	return len(s) >= digits && strings.Trim(s[:digits], "0123456789abcdefABCDEF") == ""
}

// class reads [...]; a [ inside it is an ordinary character.
func (t *jsTranslator) class() error {
	t.emit("[", 1)
	if strings.HasPrefix(t.rest, "^") {
		t.emit("^", 1)
	}
	wide := false // what was read last is a class of its own, such as \d
	for first := true; t.rest != ""; first = false {
		var err error
		after := wide
		wide = jsWide.MatchString(t.rest)
		switch c := t.rest[0]; {
		case c == '-' && (after || jsWide.MatchString(t.rest[1:])) && !strings.HasPrefix(t.rest, "-]"):
			// A class is no end of a range: the - stands for itself.
			t.common = false
			t.emit(`\-`, 1)
		case c == ']':
			if first {
				t.common = false
			}
			t.emit("]", 1)
			return nil
		case c == '[':
			t.common = false
			t.emit(`\[`, 1)
		case c == '\\':
			err = t.escape(true)
		default:
			err = t.literal()
		}
		if err != nil {
			return err
		}
	}
	return errors.New("it has a [ that is not closed")
}
