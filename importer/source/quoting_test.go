package source_test

import (
	"errors"
	"testing"

	"github.com/campsync/campsync/importer/source"
)

func TestQuotingThatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		text string
		o    source.Options
		want string
	}{
		{"a,b\n", source.Options{Quote: "`"}, "leads.csv: \"`\" cannot be the quote character; give one of \", ' and none"},
		{"a,b\n", source.Options{Quote: `""`}, `leads.csv: "\"\"" cannot be the quote character; give one of ", ' and none`},
		{"a,b\n", source.Options{Escape: `\`}, `leads.csv: "\\" cannot be how quotes within quotes are escaped; give double or backslash`},
		{"a,b\n", source.Options{Quote: "'", Delimiter: "'"}, `leads.csv: "'" cannot be both the delimiter and the quote character; change one of them`},
		{"sep='\na'b\n", source.Options{Quote: "'"}, `leads.csv: "'" cannot be both the delimiter and the quote character; change one of them`},
		{"a,b\n", source.Options{Escape: "backslash", Delimiter: `\`}, `leads.csv: "\\" cannot be both the delimiter and the escape character; change one of them`},
	} {
		_, err := open(t, tt.text, tt.o)
		var e *source.Error
		if !errors.As(err, &e) || err.Error() != tt.want {
			t.Errorf("%+v: %v\nwant %s", tt.o, err, tt.want)
		}
	}
}

// A file of rejected rows is quoted in the tool's own way, whatever is said of
// the file that its rows come from.
func TestQuotingOfRejectedRows(t *testing.T) {
	for _, o := range []source.Options{{Quote: "'"}, {Quote: "none"}, {Quote: "none", Escape: "backslash"}} {
		r, rows := all(t, "name,n\n\"5\" pipe\",1,2\n\"Lee\\\"\",'2\n", o)
		text := rejected(t, r, rows)
		again, got := all(t, text, o)
		if again.Dialect().Quote != `"` || len(got) != len(rows) {
			t.Errorf("%+v: %+v, %d rows, want %d", o, again.Dialect(), len(got), len(rows))
		}
		for i, row := range got {
			if rows[i].Fault == nil && diff([]source.Row{{Cells: row.Cells}}, []source.Row{{Cells: rows[i].Cells}}) != "" {
				t.Errorf("%+v: %q, want %q", o, row.Cells, rows[i].Cells)
			}
		}
	}
}
