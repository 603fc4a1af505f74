package importer_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

// Rows that were looked at before their turn come again in their turn, with
// what was wrong with them and with what ended the file.
func TestAheadTakesNothing(t *testing.T) {
	const text = "Phone\n+447400123111\n\"+447400123112\n+447400123113\n"
	for rows := range 6 {
		var looked int
		s := importer.Source{
			Name: "a.csv",
			Open: func() (*source.Reader, error) {
				return source.NewReader(io.NopCloser(strings.NewReader(text)), "a.csv", source.Options{})
			},
			Mapper: func(header []string, ahead importer.Ahead) (*mapping.Mapper, error) {
				looked = len(ahead(rows))
				if again := len(ahead(rows)); again != looked {
					t.Errorf("it is looked at once more: %d rows, then %d", looked, again)
				}
				return mapping.Compile(&mapping.Spec{Columns: []mapping.Entry{{Target: "phoneNumber", Column: "Phone"}}}, header, mapping.RecordType{}, mapping.Env{})
			},
		}
		var got []string
		v := importer.Validation{
			Sources: []importer.Source{s}, Duplicates: importer.DuplicatesFirst, Now: time.Now(), Observer: silent{},
			Take: func(_ importer.SourceState, rows []importer.Row) error {
				for _, r := range rows {
					got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s %s", r.Line, r.Outcome, r.Code)))
				}
				return nil
			},
		}
		if _, err := v.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := "[2 valid 3 rejected unclosed-quote 4 valid]"; fmt.Sprint(got) != want {
			t.Errorf("after %d rows: %v, want %s", rows, got, want)
		}
		if want := min(max(0, rows), 3); looked != want && looked != want-1 {
			t.Errorf("%d of %d rows were shown", looked, rows)
		}
	}
}
