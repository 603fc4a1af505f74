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
	t := jsTranslator{rest: pattern, common: true, names: jsNames(pattern)}
	for t.rest != "" && err == nil {
		err = t.next()
	}
	return t.out.String(), t.common, err
}

type jsTranslator struct {
	rest       string
	out        strings.Builder
	common     bool
	repeatable bool     // what was read last may be repeated
	open       []string // heads of the groups that are open
	names      []string // of all groups that capture, "" for those without a name
}

// jsNames are the names of the groups that capture, in the order by which
// JavaScript numbers them; regexp2 numbers those with a name last.
func jsNames(pattern string) []string {
	var names []string
	inClass := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case inClass:
			inClass = c != ']'
		case c == '[':
			inClass = true
		case c == '(':
			if head := jsGroup.FindString(pattern[i:]); head == "(" && !strings.HasPrefix(pattern[i:], "(?") || strings.HasSuffix(head, ">") {
				names = append(names, strings.Trim(head, "(?<>"))
			}
		}
	}
	return names
}

// named says whether the pattern has groups with names.
func (t *jsTranslator) named() bool {
	return slices.ContainsFunc(t.names, func(name string) bool { return name != "" })
}

var (
	jsReference = regexp.MustCompile(`^\\k<([A-Za-z_$][A-Za-z0-9_$]*)>`)
	jsCount     = regexp.MustCompile(`^\{\d+(,\d*)?\}`)
	jsWide      = regexp.MustCompile(`^\\[dDwWsS]`)
	jsGroup     = regexp.MustCompile(`^\((\?(:|=|!|<=|<!|<[A-Za-z_$][A-Za-z0-9_$]*>))?`)
)

// Boundaries of words of ASCII letters, digits and _: regexp2's own go by all
// letters of Unicode, in ECMAScript mode too.
const (
	jsBoundary   = `(?:(?<=\w)(?!\w)|(?<!\w)(?=\w))`
	jsNoBoundary = `(?:(?<=\w)(?=\w)|(?<!\w)(?!\w))`
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
		if len(t.open) == 0 {
			return errors.New("it has a ) too many")
		}
		head := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.repeatable = head != "(?<=" && head != "(?<!"
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
	if name := strings.Trim(head, "(?<>"); strings.HasSuffix(head, ">") {
		if first := slices.Index(t.names, name); slices.Contains(t.names[first+1:], name) {
			return fmt.Errorf("two groups have the name %q", name)
		}
		t.emit("(", len(head))
	} else {
		t.emit(head, len(head))
	}
	t.open = append(t.open, head)
	t.repeatable = false
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
	case r == 'b' && !inClass:
		t.repeatable = false
		t.emit(jsBoundary, len(token))
	case r == 'B' && !inClass:
		t.repeatable = false
		t.emit(jsNoBoundary, len(token))
	case r == 'c' && !(len(t.rest) > 2 && isLetter(t.rest[2])):
		// Without a letter the backslash stands for itself.
		t.common = false
		t.emit(`\\`, 1)
	case r == 'k' && t.named() && !inClass:
		return t.backreference()
	case r == 'b', r == 'c', r >= '0' && r <= '9':
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

// backreference reads \k<name>.
func (t *jsTranslator) backreference() error {
	ref := jsReference.FindStringSubmatch(t.rest)
	if ref == nil || !slices.Contains(t.names, ref[1]) {
		return errors.New(`it has a \k without the name of a group`)
	}
	t.common = false
	t.emit(fmt.Sprintf(`(?:\%d)`, slices.Index(t.names, ref[1])+1), len(ref[0]))
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
