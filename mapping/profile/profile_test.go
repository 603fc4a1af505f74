package profile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/mapping/profile"
)

// look is the profile of one column, of which line 2 is the first.
func look(name, region string, cells ...string) profile.Column {
	p := profile.New([]string{name}, profile.Options{Region: region})
	for i, cell := range cells {
		p.Add(i+2, []string{cell})
	}
	return p.Columns()[0]
}

func TestTypes(t *testing.T) {
	for _, test := range []struct {
		name, cells string // separated by bars
		typ         profile.Type
		fits        int64
	}{
		{"x", "|", profile.Empty, 0},
		{"x", " |\u00A0", profile.Empty, 0},
		{"x", "ada@example.com|grace@example.org", profile.Email, 2},
		{"x", "ada@example.com|a@b.de|c@d.de|none", profile.Email, 3},
		{"x", "ada@example.com|none", profile.Text, 2},
		{"x", "6f1e8a2c-0000-4000-8000-000000000001|6F1E8A2C-0000-4000-8000-000000000002", profile.UUID, 2},
		{"x", "https://example.com/a?b=1|www.example.org", profile.URL, 2},
		{"x", "2024-01-31|2024-02-29", profile.Date, 2},
		{"x", "20240131|20240229", profile.Date, 2},
		{"x", "10010131|10020229", profile.Number, 2}, // no dates of our times
		{"x", "31 Jan 2024|1 März 2024|Feb 2, 2024|3-Feb-24", profile.Date, 4},
		{"x", "2024-01-31 10:00|2024-02-29", profile.Date, 2},
		{"x", "2024-01-31 10:00|2024-02-29T11:30:00Z", profile.Datetime, 2},
		{"x", "1/2/24 3:04 PM|11/12/24 12:30 am", profile.Datetime, 2},
		{"x", "2024-02-30|2024-13-01", profile.Text, 2},
		{"x", "yes|no|Yes|TRUE|nein", profile.Bool, 5},
		{"x", "0|1|1", profile.Bool, 3},
		{"x", "1|1|1", profile.Number, 3},
		{"x", "0|0|0|1|0|0|0|4", profile.Number, 8},
		{"x", "yes|no|1|0", profile.Bool, 4},
		{"x", "United Kingdom|DE|Frankreich", profile.Country, 3},
		{"Country", "NO|NO|FI", profile.Country, 3},
		{"x", "no|no|no", profile.Bool, 3},
		{"State", "CA|IL|NY|TX", profile.Text, 4}, // some are countries, too
		{"x", "EUR|gbp|€", profile.Currency, 3},
		{"x", "1|23|456", profile.Number, 3},
		{"x", "007|008|123", profile.Text, 3}, // not counted by anybody
		{"x", "1.5|2|3.25", profile.Decimal, 3},
		{"x", "1.234|5.678", profile.Decimal, 2},
		{"x", "£ 1,234.50|-3|$4", profile.Decimal, 3},
		{"First Name", "Ada|Grace|Jean-Luc|O'Neil", profile.Name, 4},
		{"Colour", "Ada|Grace", profile.Text, 2},
		{"x", "a longer text, with words|another", profile.Text, 2},
		{"x", "+44 20 7946 0018|+1 212 555 0142", profile.Phone, 2},
		{"Phone", "07400123456|07911123456", profile.Phone, 2},
		{"Order", "07400123456|07911123456", profile.Phone, 2}, // nothing else begins with a 0
		{"Order", "74001234|79111234", profile.Number, 2},
		{"Phone", "4.47911E+11|07400123456|4.47912E+11", profile.Phone, 1},
		{"Order", "8307-7891-7433-008|6391-8286-5433-002", profile.Text, 2}, // valid nowhere
		{"Zip", "60623-1234|60628-4321|60651-0001", profile.Text, 3},
		{"Period", "2010-11|2011-12|2012-13", profile.Text, 3},
		{"Part", "100-2345|100-2346|200-1000", profile.Text, 3},
		{"Part", "12.345.678|12.345.679", profile.Number, 2},
		{"x", "06 12 34 56 78|01 42 68 53 00", profile.Phone, 2},
		{"x", "212 555 0142|(212) 555-0199", profile.Phone, 2},
	} {
		c := look(test.name, "", strings.Split(test.cells, "|")...)
		if c.Type != test.typ || c.Fits != test.fits {
			t.Errorf("%s: %q is %s of %d (%s), want %s of %d", test.name, test.cells, c.Type, c.Fits, c.Reason, test.typ, test.fits)
		}
	}
}

func TestCounts(t *testing.T) {
	c := look("City", "", "Oslo", " Oslo ", "", "São Paulo", "Rio", "  ")
	want := profile.Column{
		Name: "City", Rows: 6, Filled: 4, Distinct: profile.Distinct{Count: 3, Exact: true}, Shortest: 3, Longest: 9,
		Examples: []profile.Example{{Value: "Oslo", Count: 2, Line: 2}, {Value: "São Paulo", Count: 1, Line: 5}, {Value: "Rio", Count: 1, Line: 6}},
		Type:     profile.Text, Fits: 4, Reason: "nothing more particular fits most cells",
		Damage: []profile.Damage{{
			Kind: profile.Spaces, Verdict: profile.Harmless, Count: 1, Lines: []int{3}, Example: " Oslo ", Message: "white space around the text",
		}},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	if c.Fill() != 4.0/6 || c.Share() != 1 {
		t.Errorf("filled %v, fits %v", c.Fill(), c.Share())
	}
	if c := look("x", "", "a", "a"); !c.Constant {
		t.Error("a column of one value is constant")
	}
	if c := look("x", "", "a", ""); c.Constant {
		t.Error("one cell makes no constant")
	}
}

func TestRowsAreRagged(t *testing.T) {
	p := profile.New([]string{"a", "b"}, profile.Options{})
	p.Add(2, []string{"1"})
	p.Add(3, []string{"2", "x", "beyond"})
	columns := p.Columns()
	if columns[0].Filled != 2 || columns[1].Filled != 1 || columns[1].Rows != 2 {
		t.Errorf("%+v", columns)
	}
}

func TestDates(t *testing.T) {
	for _, test := range []struct {
		cells, formats string
		ambiguous      bool
	}{
		{"03/04/2024|05/06/2024", "DD/MM/YYYY; MM/DD/YYYY", true},
		{"03/04/2024|13/06/2024", "DD/MM/YYYY", false},
		{"3/4/2024|6/13/2024", "MM/DD/YYYY", false},
		{"04/04/2024|05/05/2024", "DD/MM/YYYY", false}, // either way the same
		{"01.02.03|04.05.06", "DD.MM.YY; MM.DD.YY; YY.MM.DD", true},
		{"01.02.03|32.05.04", "YY.MM.DD", false},
		{"2024-01-02|2024-03-04", "YYYY-MM-DD", false},
		{"2024-01-02 10:11:12|2024-03-04 00:00:00", "YYYY-MM-DD HH:mm:ss", false},
		{"2024-01-02T10:11:12.5+02:00|2024-01-02T10:11:12.5Z", "YYYY-MM-DDTHH:mm:ss.SSSZ", false},
		{"1/2/2024 3:04 pm|1/13/2024 3:04 pm", "MM/DD/YYYY hh:mm A", false},
		{"03/04/2024|nothing yet|05/06/2024|13/06/2024|14/06/2024", "DD/MM/YYYY", false},
	} {
		c := look("x", "", strings.Split(test.cells, "|")...)
		if c.Dates == nil {
			t.Errorf("%q is %s", test.cells, c.Type)
			continue
		}
		var formats []string
		for _, f := range c.Dates.Formats {
			formats = append(formats, f.Format)
		}
		if strings.Join(formats, "; ") != test.formats || c.Dates.Ambiguous != test.ambiguous {
			t.Errorf("%q: formats %v, ambiguous %t; want %s, %t", test.cells, formats, c.Dates.Ambiguous, test.formats, test.ambiguous)
		}
	}
}

func TestAmbiguousDatesShowBothReadings(t *testing.T) {
	c := look("x", "", "01/01/2024", "03/04/2024", "02/12/2023")
	want := &profile.Dates{
		Ambiguous: true, Mixed: []profile.Format{},
		Formats: []profile.Format{
			{Format: "DD/MM/YYYY", Count: 3, First: "2023-12-02", Last: "2024-04-03", Example: "03/04/2024", Reading: "2024-04-03"},
			{Format: "MM/DD/YYYY", Count: 3, First: "2023-02-12", Last: "2024-03-04", Example: "03/04/2024", Reading: "2024-03-04"},
		},
	}
	if diff := cmp.Diff(want, c.Dates); diff != "" {
		t.Error(diff)
	}
}

func TestMixedDates(t *testing.T) {
	c := look("x", "", "2024-01-02", "2024-01-03", "31.01.2024")
	if len(c.Dates.Formats) != 0 || len(c.Dates.Mixed) != 2 || c.Dates.Mixed[0].Format != "YYYY-MM-DD" || c.Dates.Mixed[0].Count != 2 {
		t.Errorf("%+v", c.Dates)
	}
}

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		cells, decimal   string
		ambiguous, mixed bool
		readings         string
	}{
		{"1|23", "", false, false, ""},
		{"1.5|23", ".", false, false, ""},
		{"1,5|23", ",", false, false, ""},
		{"1.234|5.678", "", true, false, "1.234 1234"},
		{"1.234|5.6", ".", false, false, ""},
		{"1.234|5.678,9", ",", false, false, ""},
		{"1,234|1.5", ".", false, false, ""},
		{"1,5|1.5", "", false, true, ""},
		{"1 234,5|7", ",", false, false, ""},
		{"1,234,567|7", ".", false, false, ""},
	} {
		c := look("x", "", strings.Split(test.cells, "|")...)
		n := c.Numbers
		if n == nil || n.Decimal != test.decimal || n.Ambiguous != test.ambiguous || n.Mixed != test.mixed || strings.Join(n.Readings, " ") != test.readings {
			t.Errorf("%q: %+v, want %+v", test.cells, n, test)
		}
	}
}

func TestWords(t *testing.T) {
	c := look("x", "", "Ja", "ja", "NEIN", "yes", "vielleicht")
	want := &profile.Words{True: []string{"ja", "yes"}, False: []string{"nein"}}
	if diff := cmp.Diff(want, c.Words); diff != "" {
		t.Error(diff)
	}
	odd := c.Examples[len(c.Examples)-1]
	if !odd.Odd || odd.Value != "vielleicht" || odd.Line != 6 {
		t.Errorf("%+v does not show what does not fit", c.Examples)
	}
}

func TestCodes(t *testing.T) {
	c := look("Country", "", "Deutschland", "UK", "Germany", "Narnia")
	if diff := cmp.Diff([]string{"DE", "GB"}, c.Codes); diff != "" || c.Fits != 3 {
		t.Error(c.Fits, diff)
	}
}

func TestPhones(t *testing.T) {
	none := look("Phone", "", "+44 20 7946 0018", "+49 89 99998341", "+44 7400 123456", "nobody", "+44 12")
	if n := none.Phones; n.International != 3 || n.National != 0 || n.Invalid != 2 || n.Readable != 3 || n.NeedsCountry ||
		fmt.Sprint(n.Regions[0].Region, n.Regions[1].Region) != "GBDE" || none.Fits != 3 {
		t.Errorf("%+v", n)
	}
	needs := look("Phone", "", "07911 123456", "07400 123718", "0131 496 0519")
	if n := needs.Phones; n.National != 3 || n.Readable != 0 || !n.NeedsCountry || n.Candidates[0].Region != "GB" || n.Candidates[0].Share != 1 {
		t.Errorf("%+v", n)
	}
	given := look("Phone", "GB", "07400 123456", "07400 123718", "12")
	if n := given.Phones; n.Readable != 2 || n.NeedsCountry || len(n.Candidates) != 0 || given.Fits != 2 || n.Invalid != 1 {
		t.Errorf("%+v", n)
	}
}

func TestCountryOfTheRow(t *testing.T) {
	p := profile.New([]string{"Phone", "Land"}, profile.Options{Region: "FR"})
	p.Add(2, []string{"07400 123456", "UK"})
	p.Add(3, []string{"089 99998341", "Deutschland"})
	p.Add(4, []string{"06 12 34 56 78", ""})
	p.Add(5, []string{"07400 123456", "Narnia"})
	n := p.Columns()[0].Phones
	if n.CountryColumn != 1 || n.Readable != 3 || n.NeedsCountry || len(n.Regions) != 3 {
		t.Errorf("%+v", n)
	}
}

func TestCandidatesAreThoseThatWriteSo(t *testing.T) {
	for region, cells := range map[string][]string{
		"US": {"(212) 555-0142", "415-555-2671", "(312) 243-1087"},
		"FR": {"06 12 34 56 78", "01 42 68 53 00"},
		"PL": {"22 123 45 18", "601 123 456"},
		"DE": {"030-0074321", "089 99998341", "0711 2842222"},
	} {
		c := look("Phone", "", cells...)
		if c.Phones.Candidates[0].Region != region {
			t.Errorf("%v are of %+v, want %s", cells, c.Phones.Candidates, region)
		}
	}
}
