package term_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"go.uber.org/goleak"

	"github.com/campsync/campsync/cmd/internal/term"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func noEnv(string) string { return "" }

func TestAFileIsNoTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	s := term.NewStream(f, noEnv)
	if s.Terminal || s.Colour || s.Width() != 0 {
		t.Errorf("a file is taken for a terminal: %+v", s)
	}
	if got := s.Bold("x") + s.Red("y") + s.Dim("z"); got != "xyz" {
		t.Errorf("painted off a terminal: %q", got)
	}
	if term.Interactive(strings.NewReader("")) || term.Interactive(f) {
		t.Error("nobody can answer there")
	}
}

func TestColour(t *testing.T) {
	s := term.Stream{Terminal: true, Colour: true}
	if got, want := s.Red("no"), "\x1b[31mno\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.Red(""); got != "" {
		t.Errorf("nothing is painted: %q", got)
	}
}

func TestEscape(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"Zoë Müller 山田", "Zoë Müller 山田"},
		{"\x1b[2Jgone", `\x1b[2Jgone`},
		{"\x1b]0;title\x07", `\x1b]0;title\x07`},
		{"a\rb\nc\td", `a\rb\nc\td`},
		{"evil\u202egnp.exe", `evil\u202egnp.exe`},
		{"\u2066x\u2069", `\u2066x\u2069`},
		{"\u009b31m", `\u009b31m`},
		{"\ufeffbom\u200b", `\ufeffbom\u200b`},
		{"\u2028", `\u2028`},
		{"a\u200db", "a\u200db"},
		{"\U000e0001tag", `\U000e0001tag`},
		{"bad\xffbyte", `bad\xffbyte`},
		{"\uFFFD", "\uFFFD"},
	} {
		if got := term.Escape(test.in); got != test.want {
			t.Errorf("Escape(%q) = %q, want %q", test.in, got, test.want)
		}
	}
	if got := term.EscapeLines("a\x1b\nb\r"); got != "a\\x1b\nb\\r" {
		t.Errorf("EscapeLines: %q", got)
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("\x1b[31m\u202e\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := term.Escape(text)
		if !utf8.ValidString(got) {
			t.Errorf("Escape(%q) = %q is no UTF-8", text, got)
		}
		if strings.ContainsFunc(got, unicode.IsControl) || strings.ContainsAny(got, "\u202a\u202e\u2066\u2069\u200b\ufeff") {
			t.Errorf("Escape(%q) = %q still commands", text, got)
		}
	})
}

func FuzzEscapeJSON(f *testing.F) {
	f.Add("\u009b\u202e\U000e0001")
	f.Fuzz(func(t *testing.T, text string) {
		plain, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		escaped := term.EscapeJSON(plain)
		var before, after string
		if err := json.Unmarshal(plain, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(escaped, &after); err != nil || before != after {
			t.Errorf("%s became %s: %v", plain, escaped, err)
		}
		if bytes.ContainsFunc(escaped, unicode.IsControl) {
			t.Errorf("%s still commands", escaped)
		}
	})
}

func TestMaskNumbers(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"+447911123123", "+44 79** ***123"},
		{"+12015550123", "+1 20** ***123"},
		{"+35312345678", "+353 12** *678"},
		{"+6421123456", "+64 21** *456"},
		{"+2905123", "+290 **23"},
		{"search=%2B447911123123&page=1", "search=+44 79** ***123&page=1"},
		{"no number, 447911123123 is none", "no number, 447911123123 is none"},
		{"1+1=2", "1+1=2"},
		{"+0123456789 begins with no country", "+0123456789 begins with no country"},
		{"two: +447911123123 +447911123124.", "two: +44 79** ***123 +44 79** ***124."},
	} {
		if got := term.MaskNumbers(test.in); got != test.want {
			t.Errorf("MaskNumbers(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	table := term.NewTable(term.Stream{Writer: &out}, 0, "NAME", "STATUS")
	for _, row := range [][]string{{"Zoë", "active"}, {"山田太郎", "draft"}, {"x\x1b[31m", ""}} {
		if err := table.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	want := "NAME       STATUS\n" +
		"Zoë        active\n" +
		"山田太郎   draft\n" +
		"x\\x1b[31m\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTableFitsTheTerminal(t *testing.T) {
	var out bytes.Buffer
	table := term.NewTable(term.Stream{Writer: &out, Terminal: true}, 0, "NAME", "UUID")
	uuid := strings.Repeat("u", 36)
	if err := table.Row(strings.Repeat("n", 200), uuid); err != nil {
		t.Fatal(err)
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	row := strings.Split(out.String(), "\n")[1]
	if n := utf8.RuneCountInString(row); n != 80 {
		t.Errorf("the row has %d columns: %q", n, row)
	}
	if !strings.HasSuffix(row, "…  "+uuid) {
		t.Errorf("the wrong column was cut: %q", row)
	}
}

func TestLongTablesAreNotHeld(t *testing.T) {
	var out bytes.Buffer
	table := term.NewTable(term.Stream{Writer: &out}, 0, "N")
	for range 5000 {
		if err := table.Row("1"); err != nil {
			t.Fatal(err)
		}
	}
	if out.Len() == 0 {
		t.Error("nothing was written before the end")
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != 5001 {
		t.Errorf("%d lines", n)
	}
}
