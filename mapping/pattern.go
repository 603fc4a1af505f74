package mapping

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/dlclark/regexp2"
)

const (
	patternTimeout  = 100 * time.Millisecond // of one value
	patternTimeouts = 3                      // after so many the server decides
	maxPattern      = 4096                   // bytes
	// maxSteps bounds what RE2 may cost a value: instructions times bytes. It
	// has no timeout, and with counted repetitions it can have many of them.
	maxSteps = 2_000_000
)

// pattern is a record type's validation: a regular expression in JavaScript's
// dialect, tested like RegExp.prototype.test without flags.
//
// RE2 does it, in linear time, where the pattern and the value mean the same
// to both; else a backtracking engine with a timeout. A pattern that neither
// can do, or that took too long three times, is not checked here: the server
// decides.
type pattern struct {
	field    string
	text     string
	fast     *regexp.Regexp  // nil where the pattern is not in the common subset
	steps    int             // instructions of fast
	slow     *regexp2.Regexp // nil where the pattern cannot be checked
	fault    error           // why
	timeouts *atomic.Int32
}

func newPattern(field, text string) *pattern {
	p := &pattern{field: field, text: text, timeouts: new(atomic.Int32)}
	if len(text) > maxPattern {
		p.fault = fmt.Errorf("it is longer than %d bytes", maxPattern)
		return p
	}
	translated, common, err := translateJS(text)
	if err != nil {
		p.fault = err
		return p
	}
	if p.slow, p.fault = regexp2.Compile(translated, regexp2.ECMAScript); p.fault != nil {
		return p
	}
	p.slow.MatchTimeout = patternTimeout
	if common {
		p.compileFast()
	}
	return p
}

func (p *pattern) compileFast() {
	tree, err := syntax.Parse(p.text, syntax.Perl)
	if err != nil {
		return
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return
	}
	if p.fast, err = regexp.Compile(p.text); err != nil {
		p.fast = nil
		return
	}
	p.steps = len(program.Inst)
}

// matches says whether a value passes; it does where that cannot be told.
func (p *pattern) matches(value string) bool {
	if p.slow == nil || p.timeouts.Load() >= patternTimeouts {
		return true
	}
	if p.fast != nil && p.steps*len(value) <= maxSteps && common(value) {
		return p.fast.MatchString(value)
	}
	// JavaScript sees UTF-16 units, so a character beyond U+FFFF is two.
	var units []rune
	for _, u := range utf16.Encode([]rune(value)) {
		units = append(units, rune(u))
	}
	ok, err := p.slow.MatchRunes(units)
	if err != nil {
		p.timeouts.Add(1)
		return true
	}
	return ok
}

// common says whether a value looks the same to both dialects: no character
// that is two to JavaScript, and no white space or line end that only one of
// them takes for one.
func common(value string) bool {
	for _, r := range value {
		if r > 0xFFFF || r == '\r' || r == '\v' || r == '\uFEFF' || r > '~' && unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// notice says why the pattern is not checked, "" where it is.
func (p *pattern) notice() string {
	switch {
	case p.fault != nil:
		return fmt.Sprintf("the rule of %s, %s, cannot be checked here (%v): the server decides", p.field, show(p.text), p.fault)
	case p.timeouts.Load() >= patternTimeouts:
		return fmt.Sprintf("the rule of %s, %s, takes too long and is no longer checked here: the server decides", p.field, show(p.text))
	}
	return ""
}
