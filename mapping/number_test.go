package mapping_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/campsync/campsync/mapping"
)

func TestNumber(t *testing.T) {
	const comma, point = `decimal: ","`, `decimal: "."`
	for _, test := range []struct{ cell, how, want string }{
		{"0", "", "0"},
		{"42", "", "42"},
		{"-7", "", "-7"},
		{"+7", "", "7"},
		{"\u22127", "", "-7"},
		{"007", "", "7"},
		{"1234.50", "", "1234.50"},
		{"12,5", "", "12.5"},
		{".5", "", "0.5"},
		{"5.", "", "5"},
		{"0.125", "", "0.125"},
		{"1234567890123456789012.345678", "", "1234567890123456789012.345678"},

		{"1,234", "", "number-ambiguous: may be 1234 or 1.234"},
		{"1.234", "", "number-ambiguous: may be 1.234 or 1234"},
		{"-1.234", "", "number-ambiguous: may be -1.234 or -1234"},
		{"1.234", point, "1.234"},
		{"1.234", comma, "1234"},
		{"1,234", comma, "1.234"},
		{"1,234", point, "1234"},
		{"1.234.567", "", "1234567"},
		{"1,234.5", "", "1234.5"},
		{"1.234,50", "", "1234.50"},
		{"1.234,50", point, "number-invalid: is no number"},
		{"12,34,567.00", "", "1234567.00"},
		{"1 234", "", "1234"},
		{"1\u00A0234,5", "", "1234.5"},
		{"1\u202F234\u202F567", "", "1234567"},
		{"1'234.50", "", "1234.50"},
		{"1’234", "", "1234"},
		{"1 23", "", "number-invalid: is no number"},
		{"1,2345,678", "", "number-invalid: is no number"},
		{"0,123,456", "", "number-invalid: is no number"},
		{"020 7946 0958", "", "number-invalid: is no number"},

		{"€ 12,50", "", "12.50"},
		{"12.50 EUR", "", "12.50"},
		{"$-5", "", "-5"},
		{"-$5", "", "-5"},
		{"100 zł", "", "100"},
		{"12 apples", "", "number-invalid: is no number"},
		{"50%", "", "number-ambiguous: is a percentage: 50 or a hundredth of it may be meant"},
		{"0 %", "", "0"},

		{"1E+05", "", "number-invalid: may have lost digits (saved by a spreadsheet in scientific form)"},
		{"--5", "", "number-invalid: is no number"},
		{"-", "", "number-invalid: is no number"},
		{"NaN", "", "number-invalid: is no number"},
		{"0x10", "", "number-invalid: is no number"},
		{"", "", ""},
		{" \u00A0 ", "", ""},
	} {
		for _, typ := range []string{"number", "decimal"} {
			if got := sent(t, mapping.Field{Type: typ}, test.how, test.cell); got != test.want {
				t.Errorf("%s %q {%s}: sent %s, want %s", typ, test.cell, test.how, got, test.want)
			}
		}
	}
}

// A decimal mark that is given leaves nothing open: what is sent is the number
// that the marks say, with all its digits.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1.234,50", "-1,234", "1 234", "€5", "5%", "12,34,567", "1e5", "٣", "\xff"} {
		f.Add(s)
	}
	open := number(f, "")
	point := number(f, `, decimal: "."`)
	f.Fuzz(func(t *testing.T, cell string) {
		for _, m := range []*mapping.Mapper{open, point} {
			var c mapping.Contact
			if problems := m.Map([]string{"+442079460958", cell}, &c); len(problems) > 0 {
				continue
			}
			var record struct{ Parameters map[string]json.Number }
			if err := json.Unmarshal(c.Record, &record); err != nil {
				t.Fatalf("%q became %s: %v", cell, c.Record, err)
			}
			if v, ok := record.Parameters["x"]; ok {
				if _, ok := new(big.Rat).SetString(v.String()); !ok {
					t.Fatalf("%q became %s, which is no number", cell, v)
				}
			}
		}
		if a, b := sentOrNothing(open, cell), sentOrNothing(point, cell); a != "" && b != "" && a != b {
			t.Fatalf("%q has one reading, %s, but is %s with a decimal point", cell, a, b)
		}
	})
}

func number(t testing.TB, how string) *mapping.Mapper {
	return compile(t, "phoneNumber: Phone\nparameters.x: {column: Cell"+how+"}", []string{"Phone", "Cell"},
		mapping.RecordType{Fields: []mapping.Field{{ID: "x", Type: "number"}}}, mapping.Env{})
}

func sentOrNothing(m *mapping.Mapper, cell string) string {
	var c mapping.Contact
	if len(m.Map([]string{"+442079460958", cell}, &c)) > 0 {
		return ""
	}
	return string(c.Record)
}
