package mapping_test

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/campsync/campsync/mapping"
)

func TestWritten(t *testing.T) {
	for value, want := range map[string]string{
		`null`: "", ``: "", `""`: "", ` true `: "true", `false`: "false", `"007"`: "007", `"=1+1"`: "=1+1", `"a\n\"b\""`: "a\n\"b\"",
		`12.50`: "12.50", `0`: "0", `-0`: "-0", `1.234`: "1.2340", `-12.345`: "-12.3450", `0.125`: "0.125", `1234.567`: "1234.567",
		`5e3`: "5000", `1.5E+2`: "150", `125e-2`: "1.25", `1e-3`: "0.001", `1234e-3`: "1.2340", `-0.5e1`: "-5", `1e999999999`: "1e999999999",
		`[1, 2]`: "[1,2]", `{"a": "b"}`: `{"a":"b"}`,
	} {
		if got := mapping.Written(json.RawMessage(value)); got != want {
			t.Errorf("%s is written %q, want %q", value, got, want)
		}
	}
}

// Whatever the number, the cell is read back as it, by itself and whatever else
// stands in the column.
func TestWrittenNumbersAreReadBack(t *testing.T) {
	rt := mapping.RecordType{Fields: []mapping.Field{{ID: "n", Type: "decimal"}}}
	header := []string{"phoneNumber", "parameters.n"}
	r := rand.New(rand.NewPCG(1, 2))
	digits := func(most int) string {
		var b strings.Builder
		for range 1 + r.IntN(most) {
			b.WriteByte(byte('0' + r.IntN(10)))
		}
		return b.String()
	}
	for range 200 {
		var values []string
		survey := mapping.NewSurvey(1)
		for range 1 + r.IntN(5) {
			value := strings.TrimLeft(digits(7), "0")
			if value == "" || r.IntN(8) == 0 {
				value = "0"
			}
			if r.IntN(2) == 0 {
				value += "." + digits(5)
			}
			if r.IntN(3) == 0 {
				value += []string{"e", "E+", "e-"}[r.IntN(3)] + digits(1)
			}
			if r.IntN(3) == 0 {
				value = "-" + value
			}
			values = append(values, value)
			survey.Add([]string{"", mapping.Written(json.RawMessage(value))})
		}
		spec, _, err := mapping.Propose(header, rt)
		if err != nil {
			t.Fatal(err)
		}
		spec.Settle(header, rt, survey)
		m, err := mapping.Compile(spec, header, rt, mapping.Env{})
		if err != nil {
			t.Fatal(err)
		}
		var c mapping.Contact
		for _, value := range values {
			cell := mapping.Written(json.RawMessage(value))
			if problems := m.Map([]string{"+447911123456", cell}, &c); len(problems) > 0 {
				t.Fatalf("%s, written %q: %v", value, cell, problems)
			}
			var record struct{ Parameters struct{ N json.Number } }
			if err := json.Unmarshal(c.Record, &record); err != nil {
				t.Fatal(err)
			}
			want, _ := new(big.Rat).SetString(value)
			if got, ok := new(big.Rat).SetString(record.Parameters.N.String()); !ok || got.Cmp(want) != 0 {
				t.Errorf("%s, written %q, is read back as %s", value, cell, record.Parameters.N)
			}
		}
	}
}

// Every target's own name is a column that is taken for it, also where
// parameters and their titles have the names of other targets, and of columns
// that are left alone.
func TestTargetsAreTakenByTheirNames(t *testing.T) {
	for name, rt := range map[string]mapping.RecordType{
		"none":  {Parameters: mapping.None},
		"plain": {Fields: []mapping.Field{{ID: "company", Type: "text"}, {ID: "amount", Type: "decimal"}}},
		"names of other things": {Fields: []mapping.Field{
			{ID: "phone_number", Title: "Mobile"}, {ID: "email", Title: "Status"}, {ID: "mail", Title: "Status"}, {ID: "status"}, {ID: "stat", Title: "Order UUID"},
			{ID: "price", Title: "order.price"}, {ID: "a", Title: "Order-UUID"}, {ID: "b", Title: "record_uuid"}, {ID: "c", Title: "Record UUID"}, {ID: "First_Name"}, {ID: "first_name"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			targets := rt.Targets()
			_, matches, err := mapping.Propose(append([]string{"status", "order_uuid", "record_uuid"}, targets...), rt)
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range matches {
				want := ""
				if i >= 3 {
					want = targets[i-3]
				}
				if m.Column != want && want != "" || m.Target != want || m.Guess != "" || want != "" && m.Confidence != 1 {
					t.Errorf("%+v, want the target %q", m, want)
				}
			}
		})
	}
}
