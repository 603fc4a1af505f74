package mapping_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/mapping"
)

var shop = mapping.RecordType{Name: "Customer", Fields: []mapping.Field{
	{ID: "amount", Type: "decimal"}, {ID: "rate", Type: "number"}, {ID: "vip", Type: "bool"}, {ID: "since", Type: "date"}, {ID: "note", Type: "text"},
}}

func TestExpr(t *testing.T) {
	header := []string{"Phone", "First", "Last", "Amount", "VIP", "Since", "Product Name"}
	row := []string{"020 7946 0958", " Ann ", "Lee", "1.234,50", "ja", "03/04/2024", "Tea"}
	for _, test := range []struct{ target, expr, want string }{
		{"name", `firstName + " " + lastName`, `"Ann Lee"`},
		{"name", `trim(columns["Product Name"]) + "!"`, `"Tea!"`},
		{"name", `columns["First"] ?? "nobody"`, `"Ann"`},
		{"name", `email == "" ? "no mail" : email`, `"no mail"`},
		{"name", `upper(lastName[0:1])`, `"L"`},
		{"name", `""`, `null`},
		{"name", `phoneNumber`, `"+442079460958"`},
		{"email", `lower(firstName) + "@example.com"`, `"ann@example.com"`},
		{"email", `firstName`, `email-invalid: has no @`},
		{"parameters.rate", `parameters.amount * 2`, `2469`},
		{"parameters.rate", `0.1 + 0.2`, `0.3`},
		{"parameters.rate", `len(lastName)`, `3`},
		{"parameters.rate", `1234567.25`, `1234567.25`},
		{"parameters.rate", `1 / 0`, `number-invalid: is no number`},
		{"parameters.rate", `"1.234"`, `number-ambiguous: may be 1.234 or 1234`},
		{"parameters.rate", `parameters.vip ? 1.234 : 0`, `1.234`},
		{"parameters.note", `parameters.vip`, `"true"`},
		{"parameters.note", `parameters.since < "2025-01-01" ? "old" : "new"`, `"old"`},
		{"parameters.note", `string(parameters.amount)`, `"1234.5"`},
		{"parameters.note", `now().Format("2006")`, `"2026"`},
		{"parameters.note", `{"a": 1}.a`, `"1"`},
	} {
		columns := "firstName: First\nlastName: Last\nphoneNumber: Phone\nparameters.amount: {column: Amount, decimal: \",\"}\nparameters.vip: VIP\nparameters.since: {column: Since, formats: [DD/MM/YYYY]}"
		if strings.Contains(test.expr, "email") {
			columns += "\nemail: {columns: [Product Name], join: '', transform: digits}"
		}
		m := compile(t, test.target+": {expr: '"+test.expr+"'}\n"+columns, header, shop, mapping.Env{Region: "GB", Now: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)})
		var c mapping.Contact
		got := ""
		for _, p := range m.Map(row, &c) {
			got += p.Code + ": " + p.Message
		}
		if got == "" {
			var record map[string]any
			if err := json.Unmarshal(c.Record, &record); err != nil {
				t.Fatal(err)
			}
			v := record[test.target]
			if id, ok := strings.CutPrefix(test.target, "parameters."); ok {
				v = record["parameters"].(map[string]any)[id]
			}
			b, _ := json.Marshal(v)
			got = string(b)
		}
		if got != test.want {
			t.Errorf("%s: %s gives %s, want %s", test.target, test.expr, got, test.want)
		}
	}
}

// Expressions may use each other in any order, a number may be put together,
// and a value that is blank is a problem, not a zero.
func TestExprOrderAndBlanks(t *testing.T) {
	header := []string{"Code", "Number", "Amount"}
	m := compile(t, `name: {expr: 'parameters.note + "!"'}
parameters.note: {expr: '"+" + columns["Code"] + columns["Number"]'}
phoneNumber: {expr: 'parameters.note'}
parameters.amount: Amount
parameters.rate: {expr: 'parameters.amount * 2'}
order.instructions: {expr: '"Call " + name'}`, header, shop, mapping.Env{})
	var c mapping.Contact
	if problems := m.Map([]string{"44", "2079460958", "5"}, &c); len(problems) > 0 {
		t.Fatal(problems)
	}
	equal(t, "record", string(c.Record), `{"name":"+442079460958!","phoneNumber":"+442079460958","parameters":{"note":"+442079460958","amount":5,"rate":10}}`)
	equal(t, "instructions", c.Settings.Instructions, "Call +442079460958!")

	problems := m.Map([]string{"44", "2079460958", ""}, &c)
	if len(problems) != 1 || problems[0].Code != "expr-failed" || problems[0].Field != "parameters.rate" {
		t.Errorf("blank amount: %v", problems)
	}
	if got := fmt.Sprint(m.Map([]string{"44", "2079460958", "many"}, &c)); got != `["Amount": many is no number]` {
		t.Errorf("what follows from a problem is not said again: %s", got)
	}
}

func TestFilter(t *testing.T) {
	header := []string{"Phone", "Consent", "Amount"}
	for _, test := range []struct {
		filter   string
		cells    string
		filtered bool
		problems string
	}{
		{`columns["Consent"] == "yes"`, "020 7946 0958,yes,5", false, "[]"},
		{`columns["Consent"] == "yes"`, "020 7946 0958,no,5", true, "[]"},
		{`columns["Consent"] == "yes"`, "nonsense,no,5", true, `["Phone": nonsense `},
		{`columns["Consent"] == "yes"`, "020 7946 0958", true, "[]"},
		{`parameters.amount >= 5`, "020 7946 0958,,5", false, "[]"},
		{`parameters.amount >= 5`, "020 7946 0958,,4.99", true, "[]"},
		{`parameters.amount >= 5`, "020 7946 0958,,much", false, `["Amount": much is no number]`},
		{`parameters.amount >= 5`, "020 7946 0958,,", false, "[filter: has no value"},
		{`(parameters.amount ?? 0) >= 5`, "020 7946 0958,,", true, "[]"},
		{`phoneNumber startsWith "+44"`, "+4930901820,,", true, "[]"},
	} {
		m, err := compileText("version: 1\ncolumns:\n  phoneNumber: Phone\n  parameters.amount: Amount\nfilter: '"+test.filter+"'\n", header, shop, mapping.Env{Region: "GB"})
		if err != nil {
			t.Fatal(err)
		}
		var c mapping.Contact
		problems := fmt.Sprint(m.Map(strings.Split(test.cells, ","), &c))
		if c.Filtered != test.filtered || !strings.HasPrefix(problems, test.problems) {
			t.Errorf("%s on %s: filtered %v, problems %s", test.filter, test.cells, c.Filtered, problems)
		}
	}
}

func FuzzExpr(f *testing.F) {
	for _, s := range []string{`firstName + columns["a"]`, `columns[1]`, `parameters`, `let x = 1; x`, `filter(columns, true)`, `1..2`, `repeat("a", 9)`, `parameters?.amount`, "'", `$env`, `now() - now()`, `nil`, `firstName matches "("`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(strings.ToValidUTF8(text, ""))
		if err != nil {
			t.Skip()
		}
		m, err := compileText("version: 1\ncolumns:\n  phoneNumber: a\n  firstName: b\n  parameters.amount: b\n  name: {expr: "+string(quoted)+"}\nfilter: "+string(quoted)+"\n",
			[]string{"a", "b"}, shop, mapping.Env{})
		if err != nil {
			return
		}
		var c mapping.Contact
		m.Map([]string{"+442079460958", "1"}, &c)
		if !json.Valid(c.Record) {
			t.Fatalf("%s gives %s", text, c.Record)
		}
	})
}

func BenchmarkMapExpr(b *testing.B) {
	m, err := compileText("version: 1\ncolumns:\n  phoneNumber: Phone\n  firstName: First\n  lastName: Last\n  name: {expr: 'firstName + \" \" + lastName'}\n  order.instructions: {expr: '\"Mention \" + columns[\"Product\"]'}\nfilter: 'columns[\"Consent\"] == \"yes\"'\n",
		[]string{"Phone", "First", "Last", "Product", "Consent"}, mapping.RecordType{}, mapping.Env{})
	if err != nil {
		b.Fatal(err)
	}
	run(b, m, []string{"+442079460958", "Ann", "Lee", "Tea", "yes"})
}
