package mapping_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2"

	"github.com/campsync/campsync/mapping"
)

func TestMain(m *testing.M) {
	code := m.Run()
	regexp2.StopTimeoutClock()
	os.Exit(code)
}

// rule compiles a mapping whose parameter x has a validation.
func rule(t testing.TB, pattern string) *mapping.Mapper {
	return compile(t, "phoneNumber: Phone\nparameters.x: {columns: [Cell], join: ''}", []string{"Phone", "Cell"},
		mapping.RecordType{Fields: []mapping.Field{{ID: "x", Type: "text", Validation: pattern}}}, mapping.Env{})
}

// The answers are those of a JavaScript engine.
func TestPatternsAreThoseOfJavaScript(t *testing.T) {
	text, err := os.ReadFile("testdata/patterns.json")
	if err != nil {
		t.Fatal(err)
	}
	var known struct {
		Values   []string
		Patterns []struct {
			Pattern, Matches string
			Error            bool
		}
	}
	if err := json.Unmarshal(text, &known); err != nil {
		t.Fatal(err)
	}
	if len(known.Patterns) < 100 || len(known.Values) < 50 {
		t.Fatalf("only %d patterns and %d values", len(known.Patterns), len(known.Values))
	}
	for _, p := range known.Patterns {
		m := rule(t, p.Pattern)
		if notices := m.Notices(); p.Error != (len(notices) > 0) && p.Pattern != "" {
			t.Errorf("%q: an error in JavaScript: %v, notices %q", p.Pattern, p.Error, notices)
			continue
		}
		for i, v := range known.Values {
			if strings.TrimSpace(strings.Trim(v, "\ufeff")) != v || v == "" || p.Error {
				continue // a cell is trimmed, and blank ones are not checked
			}
			got := sentBy(t, m, []string{"+442079460958", v})
			if passes := !strings.HasPrefix(got, "validation:"); passes != (p.Matches[i] == '1') {
				t.Errorf("%q on %q: %v, in JavaScript %c", p.Pattern, v, passes, p.Matches[i])
			}
		}
	}
}

// A hostile pattern costs half a second a cell at most, three times.
func TestHostilePattern(t *testing.T) {
	m := rule(t, `^(?=(a+)+$)(a|aa)+$`)
	cell := strings.Repeat("a", 5000) + "!"
	fastest := time.Minute // of those that are tried; one alone may be slow for reasons of the machine
	for i := range 6 {
		start := time.Now()
		if got := sentBy(t, m, []string{"+442079460958", cell}); strings.HasPrefix(got, "validation") {
			t.Fatalf("a cell that could not be checked was refused: %.80s", got)
		}
		if took := time.Since(start); i < 3 {
			fastest = min(fastest, took)
		}
	}
	if fastest > 500*time.Millisecond {
		t.Errorf("a cell took %v", fastest)
	}
	if n := m.Notices(); len(n) != 1 || !strings.Contains(n[0], "takes too long") {
		t.Errorf("notices %q", n)
	}
	start := time.Now()
	sentBy(t, m, []string{"+442079460958", cell})
	if took := time.Since(start); took > 50*time.Millisecond {
		t.Errorf("given up, it still took %v", took)
	}
}

func TestLongPatternIsNotChecked(t *testing.T) {
	m := rule(t, strings.Repeat("a?", 3000))
	if n := m.Notices(); len(n) != 1 || !strings.Contains(n[0], "the server decides") {
		t.Errorf("notices %q", n)
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{`^(?=a)[^\s]*$`, `[a-`, `\`, `(?<`, `{1}`, `a{99999999999}`, `\u{1F600}`, "\xff"} {
		f.Add(s, "a 😀\r")
	}
	f.Fuzz(func(t *testing.T, pattern, cell string) {
		m, err := compileText("version: 1\ncolumns: {phoneNumber: Phone, parameters.x: Cell}\n", []string{"Phone", "Cell"},
			mapping.RecordType{Fields: []mapping.Field{{ID: "x", Type: "text", Validation: pattern}}}, mapping.Env{})
		if err != nil {
			t.Fatal(err)
		}
		var c mapping.Contact
		start := time.Now()
		m.Map([]string{"+442079460958", cell}, &c)
		if took := time.Since(start); took > 2*time.Second {
			t.Fatalf("%q on %q took %v", pattern, cell, took)
		}
	})
}
