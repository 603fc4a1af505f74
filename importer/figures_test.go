package importer_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

// validated validates files by a mapping.
func validated(t *testing.T, spec string, files ...file) importer.State {
	t.Helper()
	parsed, err := mapping.ParseSpec("mapping.yaml", []byte(spec))
	must(t, err)
	v := importer.Validation{
		Duplicates: importer.DuplicatesFirst, Now: time.Now(), Observer: silent{},
		Take: func(importer.SourceState, []importer.Row) error { return nil },
	}
	for _, f := range files {
		v.Sources = append(v.Sources, importer.Source{
			Name: f.name,
			Open: func() (*source.Reader, error) {
				return source.NewReader(io.NopCloser(strings.NewReader(f.text)), f.name, source.Options{})
			},
			Mapper: func(header []string, _ importer.Ahead) (*mapping.Mapper, error) {
				return mapping.Compile(parsed, header, mapping.RecordType{Parameters: mapping.Free}, mapping.Env{Region: "GB"})
			},
		})
	}
	state, err := v.Run(t.Context())
	must(t, err)
	return state
}

const figuresSpec = `version: 1
columns:
  phoneNumber: {columns: [Mobile, Phone], first: valid}
  parameters.gift: {column: Gift, type: decimal, decimal: ","}
  parameters.note: {expr: 'columns["Gift"] + "!"'}
filter: 'columns["Gift"] != "no"'
`

// Every value of a row that was mapped and is wanted is converted, blank or
// refused.
func TestFigures(t *testing.T) {
	state := validated(t, figuresSpec,
		file{"a.csv", "Mobile,Phone,Gift\n" +
			"07400 123111,,\"1,50\"\n" + // converted
			"'+447400123112,,\n" + // mended, blank
			"12,13,x\n" + // refused twice, which is once
			",,5\n" + // refused: blank
			"12,07400 123113,no\n" + // filtered
			"ragged\n"},
		file{"b.csv", "Gift,Phone,Mobile\n7,07400 123114,\n"})
	for i := range state.Targets {
		if f := &state.Targets[i]; f.Converted+f.Blank+f.Refused != 5 {
			t.Errorf("the figures of %s do not add up: %+v", f.Target, f)
		}
	}
	want := []importer.Figures{
		{
			Target: "phoneNumber", Columns: []string{"Mobile", "Phone"}, Converted: 3, Refused: 2, Mended: 1,
			Examples: []importer.Conversion{
				{"a.csv", 2, "07400 123111", "+447400123111"}, {"a.csv", 3, "'+447400123112", "+447400123112"}, {"b.csv", 2, "07400 123114", "+447400123114"},
			},
			Refusals: []importer.Refusal{
				{"a.csv", 4, "12", "phone-too-short", "is too short for a number of GB"},
				{"a.csv", 5, "", "phone-missing", "is blank, and so is \"Phone\", and without a number nobody can be called"},
			},
		},
		{
			Target: "parameters.gift", Columns: []string{"Gift"}, Converted: 3, Blank: 1, Refused: 1,
			Examples: []importer.Conversion{{"a.csv", 2, "1,50", "1.50"}},
			Refusals: []importer.Refusal{{"a.csv", 4, "x", "number-invalid", "is no number"}},
		},
		{Target: "parameters.note", Converted: 5},
	}
	if diff := cmp.Diff(want, state.Targets); diff != "" {
		t.Error(diff)
	}
}

// The figures do not depend on the number of workers.
func TestFiguresAreTheSameWhateverTheWorkers(t *testing.T) {
	var b strings.Builder
	b.WriteString("Mobile,Phone,Gift\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "%s,,\"%d,5\"\n", []string{"07400 123111", "12", "", "'+447400123112"}[i%4], i)
	}
	var want importer.State
	for n := range 5 {
		before := runtime.GOMAXPROCS(n + 1)
		state := validated(t, figuresSpec, file{"a.csv", b.String()})
		runtime.GOMAXPROCS(before)
		if n == 0 {
			want = state
		}
		if diff := cmp.Diff(want.Targets, state.Targets); diff != "" {
			t.Errorf("%d workers: %s", n+1, diff)
		}
	}
	if f := want.Targets[0]; f.Converted != 1500 || f.Refused != 1500 || f.Mended != 750 {
		t.Errorf("%+v", f)
	}
}
