package profile_test

import (
	"strings"
	"testing"

	"github.com/campsync/campsync/mapping/profile"
)

func TestDamage(t *testing.T) {
	const numbers = "+44 7400 123456|+44 7400 123457|+44 7400 123458|"
	for _, test := range []struct {
		name, region, cells string
		kind                profile.Kind
		verdict             profile.Verdict
		example, message    string // what it holds
	}{
		{"Phone", "", numbers + "4.47911E+11", profile.Scientific, profile.Lost, "4.47911E+11", "digits lost"},
		{"Phone", "", numbers + "4,47911E+11", profile.Scientific, profile.Lost, "4,47911E+11", ""},
		{"Account", "", "1|2|1.2E+15", profile.Scientific, profile.Lost, "1.2E+15", ""},
		{"Phone", "", numbers + "#N/A", profile.ErrorValue, profile.Lost, "#N/A", ""},
		{"x", "", "a|#ref!|b", profile.ErrorValue, profile.Lost, "#ref!", ""},
		{"x", "", "a|########", profile.ErrorValue, profile.Lost, "########", ""},
		{"x", "", "a|#WERT!", profile.ErrorValue, profile.Lost, "#WERT!", ""},
		{"Phone", "", numbers + "01/02/2024", profile.DateInstead, profile.Lost, "01/02/2024", "a date"},
		{"Phone", "GB", "07400 123456|7400123457", profile.LeadingZero, profile.Harmless, "7400123457", "may have lost"},
		{"Phone", "IT", "06 1234 5678|0612345678|612345678", profile.LeadingZero, profile.Lost, "612345678", "is lost"},
		{"x", "", "a|JosÃ©", profile.Mojibake, profile.Lost, "JosÃ©", "Windows-1252: it was José"},
		{"x", "", "a|Jos√©", profile.Mojibake, profile.Lost, "Jos√©", "Mac Roman: it was José"},
		{"x", "", "a|JosÃƒÂ©", profile.Mojibake, profile.Lost, "JosÃƒÂ©", "it was José"},
		{"x", "", "a|M\uFFFDller", profile.Replaced, profile.Lost, "M\uFFFDller", "U+FFFD"},
		{"Phone", "", numbers + "'+44 7400 123456", profile.Apostrophe, profile.Mended, "'+44 7400 123456", ""},
		{"x", "", "a|'00123", profile.Apostrophe, profile.Harmless, "'00123", "sent with it"},
		{"Phone", "", numbers + `="+447400123456"`, profile.Formula, profile.Mended, `="+447400123456"`, ""},
		{"Phone", "GB", numbers + "447400123456.0", profile.PointZero, profile.Mended, "447400123456.0", ""},
		{"Phone", "", numbers + "+44\u00A07400 123456", profile.WideSpaces, profile.Mended, "+44\u00A07400 123456", ""},
		{"Phone", "", numbers + "+\uFF14\uFF147400123456", profile.Fullwidth, profile.Mended, "+\uFF14\uFF147400123456", ""},
		{"Phone", "", numbers + "+44\u202C7400 123456", profile.Invisible, profile.Mended, "+44\u202C7400 123456", ""},
		{"x", "", "a|b\u00ADc", profile.Invisible, profile.Harmless, "b\u00ADc", "sent with it"},
		{"x", "", "a|b ", profile.Spaces, profile.Harmless, "b ", ""},
	} {
		cells := strings.Split(test.cells, "|")
		c := look(test.name, test.region, cells...)
		var found *profile.Damage
		for i := range c.Damage {
			if c.Damage[i].Kind == test.kind {
				found = &c.Damage[i]
			}
		}
		switch {
		case found == nil:
			t.Errorf("%q: %s is not found in %+v", test.cells, test.kind, c.Damage)
		case found.Verdict != test.verdict || found.Count != 1 || found.Example != test.example || !strings.Contains(found.Message, test.message):
			t.Errorf("%q: %+v", test.cells, found)
		case found.Verdict == profile.Lost && found.Remedy == "":
			t.Errorf("%q: nothing is said of what to do: %+v", test.cells, found)
		case cells[found.Lines[0]-2] != test.example:
			t.Errorf("%q: line %d", test.cells, found.Lines[0])
		}
	}
}

func TestNoDamage(t *testing.T) {
	for _, test := range []struct{ name, region, cells string }{
		{"x", "", "O'Neil|'s-Hertogenbosch|'t Hart"},
		{"x", "", "12.0|13.0"},                   // a decimal is one
		{"x", "", "2E4|3F5|1E2"},                 // codes
		{"x", "", "1.5E-3|2.5E-4"},               // nothing is lost of small numbers
		{"x", "", "2024-01-31|2024-02-29"},       // dates where dates should be
		{"x", "", "#1|#42|#"},                    // numbers of things
		{"x", "", "José|Müller|Łódź|Ærø|日本|Ã|£"}, // text as it should be
		{"x", "", "two\nlines|tab\tinside"},
		{"Phone", "US", "2125550142|4155552671"}, // no 0 is written there
		{"Phone", "GB", "447400123456|07400123456"},
		{"x", "", "👩‍💻|नमस्ते"}, // joiners belong to the text
	} {
		if c := look(test.name, test.region, strings.Split(test.cells, "|")...); len(c.Damage) > 0 {
			t.Errorf("%q: %+v", test.cells, c.Damage)
		}
	}
}

func TestLinesOfDamage(t *testing.T) {
	cells := make([]string, 50)
	for i := range cells {
		cells[i] = "#N/A"
	}
	d := look("x", "", cells...).Damage[0]
	if d.Count != 50 || len(d.Lines) != 10 || d.Lines[0] != 2 || d.Lines[9] != 11 {
		t.Errorf("%+v", d)
	}
}
