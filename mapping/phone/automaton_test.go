package phone_test

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/campsync/campsync/mapping/phone"
	"github.com/nyaruka/phonenumbers/v2"
)

// TestPrefixIsRegexp compares the automata of prefixes with package regexp, on patterns of the metadata and on ones
// that try the order of alternatives, groups and the end of the text.
func TestPrefixIsRegexp(t *testing.T) {
	patterns := []string{
		`0|00`, `00|0`, `0?`, `(0)|1`, `(0)?1`, `0(1)?`, `(0|00)1?`, `(1\d)$|1`, `1|(1\d)$`, `(1)$|(1)`, `0*?1`, `1+?`,
		`(?:0|90)(?:(1[245])(\d{3,4}))?`, `0(8(?:[1-4]|5\d))?`, `(00[25]\d{2,3})$|(?:(?:0037)0?)|0`, `[08]`, `80?|8`,
	}
	metadata, err := phonenumbers.MetadataCollection()
	if err != nil {
		t.Fatal(err)
	}
	for _, meta := range metadata.GetMetadata() {
		for _, pattern := range []string{meta.GetNationalPrefixForParsing(), meta.GetInternationalPrefix(), meta.GetLeadingDigits()} {
			if pattern != "" {
				patterns = append(patterns, pattern)
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, pattern := range patterns {
		matcher, prefix := regexp.MustCompile(`^(?:`+pattern+`)`), phone.Prefix(pattern)
		for range 30 {
			digits := randomDigits(random, pattern)
			wantEnd, wantGroup := -1, false
			if groups := matcher.FindStringSubmatchIndex(digits); groups != nil {
				wantEnd, wantGroup = groups[1], groups[len(groups)-2] >= 0
			}
			end, group := prefix(digits)
			if end != wantEnd || group != wantGroup {
				t.Fatalf("%q on %s: %d, %t; want %d, %t", pattern, digits, end, group, wantEnd, wantGroup)
			}
		}
	}
}

// TestWholeIsRegexp compares the automata of whole numbers with package regexp.
func TestWholeIsRegexp(t *testing.T) {
	patterns := []string{`\d{3,5}`, `1\d+|2`, `(?:12|2\d)3?`, `[13-5]{2}(?:\d{2})?`, `1*2`}
	matchers := make([]*regexp.Regexp, len(patterns))
	for i, pattern := range patterns {
		matchers[i] = regexp.MustCompile(`^(?:` + pattern + `)$`)
	}
	whole := phone.Whole(patterns)
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		digits := randomDigits(random, "12345")
		var want uint16
		for i, matcher := range matchers {
			if matcher.MatchString(digits) {
				want |= 1 << i
			}
		}
		if got := whole(digits); got != want {
			t.Fatalf("%s: patterns %b match, want %b", digits, got, want)
		}
	}
}

// randomDigits returns up to ten digits, most of them such as the pattern has.
func randomDigits(random *rand.Rand, pattern string) string {
	digits := make([]byte, random.IntN(11))
	for i := range digits {
		digits[i] = pattern[random.IntN(len(pattern))]
		if digits[i] < '0' || digits[i] > '9' {
			digits[i] = byte('0' + random.IntN(10))
		}
	}
	return string(digits)
}
