package source_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/importer/source"
)

func TestDialects(t *testing.T) {
	rows := []source.Row{good(2, "Ann", "1,5", `5" pipe`), good(3, "Bob", "2", "a;b")}
	for _, tt := range []struct {
		name, text string
		o          source.Options
		want       source.Dialect
		rows       []source.Row
	}{
		{"sep line", "sep=;\nname;n;note\nAnn;1,5;x\n", source.Options{}, source.Dialect{Delimiter: ";", Quote: `"`, HeaderLine: 2, HeaderRows: 1}, []source.Row{good(3, "Ann", "1,5", "x")}},
		{"sep line in quotes, and an odd delimiter", "\"sep=^\"\r\nname^n\r\nAnn^1\r\n", source.Options{}, source.Dialect{Delimiter: "^", Quote: `"`, HeaderLine: 2, HeaderRows: 1}, []source.Row{good(3, "Ann", "1")}},
		{"odd delimiter", "name^n^note\nAnn^1^x\nBob^2^y\n", source.Options{}, source.Dialect{Delimiter: "^", Quote: `"`, HeaderLine: 1, HeaderRows: 1}, []source.Row{good(2, "Ann", "1", "x"), good(3, "Bob", "2", "y")}},
		{"two characters", "name||n||note\nAnn||1||x\nBob||||y|z\n", source.Options{Delimiter: "||"}, source.Dialect{Delimiter: "||", Quote: `"`, HeaderLine: 1, HeaderRows: 1}, []source.Row{good(2, "Ann", "1", "x"), good(3, "Bob", "", "y|z")}},
		{"two characters, found out", "name||n||note\nAnn||1||x\nBob||2||y\n", source.Options{}, source.Dialect{Delimiter: "||", Quote: `"`, HeaderLine: 1, HeaderRows: 1}, []source.Row{good(2, "Ann", "1", "x"), good(3, "Bob", "2", "y")}},
		{"backslash", "name,n,note\nAnn,\"1,5\",\"5\\\" pipe\"\nBob,2,\"a;b\"\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, Escape: `\`, HeaderLine: 1, HeaderRows: 1}, rows},
		{"backslash that means itself", "name,n,note\nAnn,\"1,5\",\"5\\\" pipe\"\nBob,2,\"C:\\temp\\\\\"\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, Escape: `\`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{rows[0], good(3, "Bob", "2", `C:\temp\`)}},
		{"single quotes, said", "name,n,note\nAnn,'1,5','5\" pipe'\nBob,2,'a;b'\n", source.Options{Quote: "'"}, source.Dialect{Delimiter: ",", Quote: "'", HeaderLine: 1, HeaderRows: 1}, rows},
		{"single quotes, said, and a backslash", "name,n,note\n'O\\'Hara','1,5','x'\nBob,2,'a;b'\n", source.Options{Quote: "'"}, source.Dialect{Delimiter: ",", Quote: "'", Escape: `\`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{good(2, "O'Hara", "1,5", "x"), rows[1]}},
		{"a backslash, said, and single quotes", "'name','n','note'\n'O\\'Hara','1,5','x'\n'Bob',2,'a;b'\n", source.Options{Escape: "backslash"}, source.Dialect{Delimiter: ",", Quote: "'", Escape: `\`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{good(2, "O'Hara", "1,5", "x"), rows[1]}},
		{"doubled, said, where backslashes would do", "name,n\nAnn,\"5\\\" pipe\"\nBob,\"a;b\"\nEve,1\n", source.Options{Quote: `"`, Escape: "double"}, source.Dialect{Delimiter: ",", Quote: `"`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{bad(2, source.CodeQuote, 2, "Ann,\"5\\\" pipe\""), good(3, "Bob", "a;b"), good(4, "Eve", "1")}},
		{"double quotes, said, where single ones would do", "'name','n'\n'Ann','5'\n", source.Options{Quote: `"`}, source.Dialect{Delimiter: ",", Quote: `"`, HeaderLine: 1, HeaderRows: 1}, []source.Row{good(2, "'Ann'", "'5'")}},
		{"no quotes, said", "name,n,note\n\"Ann\",1,5\" pipe\n\"Bob,2,\"\n", source.Options{Quote: "none"}, source.Dialect{Delimiter: ",", HeaderLine: 1, HeaderRows: 1},
			[]source.Row{good(2, `"Ann"`, "1", `5" pipe`), good(3, `"Bob`, "2", `"`)}},
		{"no quotes and a backslash, said", "name,n,note\nLee\\, Ann,1,\"x\nBob,2,a\\\nb\n", source.Options{Quote: "none", Escape: "backslash"}, source.Dialect{Delimiter: ",", Escape: `\`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{good(2, "Lee, Ann", "1", `"x`), good(3, "Bob", "2", "a\nb")}},
		{"two characters and a backslash", "name||n||note\nAnn||1||\"5\\\" pipe\"\nBob||2||y\n", source.Options{Escape: "backslash"}, source.Dialect{Delimiter: "||", Quote: `"`, Escape: `\`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{good(2, "Ann", "1", `5" pipe`), good(3, "Bob", "2", "y")}},
		{"single quotes", "'name','n','note'\n'Ann','1,5','5\" pipe'\n'Bob',2,'a;b'\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: "'", HeaderLine: 1, HeaderRows: 1}, rows},
		{"no quotes", "name\tn\tnote\nAnn\t1,5\t5\" pipe\nBob\t2\ta;b\n", source.Options{}, source.Dialect{Delimiter: "\t", HeaderLine: 1, HeaderRows: 1}, rows},
		{"padded", "name, n, note\nAnn, \"1,5\", \"5\"\" pipe\"\n\"Bob\" ,\t\"2\" , \"a;b\"\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, Padded: true, HeaderLine: 1, HeaderRows: 1}, rows},
		{"titles", "Leads of March\n\nMade on,2026-03-01\nname,n,note,phone,mail\nAnn,1,x,,\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, Titles: []string{"Leads of March", "Made on 2026-03-01"}, HeaderLine: 4, HeaderRows: 1},
			[]source.Row{good(5, "Ann", "1", "x", "", "")}},
		{"titles, padded to the width", "Leads of March,,,,\n,,,,\nname,n,note,phone,mail\nAnn,1,x,,\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, Titles: []string{"Leads of March"}, HeaderLine: 3, HeaderRows: 1},
			[]source.Row{good(4, "Ann", "1", "x", "", "")}},
		{"header of two rows", "Person,,Contact,\nFirst,Last,Phone,Calls\nAnn,Lee,+44 20 7946 0000,1\nBob,Ray,+44 20 7946 0001,2\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, HeaderLine: 1, HeaderRows: 2},
			[]source.Row{good(3, "Ann", "Lee", "+44 20 7946 0000", "1"), good(4, "Bob", "Ray", "+44 20 7946 0001", "2")}},
		{"header rows by option", "A,B\nc,d\n1,2\n", source.Options{HeaderRows: 2}, source.Dialect{Delimiter: ",", Quote: `"`, HeaderLine: 1, HeaderRows: 2}, []source.Row{good(3, "1", "2")}},
		{"no header", "Ann,+44 20 7946 0000\nBob,+44 20 7946 0001\n", source.Options{NoHeader: true}, source.Dialect{Delimiter: ",", Quote: `"`}, []source.Row{good(1, "Ann", "+44 20 7946 0000"), good(2, "Bob", "+44 20 7946 0001")}},
		{"delimiters at all ends", "name,n,\nAnn,1,\nBob,2,\nEve,3\nDan,4,x\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{good(2, "Ann", "1"), good(3, "Bob", "2"), good(4, "Eve", "3"), bad(5, source.CodeRagged, 0, "Dan,4,x", "Dan", "4", "x")}},
		{"delimiters at the ends of rows", "name,n\nAnn,1,\nBob,2,\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, HeaderLine: 1, HeaderRows: 1}, []source.Row{good(2, "Ann", "1"), good(3, "Bob", "2")}},
		{"delimiters at the ends of some", "name,n\nAnn,1,\nBob,2\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{bad(2, source.CodeRagged, 0, "Ann,1,", "Ann", "1", ""), good(3, "Bob", "2")}},
		{"a bad row among single quotes", "'name','n','note'\n'Ann','1,5','x'\n'Bob,'2','y'\n'Eve',3\n" + strings.Repeat("'Dan','4','z'\n", 20), source.Options{}, source.Dialect{Delimiter: ",", Quote: "'", HeaderLine: 1, HeaderRows: 1},
			append([]source.Row{good(2, "Ann", "1,5", "x"), bad(3, source.CodeQuote, 1, `"'Bob,'2','y'"`), bad(4, source.CodeRagged, 0, "Eve,3", "Eve", "3")}, slices.Repeat([]source.Row{good(0, "Dan", "4", "z")}, 20)...)},
		{"a contact is no header", "Name\nAnn,Lee\nBob,Ray\n", source.Options{NoHeader: true}, source.Dialect{Delimiter: ",", Quote: `"`},
			[]source.Row{bad(1, source.CodeRagged, 0, "Name", "Name"), good(2, "Ann", "Lee"), good(3, "Bob", "Ray")}},
		{"header again", "name,n\nAnn,1\nname,n\nBob,2\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{good(2, "Ann", "1"), bad(3, source.CodeHeader, 0, "name,n", "name", "n"), good(4, "Bob", "2")}},
		{"a second table, and a total", "name,n\nAnn,1\nBob,2\nEve,5\n\nproduct,price,stock\npen,1,2\nTotal: 3 rows\n", source.Options{}, source.Dialect{Delimiter: ",", Quote: `"`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{good(2, "Ann", "1"), good(3, "Bob", "2"), good(4, "Eve", "5"), bad(6, source.CodeRagged, 0, "product,price,stock", "product", "price", "stock"), bad(7, source.CodeRagged, 0, "pen,1,2", "pen", "1", "2"), bad(8, source.CodeRagged, 0, "Total: 3 rows", "Total: 3 rows")}},
		{"a name with the other delimiter in every cell", "Name;Phone\nLee, Ann;+44 20 7946 0000\nRay, Bob;+44 20 7946 0001\n", source.Options{}, source.Dialect{Delimiter: ";", Quote: `"`, HeaderLine: 1, HeaderRows: 1},
			[]source.Row{good(2, "Lee, Ann", "+44 20 7946 0000"), good(3, "Ray, Bob", "+44 20 7946 0001")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, got := all(t, tt.text, tt.o)
			for i := range min(len(got), len(tt.rows)) {
				if tt.rows[i].Line == 0 {
					tt.rows[i].Line = got[i].Line
				}
			}
			if d := diff(got, tt.rows); d != "" {
				t.Errorf("%+v %s", r.Dialect(), d)
			}
			tt.want.Encoding, tt.want.Confidence = "UTF-8", r.Dialect().Confidence
			if d := cmp.Diff(tt.want, r.Dialect()); d != "" {
				t.Error(d)
			}
			if tt.want.Quote == `"` && tt.want.Escape == "" {
				sameRejects(t, r, got)
			}
		})
	}
}

// A file whose first rows have no quoted cell may still have one later: then
// it is not for sure a cell that is meant to have quotes.
func TestQuotesWhereNoneWereExpected(t *testing.T) {
	ann, bobs := "Ann\t5\" pipe\n", strings.Repeat("Bob\tx\n", 600)
	tail := "Eve\t\"a b\"\nDan\ty\n"
	_, rows := all(t, "name\tnote\n"+ann+bobs+tail, source.Options{})
	if len(rows) != 603 || rows[0].Fault == nil {
		t.Errorf("a single stray quote: %+v", rows[0])
	}
	rows = slices.DeleteFunc(rows[1:], func(r source.Row) bool { return r.Cells[0] == "Bob" })
	if d := diff(rows, []source.Row{good(603, "Eve", "a b"), good(604, "Dan", "y")}); d != "" {
		t.Error(d)
	}
	_, rows = all(t, "name\tnote\n"+strings.Repeat(ann, 5)+bobs+tail, source.Options{})
	want := []source.Row{bad(607, source.CodeQuote, 0, `"Eve	""a b"""`), good(608, "Dan", "y")}
	if d := diff(rows[len(rows)-2:], want); d != "" {
		t.Error(d)
	}
}

func TestPaddedIsCounted(t *testing.T) {
	r, rows := all(t, "name,n\nAnn,1\n \"Lee, Bob\" ,2\nEve , 3\nDan,\t\"4\"\n", source.Options{})
	if d := diff(rows, []source.Row{good(2, "Ann", "1"), good(3, "Lee, Bob", "2"), good(4, "Eve ", " 3"), good(5, "Dan", "4")}); d != "" || r.Padded() != 2 {
		t.Errorf("%d padded %s", r.Padded(), d)
	}
}

func TestHeaderLongerThanTheSample(t *testing.T) {
	var names, cells []string
	for i := range source.MaxColumns {
		names, cells = append(names, fmt.Sprintf("a rather long name %d", i)), append(cells, "x")
	}
	r, rows := all(t, strings.Join(names, ";")+"\n"+strings.Join(cells, ";")+"\n", source.Options{})
	if d := diff(rows, []source.Row{good(2, cells...)}); d != "" || len(r.Header()) != source.MaxColumns {
		t.Error(len(r.Header()), d)
	}
}
