package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/campsync/campsync/mapping"
)

// What a column says as a whole about the way in which its dates and numbers
// are written. Where nothing is found, each cell is read by itself, and one
// that may be read in two ways is refused.
func TestSettle(t *testing.T) {
	hundred := func(cell string, odd ...string) string { return strings.Repeat(cell+"|", 100) + strings.Join(odd, "|") }
	for _, test := range []struct{ typ, column, found string }{
		{"date", "03/04/2024|25/12/2024", "dates as DD/MM/YYYY"},
		{"date", "03/04/2024|12/25/2024|", "dates as MM/DD/YYYY"},
		{"date", "3.4.2024|25.12.2024", "dates as DD.MM.YYYY"},
		{"date", "03-04-2024|25-12-2024|2024-01-01", "dates as DD-MM-YYYY"},
		{"date", "03/04/2024|25.12.2024", "dates as DD/MM/YYYY or DD.MM.YYYY"},
		{"date", "03/04/2024|25/12/2024|unknown|31/31/2024", "dates as DD/MM/YYYY"},
		{"date", "03/04/2024|04/05/2024|05/05/2024", ""},   // nothing tells day and month apart
		{"date", "25/12/2024|12/25/2024|03/04/2024", ""},   // both occur
		{"date", hundred("03/04/2024", "25/12/2024"), ""},  // one in a hundred may be a slip
		{"date", "03/04/2024|25/12/2024|4 March 2024", ""}, // which the format would refuse
		{"date", "2024-01-02|2024-03-04", ""},              // has one reading anyway
		{"date", "25/12/2024 14:30|03/04/2024 09:00", ""},  // the time would be lost
		{"date", "25/12/99|03/04/99", "dates as DD/MM/YY"}, // 1999: no day is 99
		{"date", "25/12/24|03/04/24", ""},                  // may be the 24th of December 2025
		{"date", "25/12/2024|3/4/2024|12/12/2024", "dates as DD/MM/YYYY"},
		{"datetime", "25/12/2024 14:30|03/04/2024 09:00:01", "dates as DD/MM/YYYY HH:mm or DD/MM/YYYY HH:mm:ss"},
		{"datetime", "12/25/2024, 2:30 PM|03/04/2024, 9:00 a.m.", "dates as MM/DD/YYYY, hh:mm A"},
		{"datetime", "12/25/2024 14:30 +0100|03/04/2024 09:00Z", "dates as MM/DD/YYYY HH:mmZ"},
		{"datetime", "25/12/2024|03/04/2024", ""}, // midnight is for the user to say
		{"number", "1.234|2.50", "decimal point"},
		{"number", "1.234|2,50", "decimal comma"},
		{"decimal", "1,234|1,234.50", "decimal point"},
		{"decimal", "€ 1.234,50|1.234", "decimal comma"},
		{"decimal", "1'234.5|1,234", "decimal point"},
		{"decimal", "1,234|2,345|12", ""},
		{"decimal", "1.5|1,5|1,234", ""},
		{"decimal", hundred("1,234", "2.5"), ""},
		{"decimal", "12|13|", ""},
		{"decimal", "n/a|12.5|1,250", "decimal point"},
		{"text", "1.234|2.50|25/12/2024", ""},
	} {
		header := []string{"Phone", "Cell"}
		rt := mapping.RecordType{Fields: []mapping.Field{{ID: "cell", Type: test.typ}}}
		spec, matches, err := mapping.Propose(header, rt)
		if err != nil {
			t.Fatal(err)
		}
		// Cell is a known name of the phone; here it is the parameter.
		spec.Columns = []mapping.Entry{{Target: "phoneNumber", Column: "Phone"}, {Target: "parameters.cell", Column: "Cell"}}
		survey := mapping.NewSurvey(spec.OpenColumns(header, rt)...)
		for cell := range strings.SplitSeq(test.column, "|") {
			survey.Add([]string{"1.234", cell})
			survey.Add([]string{"25/12/2024"})
		}
		forms := spec.Settle(header, rt, survey)
		var found []string
		for _, f := range forms {
			if f.Target != "parameters.cell" || f.Column != "Cell" {
				t.Errorf("%s: %+v", test.column, f)
			}
			found = append(found, f.String())
		}
		if got := strings.Join(found, "; "); got != test.found {
			t.Errorf("%s %.60s: found %q, want %q", test.typ, test.column, got, test.found)
		}
		mapping.Note(matches, forms)
		if _, err := mapping.Compile(spec, header, rt, mapping.Env{}); err != nil {
			t.Errorf("%s: %v", test.column, err)
		}
	}
}

// What the mapping itself says is not looked into.
func TestSettleLeavesWhatIsSaid(t *testing.T) {
	spec, err := mapping.ParseSpec("mapping.yaml", []byte(`version: 1
columns:
  phoneNumber: Phone
  parameters.a: {column: A, type: decimal, decimal: ","}
  parameters.b: {column: A, type: date, formats: [MM/DD/YYYY]}
  parameters.c: {column: A, type: decimal, transform: digits}
  parameters.d: {expr: 'columns["A"]', type: decimal}
  order.price: A
  order.durationSeconds: A
`))
	if err != nil {
		t.Fatal(err)
	}
	header, rt := []string{"Phone", "A"}, mapping.RecordType{Parameters: mapping.Free}
	open := spec.OpenColumns(header, rt)
	if fmt.Sprint(open) != "[1]" {
		t.Fatal(open)
	}
	survey := mapping.NewSurvey(open...)
	survey.Add([]string{"", "1.5"})
	if got := fmt.Sprint(spec.Settle(header, rt, survey)); got != "[decimal point decimal point]" {
		t.Error(got)
	}
	if spec.Columns[1].Decimal != "," || spec.Columns[5].Decimal != "." || len(spec.Settle(header, rt, survey)) != 0 {
		t.Errorf("%+v", spec.Columns)
	}
}

// A format that is found reads every cell by which it was found.
func FuzzSettle(f *testing.F) {
	f.Add("25/12/2024", "03/04/2024", "date")
	f.Add("1.234", "2,5", "decimal")
	f.Add("12/25/24 2:30 pm", "1.1.99", "datetime")
	f.Fuzz(func(t *testing.T, a, b, typ string) {
		header := []string{"Phone", "x"}
		rt := mapping.RecordType{Fields: []mapping.Field{{ID: "x", Type: typ}}}
		spec := &mapping.Spec{Columns: []mapping.Entry{{Target: "phoneNumber", Column: "Phone"}, {Target: "parameters.x", Column: "x"}}}
		before, err := mapping.Compile(spec, header, rt, mapping.Env{})
		if err != nil {
			t.Skip(err)
		}
		survey := mapping.NewSurvey(1)
		survey.Add([]string{"", a})
		survey.Add([]string{"", b})
		spec.Settle(header, rt, survey)
		after, err := mapping.Compile(spec, header, rt, mapping.Env{})
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range []string{a, b} {
			var was, is mapping.Contact
			cells := []string{"+447400123456", cell}
			if len(before.Map(cells, &was)) > 0 {
				continue
			}
			if problems := after.Map(cells, &is); len(problems) > 0 || string(was.Record) != string(is.Record) {
				t.Fatalf("%q was read as %s and is read as %s %v", cell, was.Record, is.Record, problems)
			}
		}
	})
}
