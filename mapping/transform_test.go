package mapping_test

import (
	"testing"

	"github.com/campsync/campsync/mapping"
)

func TestTransform(t *testing.T) {
	for _, test := range []struct{ cell, steps, want string }{
		{" x ", "trim", `"x"`},
		{"ÄB", "lower", `"äb"`},
		{"äb", "[trim, upper]", `"ÄB"`},

		{"ann", "title", `"Ann"`},
		{"O'NEIL", "title", `"O'Neil"`},
		{"d’angelo", "title", `"D’Angelo"`},
		{"jack's", "title", `"Jack's"`},
		{"VAN DER BERG", "title", `"van der Berg"`},
		{"ludwig VAN beethoven", "title", `"Ludwig van Beethoven"`},
		{"Van Morrison", "title", `"Van Morrison"`},
		{"DE LA CRUZ", "title", `"De la Cruz"`},
		{"maria de los santos", "title", `"Maria de los Santos"`},
		{"jean-pierre", "title", `"Jean-Pierre"`},
		{"MCDONALD", "title", `"McDonald"`},
		{"MacDonald", "title", `"MacDonald"`},
		{"macy", "title", `"Macy"`},
		{"j.r. smith iii", "title", `"J.R. Smith III"`},
		{"ÉLODIE  ØSTERGÅRD", "title", `"Élodie  Østergård"`},
		{"ann lee", "{split: ' ', part: 1}", `"ann"`},
		{"ann  mary lee", "{split: ' ', part: -1}", `"lee"`},
		{"ann mary lee", "{split: ' ', part: 2..}", `"mary lee"`},
		{"ann", "{split: ' ', part: 2}", ``},
		{"Lee, Ann", "[{split: ',', part: 2}, upper]", `"ANN"`},
		{"a-1-b", "digits", `"1"`},
		{"none", "digits", ``},
		{"Deutschland", "countryCode", `"DE"`},
		{"Mordor", "countryCode", "country-unknown: is no country that is known"},
		{"€", "currencyCode", `"EUR"`},
		{"a.b", "{replace: {a: x, '.': ''}}", `"xb"`},
		{"Gold", "{lookup: {gold: g, silver: s}}", `"g"`},
		{"lead", "{lookup: {gold: g, silver: s}}", "lookup-unknown: is not in the lookup table of the mapping file"},
		{"lead", "{lookup: {gold: g, silver: s}, otherwise: keep}", `"lead"`},
		{"gold", "[upper, {lookup: {GOLD: ''}}]", ``},
	} {
		if got := sent(t, mapping.Field{Type: "text"}, "transform: "+test.steps, test.cell); got != test.want {
			t.Errorf("%q {%s}: sent %s, want %s", test.cell, test.steps, got, test.want)
		}
	}
	if got := sent(t, mapping.Field{Type: "number"}, `transform: {replace: {" pcs": ""}}, decimal: "."`, "1,250 pcs"); got != "1250" {
		t.Errorf("a step comes before the conversion: sent %s", got)
	}
	if got := sent(t, mapping.Field{Type: "text", Required: true}, "transform: digits", "none"); got != "required: is blank, and the record type requires x" {
		t.Errorf("what a step leaves blank is blank: sent %s", got)
	}
}

func FuzzTransform(f *testing.F) {
	f.Add("O'NEIL mcdonald van der Berg-")
	m := compile(f, "phoneNumber: Phone\nfirstName: {column: Cell, transform: title}\nlastName: {column: Cell, transform: [{split: '-', part: -1}, digits]}\nname: {column: Cell, transform: [{replace: {a: b}}, lower]}",
		[]string{"Phone", "Cell"}, mapping.RecordType{}, mapping.Env{})
	f.Fuzz(func(t *testing.T, cell string) {
		var c, again mapping.Contact
		if problems := m.Map([]string{"+442079460958", cell}, &c); len(problems) > 0 {
			t.Fatal(problems)
		}
		m.Map([]string{"+442079460958", cell}, &again)
		if string(c.Record) != string(again.Record) {
			t.Fatalf("%s, then %s", c.Record, again.Record)
		}
	})
}
