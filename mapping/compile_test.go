package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/campsync/campsync/mapping"
)

// compile makes a mapper of a mapping file's columns.
func compile(t testing.TB, columns string, header []string, rt mapping.RecordType, env mapping.Env) *mapping.Mapper {
	t.Helper()
	m, err := compileText("version: 1\ncolumns:\n  "+strings.ReplaceAll(strings.TrimSpace(columns), "\n", "\n  ")+"\n", header, rt, env)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func compileText(text string, header []string, rt mapping.RecordType, env mapping.Env) (*mapping.Mapper, error) {
	spec, err := mapping.ParseSpec("mapping.yaml", []byte(text))
	if err != nil {
		return nil, err
	}
	return mapping.Compile(spec, header, rt, env)
}

// sent maps one cell to a parameter x of a type and returns what is sent for
// it: the parameter's JSON, or the problem in words.
func sent(t testing.TB, field mapping.Field, how, cell string) string {
	t.Helper()
	field.ID = "x"
	entry := "parameters.x: Cell"
	if how != "" {
		entry = "parameters.x: {column: Cell, " + how + "}"
	}
	m := compile(t, "phoneNumber: Phone\n"+entry, []string{"Phone", "Cell"},
		mapping.RecordType{Fields: []mapping.Field{field}}, mapping.Env{Timezone: "Europe/Berlin"})
	return sentBy(t, m, []string{"+442079460958", cell})
}

func sentBy(t testing.TB, m *mapping.Mapper, cells []string) string {
	t.Helper()
	var c mapping.Contact
	if problems := m.Map(cells, &c); len(problems) > 0 {
		if len(problems) > 1 {
			t.Fatalf("several problems: %v", problems)
		}
		return problems[0].Code + ": " + problems[0].Message
	}
	var record struct{ Parameters map[string]json.RawMessage }
	if err := json.Unmarshal(c.Record, &record); err != nil {
		t.Fatalf("%s: %v", c.Record, err)
	}
	return string(record.Parameters["x"])
}
