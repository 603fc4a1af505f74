package source_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/campsync/campsync/importer/source"
)

// open reads text as a file of the name "leads.csv".
func open(t testing.TB, text string, o source.Options) (*source.Reader, error) {
	t.Helper()
	return source.NewReader(io.NopCloser(strings.NewReader(text)), "leads.csv", o)
}

// all returns every row of the text.
func all(t testing.TB, text string, o source.Options) (*source.Reader, []source.Row) {
	t.Helper()
	r, err := open(t, text, o)
	if err != nil {
		t.Fatal(err)
	}
	return r, rest(t, r)
}

func rest(t testing.TB, r *source.Reader) (rows []source.Row) {
	t.Helper()
	for {
		row, err := r.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

// good and bad are what a row should be.
func good(line int, cells ...string) source.Row { return source.Row{Line: line, Cells: cells} }

func bad(line int, code string, column int, raw string, cells ...string) source.Row {
	return source.Row{Line: line, Cells: cells, Raw: raw, Fault: &source.Fault{Code: code, Line: line, Column: column}}
}

// diff compares rows; of faults, what is said in words is left out.
func diff(got, want []source.Row) string {
	plain := make([]source.Row, len(got))
	for i, row := range got {
		if row.Fault != nil {
			f := *row.Fault
			f.Message, f.Hint = "", ""
			row.Fault = &f
		}
		plain[i] = row
	}
	return cmp.Diff(want, plain, cmpopts.EquateEmpty())
}

func TestRows(t *testing.T) {
	long := strings.Repeat("x", source.MaxCell+1)
	for _, tt := range []struct {
		name, text string
		want       []source.Row
	}{
		{"plain", "a,b\n1,2\n3,4\n", []source.Row{good(2, "1", "2"), good(3, "3", "4")}},
		{"no last line end", "a,b\n1,2", []source.Row{good(2, "1", "2")}},
		{"header only", "a,b\n", nil},
		{"CRLF", "a,b\r\n1,2\r\n3,4\r\n", []source.Row{good(2, "1", "2"), good(3, "3", "4")}},
		{"CR only", "a,b\r1,2\r3,4\r", []source.Row{good(2, "1", "2"), good(3, "3", "4")}},
		{"mixed line ends", "a,b\r1,2\r\n3,4\n5,6", []source.Row{good(2, "1", "2"), good(3, "3", "4"), good(4, "5", "6")}},
		{"byte order mark", "\uFEFFa,b\n1,2\n", []source.Row{good(2, "1", "2")}},
		{"byte order mark before a quote", "\uFEFF\"a\",b\n1,2\n", []source.Row{good(2, "1", "2")}},
		{"quoted", "a,b\n\"1,1\",\"say \"\"hi\"\"\"\n", []source.Row{good(2, "1,1", `say "hi"`)}},
		{"line ends in cells are kept and counted", "a,b\n\"1\n\n1\",\"2\r\n2\"\n3,\"4\r4\"\r\n5,6",
			[]source.Row{good(2, "1\n\n1", "2\r\n2"), good(6, "3", "4\r4"), good(8, "5", "6")}},
		{"white space is kept", "a,b\n 1 ,\t2\n", []source.Row{good(2, " 1 ", "\t2")}},
		{"one column", "phone\n1\n2\n", []source.Row{good(2, "1"), good(3, "2")}},
		{"one column that is quoted", "\"phone\"\n\"1\"\n2\n", []source.Row{good(2, "1"), good(3, "2")}},
		{"semicolons and decimal commas", "a;b;c\n1,5;2,5;3,5\n", []source.Row{good(2, "1,5", "2,5", "3,5")}},
		{"tabs", "a\tb\n1, 2\t3\n", []source.Row{good(2, "1, 2", "3")}},
		{"bars", "a|b\n1|2\n", []source.Row{good(2, "1", "2")}},
		{"blank lines and rows", "\n\na,b\n\n1,2\n   \n,\n\"\",\" \"\n,,,\n3,4\n\n", []source.Row{good(5, "1", "2"), good(10, "3", "4")}},

		{"ragged", "a,b,c\n1,2\n3,4,5\n6,7,8,9\n10,11,12\n", []source.Row{
			bad(2, source.CodeRagged, 0, "1,2", "1", "2"), good(3, "3", "4", "5"),
			bad(4, source.CodeRagged, 0, "6,7,8,9", "6", "7", "8", "9"), good(5, "10", "11", "12")}},
		{"stray quote", "a,b\n1,x\"y\"\n2,z\n", []source.Row{bad(2, source.CodeQuote, 2, `1,x"y"`), good(3, "2", "z")}},
		{"text after a closing quote", "a,b\n1,\"x\"y\n2,z\n", []source.Row{bad(2, source.CodeQuote, 2, `1,"x"y`), good(3, "2", "z")}},
		{"unclosed to the end", "a,b\n1,\"x\n2,y\n3,z\n", []source.Row{
			bad(2, source.CodeUnclosed, 2, `1,"x`), good(3, "2", "y"), good(4, "3", "z")}},
		{"unclosed in the last row", "a,b\n1,x\n2,\"y", []source.Row{good(2, "1", "x"), bad(3, source.CodeUnclosed, 2, `2,"y`)}},
		{"unclosed, then quoted rows", "a,b\n1,\"x\n\"2\",\"y\"\n3,z\n", []source.Row{
			bad(2, source.CodeUnclosed, 2, `1,"x`), good(3, "2", "y"), good(4, "3", "z")}},
		{"unclosed, then a quoted empty cell", "a,b,c\n1,\"x,0\n2,\"\",y\n3,4,z\n", []source.Row{
			bad(2, source.CodeUnclosed, 2, `1,"x,0`), good(3, "2", "", "y"), good(4, "3", "4", "z")}},
		{"unclosed and closed again by a row that is ragged then", "a,b,c\n1,\"x,0\n2,3,4\n5,\"\n6\",7\n", []source.Row{
			bad(2, source.CodeUnclosed, 2, `1,"x,0`), good(3, "2", "3", "4"), good(4, "5", "\n6", "7")}},
		{"unclosed with CR line ends", "a,b\r1,\"x\r2,y\r", []source.Row{bad(2, source.CodeUnclosed, 2, `1,"x`), good(3, "2", "y")}},
		{"unclosed, three in a row", "a,b\n1,\"x\n2,\"y\n3,\"z\n4,5\n", []source.Row{bad(2, source.CodeUnclosed, 2, `1,"x`),
			bad(3, source.CodeUnclosed, 2, `2,"y`), bad(4, source.CodeUnclosed, 2, `3,"z`), good(5, "4", "5")}},
		{"bad quote in a cell of several lines", "a,b,c\n1,\"he said \"no\"\nand left\",2\n3,4,5\n", []source.Row{
			bad(2, source.CodeQuote, 2, "1,\"he said \"no\"\nand left\",2"), good(4, "3", "4", "5")}},
		{"a table in a cell is no certain reading", "a,b,c\n1,\"x,y\n2,p,q\n3,r\",s\n4,5,6\n", []source.Row{
			bad(2, source.CodeQuote, 0, "1,\"x,y\n2,p,q\n3,r\",s", "1", "x,y\n2,p,q\n3,r", "s"), good(5, "4", "5", "6")}},
		{"a row that crosses another", "a,b,c\n1,2,\"x\n3,y,\"\nz\"\n6,7,8\n", []source.Row{
			bad(2, source.CodeQuote, 0, "1,2,\"x\n3,y,\"\nz\""), good(5, "6", "7", "8")}},
		{"an address in a cell is", "a,b,c\n1,\"x\n12 High Street, York\nUK\",s\n", []source.Row{good(2, "1", "x\n12 High Street, York\nUK", "s")}},

		{"NUL", "a,b\nphone number,2\n3,4\x00\n5,6\n7,8\n", []source.Row{good(2, "phone number", "2"),
			bad(3, source.CodeNUL, 2, "3,4\x00", "3", "4\x00"), good(4, "5", "6"), good(5, "7", "8")}},
		{"bad UTF-8 among good", "a,b\né,ü\n1,caf\xE9\n3,4\n", []source.Row{good(2, "é", "ü"),
			bad(3, source.CodeEncoding, 2, "1,caf\xE9", "1", "caf\xE9"), good(4, "3", "4")}},
		{"long cell", "a,b\n1," + long + "\n3,4\n", []source.Row{bad(2, source.CodeTooLong, 2, "1,"+long), good(3, "3", "4")}},
		{"long quoted cell", "a,b\n1,\"" + long + "\"\n3,4\n", []source.Row{bad(2, source.CodeTooLong, 2, `1,"`+long+`"`), good(3, "3", "4")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, got := all(t, tt.text, source.Options{})
			if d := diff(got, tt.want); d != "" {
				t.Error(d[:min(len(d), 4000)])
			}
		})
	}
}

func TestUnclosedBeyondTheLengthOfACell(t *testing.T) {
	n := source.MaxCell / 4
	_, rows := all(t, "a,b\n1,\"x"+strings.Repeat("\n1,2", n)+"\n\"3\",4", source.Options{})
	if len(rows) != n+2 {
		t.Fatalf("%d rows, want %d", len(rows), n+2)
	}
	for i, row := range rows[1 : n+1] {
		if row.Fault != nil || row.Line != i+3 || row.Cells[1] != "2" {
			t.Fatalf("row %d: %+v", i, row)
		}
	}
	if d := diff([]source.Row{rows[0], rows[n+1]}, []source.Row{bad(2, source.CodeUnclosed, 2, `1,"x`), good(n+3, "3", "4")}); d != "" {
		t.Error(d)
	}
}

func TestLongRow(t *testing.T) {
	long := strings.Repeat("x,", source.MaxRow/2+100)
	for _, end := range []string{"\n", "\r\n"} {
		_, rows := all(t, "a,b"+end+long+end+"1,2"+end, source.Options{})
		want := []source.Row{bad(2, source.CodeTooLong, 0, long[:source.MaxRow]), good(3, "1", "2")}
		if len(rows) != 2 || rows[0].Raw != want[0].Raw {
			t.Fatalf("%d rows", len(rows))
		}
		rows[0].Raw, want[0].Raw = "", ""
		if d := diff(rows, want); d != "" {
			t.Error(d)
		}
	}
}

func TestFaultWords(t *testing.T) {
	for text, want := range map[string]source.Fault{
		"a,b,c\n1,2\n":               {Code: "ragged", Message: "has 2 cells, the header has 3", Hint: "add the cells that are missing", Line: 2},
		"a,b\n1,2,3\n":               {Code: "ragged", Message: "has 3 cells, the header has 2", Hint: "put a cell that holds the delimiter in quotes", Line: 2},
		"a,b\né,é\n1,\xE9\n":         {Code: "encoding", Message: "byte 0xE9 is no UTF-8 (byte 1 of the cell)", Hint: "save the file as UTF-8", Line: 3, Column: 2},
		"a,b\n\"1\n1\",\"2\n":        {Code: "unclosed-quote", Message: "a quote opens here and is never closed", Hint: "close it, or double it where it belongs to the text", Line: 3, Column: 2},
		"a,b\n1,2\"\n":               {Code: "quote", Message: "a quote stands inside a cell that does not begin with one", Hint: "put the cell in quotes and double those inside it", Line: 2, Column: 2},
		"a,b\n\"1\"x,2\n":            {Code: "quote", Message: "text follows a closing quote", Hint: "double the quotes that stand inside the cell", Line: 2, Column: 1},
		"a,b,c\n1,\"2,\n,,\n,\",3\n": {Code: "quote", Message: "the quotes in these 3 lines can be read in two ways", Hint: "close each quote in its line, or take the line ends out of the cells", Line: 2},
	} {
		_, rows := all(t, text, source.Options{})
		if last := rows[len(rows)-1]; last.Fault == nil || *last.Fault != want {
			t.Errorf("%q: %+v, want %+v", text, last.Fault, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"two of a name", "Name,Phone,a,b,c,d, Phone\n", `leads.csv:1: two columns are named "Phone" (2 and 7); rename one of them`},
		{"three of a name", "\nx,x,y,x\n", `leads.csv:2: three columns are named "x" (1, 2 and 4); rename them`},
		{"no name", "a,,c\n", `leads.csv:1: column 2 has no name in the header; name it or take it out`},
		{"no names", "a,, ,d,\n", `leads.csv:1: columns 2 and 3 have no name in the header; name them or take them out`},
		{"empty", "", `leads.csv: the file is empty; export it again with its header`},
		{"only a byte order mark", "\uFEFF", `leads.csv: the file is empty; export it again with its header`},
		{"blank", " \n,,\n\n", `leads.csv: the file has only blank lines; export it again with its header`},
		{"unclosed quote in the header", "a,\"b\n1,2\n", `leads.csv:1: column 2 of the header: a quote opens here and is never closed; close it, or double it where it belongs to the text`},
		{"wide", strings.Repeat("a,", source.MaxColumns) + "b\n", `leads.csv:1: the header has more than 4096 columns; look for line ends that are missing`},
		{"very wide", strings.Repeat("a,", 3*source.MaxColumns) + "b\n", `leads.csv:1: the header has more than 4096 columns; look for line ends that are missing`},
		{"NUL in the header", "a,b\x00c," + strings.Repeat("x", 100) + "\n", `leads.csv:1: column 2 of the header: holds a NUL character; take it out, or export the file again`},
		{"binary", "a\x01\x02\x03\x04\x00\x00\x00\x05\x06", `leads.csv: this is no text; export the table as CSV (UTF-8)`},
		{"an encoding that is not told", "a,b\n1,\xC1\xA1\xB5\xB3\n2,\xDE\xF0\xFE\x81\n", `leads.csv:2: byte 0xC1 is no UTF-8, and the file is in no encoding that can be told for sure (perhaps windows-1251); save it as UTF-8, in Excel as "CSV UTF-8", or name its encoding`},
		{"encoded twice", "a,b\n1,MÃ¼ller\n2,JÃ¶rg\n", `leads.csv:2: the text was encoded twice on its way: "MÃ¼ller" stands for "Müller"; export it again, or name the encoding utf-8 if it is to be taken as it is`},
		{"no header", "Ann,+44 20 7946 0000\nBob,+44 20 7946 0001\n", `leads.csv:1: the file seems to have no header: column 2 would be named "+44 20 7946 0000"; add a line with the names of the columns above`},
		{"a title, or a header that is broken", "Name\nAnn,Lee\nBob,Ray\n", `leads.csv:1: the header is not found: the first row has 1 cell, most have 2; put a line with the names of the columns above the table`},
		{"not an archive", "PK\x03\x04....leads.txt", `leads.csv: unpacking zip: zip: not a valid zip file; pack the file again`},
		{"XLS", "\xD0\xCF\x11\xE0.....", `leads.csv: this is an Excel 97-2003 workbook (XLS), not CSV; export it as CSV (UTF-8)`},
		{"gzip that breaks off", "\x1F\x8B\x08\x00", `leads.csv: unpacking gzip: unexpected EOF; pack the file again`},
		{"HTML", "\n <!DOCTYPE html><html><body>Sign in, please</body></html>", `leads.csv: this is HTML, not CSV; export the table as CSV; a web page is often a login or an error page saved instead of the file`},
		{"JSON", "[\n {\"a\": 1}]", `leads.csv: this is JSON, not CSV; export the table as CSV; a web page is often a login or an error page saved instead of the file`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := open(t, tt.text, source.Options{})
			if _, ok := err.(*source.Error); !ok || err.Error() != tt.want {
				t.Errorf("%T %v\nwant %s", err, err, tt.want)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	for text, want := range map[string][]string{
		"a,b\n":                   {"a", "b"},
		"\uFEFF a ,\"b\tc \"\n":   {"a", "b\tc"},
		"[Name],[Phone]\n":        {"[Name]", "[Phone]"},
		"Phone,phone\n":           {"Phone", "phone"},
		"\"two\nlines\",b\r\n1,2": {"two\nlines", "b"},
	} {
		r, err := open(t, text, source.Options{})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if d := cmp.Diff(want, r.Header()); d != "" {
			t.Error(d)
		}
	}
}

func TestDelimiterOption(t *testing.T) {
	for option, text := range map[string]string{"tab": "a,x\tb\n1\t2\n", `\t`: "a,x\tb\n1\t2\n", "\t": "a,x\tb\n1\t2\n", "^": "a,x^b\n1^2\n", "¦": "a,x¦b\n1¦2\n"} {
		r, rows := all(t, text, source.Options{Delimiter: option})
		if d := diff(rows, []source.Row{good(2, "1", "2")}); d != "" || r.Header()[0] != "a,x" {
			t.Errorf("%q: %q %s", option, r.Header(), d)
		}
	}
	for _, option := range []string{`"`, "\n", "ab", "\x00", "\xFF"} {
		_, err := open(t, "a,b\n", source.Options{Delimiter: option})
		var e *source.Error
		if !errors.As(err, &e) || e.Code != "delimiter" {
			t.Errorf("%q: %v", option, err)
		}
	}
}

func TestBlankAreCounted(t *testing.T) {
	r, rows := all(t, "\na,b\n\n1,2\n,\n \n\"\",\n\x1A", source.Options{})
	if len(rows) != 1 || r.Blank() != 6 {
		t.Errorf("%d rows, %d blank; want 1, 6", len(rows), r.Blank())
	}
}
