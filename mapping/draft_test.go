package mapping_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/mapping"
)

// draft begins a mapping of rows, the first of which is the header. types says
// what columns hold, for those that are no text: "Name=phone".
func draft(rows [][]string, rt mapping.RecordType, env mapping.Env, types ...string) *mapping.Draft {
	var columns []mapping.Column
	var indexes []int
	for i, name := range rows[0] {
		c := mapping.Column{Name: name, Type: "text"}
		for _, t := range types {
			if n, typ, _ := strings.Cut(t, "="); n == name {
				c.Type = typ
			}
		}
		for _, cells := range rows[1:] {
			if cell := strings.TrimSpace(cells[i]); cell != "" {
				c.Filled++
				if len(c.Examples) < 3 {
					c.Examples = append(c.Examples, cell)
				}
			}
		}
		switch c.Type {
		case "phone":
			c.Regions = []mapping.Region{{Code: "GB", Share: 1}, {Code: "DE", Share: 0.5}}
		case "phones": // of two countries alike
			c.Regions = []mapping.Region{{Code: "GB", Share: 1}, {Code: "DE", Share: 0.9}}
		}
		columns, indexes = append(columns, c), append(indexes, i)
	}
	survey := mapping.NewSurvey(indexes...)
	for _, cells := range rows[1:] {
		survey.Add(cells)
	}
	return mapping.NewDraft(columns, rows[1:], survey, rt, env)
}

// table reads rows from lines with bars between the cells.
func table(text string) [][]string {
	var rows [][]string
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

var visitor = mapping.RecordType{Name: "Visitor", Fields: []mapping.Field{
	{ID: "last_visit", Type: "date", Title: "Last visit"},
	{ID: "gift", Type: "decimal", Title: "Donation"},
	{ID: "tier", Type: "select", Title: "Tier", Options: []mapping.Option{{Value: "gold"}, {Value: "silver"}}},
}}

// proposed is the answer that Enter gives.
const proposed = -1

// What is taken without a question, what is asked, and what the mapping says
// when every question was answered as "answers" says, the first one being 0.
func TestDraft(t *testing.T) {
	for _, test := range []struct {
		name, rows string
		types      []string
		region     string
		rt         mapping.RecordType
		asks       string // questions, each before its answer
		answers    []int
		mapping    string
	}{
		{
			name: "names and contents agree", rt: visitor,
			rows:    "Name|Mobile|Last visit|Gift|Tier|Shoe size\nAda|+447400123111|25/12/2024|1.50|gold|4\nBob|+447400123112|03/04/2024|1,234.00|silver|5",
			mapping: "name: Name\nphoneNumber: Mobile\nparameters.last_visit: {column: Last visit, formats: [DD/MM/YYYY]}\nparameters.gift: {column: Gift, decimal: \".\"}\nparameters.tier: Tier",
		},
		{
			name: "two columns say the same", rows: "Phone 1|Phone 2\n+447400123111|+447400123112",
			asks: "which column is phoneNumber?", answers: []int{1}, mapping: "phoneNumber: Phone 2",
		},
		{
			name: "a name that only resembles, and contents", rows: "Name|Customer mobile no.|Fax\nAda|+447400123111|+447400123112", types: []string{"Customer mobile no.=phone", "Fax=phone"},
			asks: "which column is phoneNumber?", answers: []int{0}, mapping: "name: Name\nphoneNumber: Customer mobile no.",
		},
		{
			name: "contents alone", rows: "Name|Nr|How\nAda|+447400123111|ada@example.com", types: []string{"Nr=phone", "How=email"},
			asks: "which column is phoneNumber?\nis \"How\" the email?", answers: []int{0, 0}, mapping: "name: Name\nphoneNumber: Nr\nemail: How",
		},
		{
			name: "a guess that is wrong", rows: "Mobile|Site name\n+447400123111|Depot",
			asks: "is \"Site name\" the name?", answers: []int{1}, mapping: "phoneNumber: Mobile",
		},
		{
			name: "contents that are not what the name says", rows: "Mobile|E-mail|Notes\n+447400123111|12/31/13|ada@example.com\n+447400123112|01/31/13|bob@example.com", types: []string{"Notes=email"},
			asks: "is \"E-mail\" the email?", answers: []int{1}, mapping: "phoneNumber: Mobile\nemail: Notes",
		},
		{
			name: "the name is right all the same", rows: "Mobile\n+4412\n+4413",
			asks: "is \"Mobile\" the phoneNumber?", answers: []int{0}, mapping: "phoneNumber: Mobile",
		},
		{
			name: "numbers without a country", rows: "Mobile\n07400 123111\n07400 123112", types: []string{"Mobile=phone"},
			asks: "in which country are the numbers without a country code?", answers: []int{0}, mapping: "region: GB\nphoneNumber: Mobile",
		},
		{
			name: "a country that is not clearly the likeliest is not proposed", rows: "Mobile\n07400 123111", types: []string{"Mobile=phones"},
			asks: "in which country are the numbers without a country code?", answers: []int{proposed}, mapping: "phoneNumber: Mobile",
		},
		{
			name: "one that is, is", rows: "Mobile\n07400 123111", types: []string{"Mobile=phone"},
			asks: "in which country are the numbers without a country code?", answers: []int{proposed}, mapping: "region: GB\nphoneNumber: Mobile",
		},
		{
			name: "and nobody knows where", rows: "Mobile\n07400 123111\n+447400123112",
			asks: "in which country are the numbers without a country code?", answers: []int{0}, mapping: "phoneNumber: Mobile",
		},
		{name: "a region that is given", rows: "Mobile\n07400 123111", region: "GB", mapping: "region: GB\nphoneNumber: Mobile"},
		{name: "a column with countries", rows: "Mobile|Country\n07400 123111|England\n030 12345678|Germany", mapping: "phoneNumber: Mobile\ncountry: Country"},
		{
			name: "dates with two readings", rows: "Mobile|Last visit\n+447400123111|03/04/2024\n+447400123112|05.06.2024", rt: visitor,
			asks: "how are the cells of \"Last visit\" written?", answers: []int{1}, mapping: "phoneNumber: Mobile\nparameters.last_visit: {column: Last visit, formats: [MM/DD/YYYY, MM.DD.YYYY]}",
		},
		{
			name: "dates with two digits of the year", rows: "Mobile|Last visit\n+447400123111|23/04/24", rt: visitor,
			asks: "how are the cells of \"Last visit\" written?", answers: []int{0}, mapping: "phoneNumber: Mobile\nparameters.last_visit: {column: Last visit, formats: [DD/MM/YY]}",
		},
		{
			name: "numbers with two readings", rows: "Mobile|Donation\n+447400123111|1,234\n+447400123112|12", rt: visitor,
			asks: "how are the cells of \"Donation\" written?", answers: []int{1}, mapping: "phoneNumber: Mobile\nparameters.gift: {column: Donation, decimal: \",\"}",
		},
		{
			name: "left out", rows: "Mobile|Donation\n+447400123111|1,234", rt: visitor,
			asks: "how are the cells of \"Donation\" written?", answers: []int{2}, mapping: "phoneNumber: Mobile",
		},
		{ // no answer would be right
			name: "both ways of writing", rows: "Mobile|Donation\n+447400123111|1.50\n+447400123112|1,50\n+447400123113|1,234", rt: visitor,
			mapping: "phoneNumber: Mobile\nparameters.gift: Donation",
		},
		{
			name: "a field that is required", rows: "Mobile|Grade\n+447400123111|1", rt: mapping.RecordType{Fields: []mapping.Field{{ID: "level", Required: true}, {ID: "source", Required: true, Default: "file"}}},
			asks: "which column is parameters.level?", answers: []int{1}, mapping: "phoneNumber: Mobile\nparameters.level: Grade",
		},
		{name: "no number at all", rows: "Name|Town\nAda|Leeds", asks: "which column is phoneNumber?", answers: []int{2}, mapping: "name: Name"},
		{name: "blank columns are not asked about", rows: "Mobile|Custmer phone|Gift\n+447400123111||", rt: visitor, mapping: "phoneNumber: Mobile\nparameters.gift: Gift"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := draft(table(test.rows), test.rt, mapping.Env{Region: test.region}, test.types...)
			var asked []string
			for i := 0; len(d.Doubts()) > 0; i++ {
				doubt := d.Doubts()[0]
				asked = append(asked, doubt.Question)
				if i == len(test.answers) {
					t.Fatalf("asks\n%s", strings.Join(asked, "\n"))
				}
				answer := test.answers[i]
				if answer == proposed {
					answer = doubt.Proposed
				}
				d.Settle(doubt, answer)
			}
			if got := strings.Join(asked, "\n"); got != test.asks {
				t.Errorf("asks\n%s\nwant\n%s", got, test.asks)
			}
			var lines []string
			for line := range strings.Lines(string(d.Spec().YAML())) {
				if line = strings.TrimSpace(line); line != "version: 1" && line != "columns:" {
					lines = append(lines, line)
				}
			}
			if got := strings.Join(lines, "\n"); got != test.mapping {
				t.Errorf("says\n%s\nwant\n%s", got, test.mapping)
			}
		})
	}
}

// The file shows the reason of every line, what is in doubt, and what is not
// used; and none of it where cells must not be shown.
func TestDraftFile(t *testing.T) {
	rows := table("Name|Tel 1|Tel 2|Last visit|Gift|Gift total|Shoe size|Fax\nAda|07400 123111|07400 123112|03/04/2024|1.50|1.50|4|12\nBob|07400 123113||05/06/2024|x|2.00||13")
	d := draft(rows, visitor, mapping.Env{}, "Tel 1=phone", "Tel 2=phone")
	for _, test := range []struct {
		golden   string
		examples bool
	}{{"draft.yaml", true}, {"draft-no-examples.yaml", false}} {
		golden, got := "testdata/"+test.golden, d.YAML([]string{"Mapping of visitors.csv."}, test.examples)
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(read(t, golden), string(got)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", golden, diff)
		}
		for _, cells := range rows[1:] {
			for _, cell := range cells {
				if !test.examples && len(cell) > 2 && strings.Contains(string(got), cell) {
					t.Errorf("%s shows %s", golden, cell)
				}
			}
		}
	}
}

// The file says what the draft says, and names what it was made for, whatever
// stands in the contacts' file; uncommented answers are mappings too.
func FuzzDraft(f *testing.F) {
	f.Add("Phone 1", "Phone 2", "# Email: [x]", "03/04/2024", "1,234", "a\nb")
	f.Add("Mobile", "last_visit", "gift", "+447400123111", "25/12/2024", "1.5")
	f.Add("", "phone", "phone", "\xff", "\u202e", "- x")
	f.Fuzz(func(t *testing.T, a, b, c, x, y, z string) {
		rows := [][]string{{a, b, c}, {x, y, z}, {y, z, x}}
		for _, rt := range []mapping.RecordType{visitor, {Parameters: mapping.Free}} {
			d := draft(rows, rt, mapping.Env{}, a+"=phone", b+"=email")
			text := d.YAML([]string{a, "x\n" + b}, true)
			spec := d.Spec()
			if len(spec.Columns) > 0 {
				again, err := mapping.ParseSpec("again.yaml", text)
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				want := fmt.Sprint(rows[0])
				if got := fmt.Sprint(again.MadeFor.Columns); got != want && !strings.Contains(want, "\xff") && strings.ToValidUTF8(want, "") == want {
					t.Fatalf("made for %s, want %s", got, want)
				}
				again.MadeFor = nil
				if diff := cmp.Diff(spec, again, exported); diff != "" && strings.ToValidUTF8(want, "") == want {
					t.Fatalf("%s\n%s", diff, text)
				}
			}
			for range 10 {
				if len(d.Doubts()) == 0 {
					return
				}
				doubt := d.Doubts()[0]
				for _, answer := range doubt.Answers {
					if answer.Line == "" || doubt.Target == "region" {
						continue
					}
					if _, err := mapping.ParseSpec("answer.yaml", []byte("version: 1\ncolumns:\n  "+answer.Line+"\n")); err != nil {
						t.Fatalf("%v", err)
					}
				}
				d.Settle(doubt, doubt.Proposed)
			}
			t.Fatalf("it asks without end: %+v", d.Doubts())
		}
	})
}
