package source_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/campsync/campsync/importer/source"
)

// rejected writes a file of rejected rows as the tool does: a row's own text,
// or its cells, then the tool's cells.
func rejected(t testing.TB, r *source.Reader, rows []source.Row) string {
	t.Helper()
	delim := r.Dialect().Delimiter
	line := func(cells ...string) string {
		quoted := make([]string, len(cells))
		for i, c := range cells {
			if quoted[i] = c; strings.Contains(c, delim) || strings.ContainsAny(c, "\"\r\n") {
				quoted[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
		}
		return strings.Join(quoted, delim)
	}
	var b strings.Builder
	b.WriteString("\uFEFF" + line(append(r.Header()[:len(r.Header()):len(r.Header())], source.OwnColumns()...)...) + "\n")
	for _, row := range rows {
		text, code, message := row.Raw, "phone-invalid", `"Phone": "x" is no number; `+"give it\nwith its country"
		if row.Fault != nil {
			code, message = row.Fault.Code, fmt.Sprintf("%q: %s; %s", "Phone", row.Fault.Message, row.Fault.Hint)
		} else {
			text = line(row.Cells...)
		}
		b.WriteString(text + delim + line(fmt.Sprint(row.Line), code, "phoneNumber", message) + "\n")
	}
	return b.String()
}

// sameRejects checks that rows that are rejected come back as they are.
func sameRejects(t testing.TB, r *source.Reader, rows []source.Row) {
	t.Helper()
	text := rejected(t, r, rows)
	again, got := all(t, text, source.Options{Delimiter: r.Dialect().Delimiter})
	if len(again.Header()) != len(r.Header()) {
		t.Fatalf("header %q, want %q", again.Header(), r.Header())
	}
	for i := range max(len(rows), len(got)) {
		if i >= len(rows) || i >= len(got) {
			t.Fatalf("%d rows, want %d\n%s", len(got), len(rows), text)
		}
		a, b := got[i], rows[i]
		a.Line, b.Line = 0, 0
		if b.Fault != nil && a.Fault != nil {
			fa, fb := *a.Fault, *b.Fault
			fa.Line, fb.Line = fa.Line-got[i].Line, fb.Line-rows[i].Line
			a.Fault, b.Fault = &fa, &fb
		}
		if fmt.Sprintf("%q %v %+v", a.Cells, a.Raw, a.Fault) != fmt.Sprintf("%q %v %+v", b.Cells, b.Raw, b.Fault) {
			t.Fatalf("row %d:\n%+v %+v\nwant\n%+v %+v\n%s", i, a, a.Fault, b, b.Fault, text)
		}
	}
}

func TestRejectedComesBackTheSame(t *testing.T) {
	for _, text := range []string{
		"a,b,c\n1,2\n3,4,5\n6,7,8,9\n1\n",
		"a,b,c\n1,\"x,y\n2,\"x,y\n3,z\",y\n4,5,6\n",
		"a,b,c\n1,\"x,y\n\n2,z\",y\n4,\"5,6",
		"a,b,c\n1,x\"y\",2\n\"1\"x,2,3\n\"1\n2\",\"x,3\n4,5,6\n",
		"a,b,c\n1,\"he said \"no\"\nand left\",2\n3,\"a \"b\" c\nd\",5\n",
		"a,b,c\n1,\"x,y\n2,p,q\n3,r\",s\n4,5,6\n",
		"a,b,c\n1,\"x\n,\",y,z\n\"a\nb\",\"c\nd\"\n",
		"a,b,c\né,é,é\n1,\xE9,3\n\xE9,5\n",
		"a,b,c\n1,2,\x00\n1,2,3\n\x00,5\n",
		"a;b;c\n1;\"x;y\n2;z\";y\n3;4\n5;6;7\n",
		"a\tb\tc\r\n1\t\"x\ty\r\n2\tz\"\ty\r\n3\t4\r\n5\t6\t7\r\n",
		"a\n\"x\ny\nz\n",
		"a,b\n1," + strings.Repeat("x", source.MaxCell+1) + "\n1,2\n",
		"a,b\n1,\"" + strings.Repeat("x", source.MaxCell+1) + "\"\n1,2\n",
		"a,b\n" + strings.Repeat("x,", source.MaxRow/2+1) + "\n1,2\n",
	} {
		r, rows := all(t, text, source.Options{})
		sameRejects(t, r, rows)
	}
}

// Broken rows stand next to each other in a file of rejected rows, so that a
// quote opened in one meets a quote closed in another.
func TestRejectedComesBackTheSameAtRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b", ",", ",", `"`, `""`, "\n", "\r\n", " ", "1", "é", "\xE9", "x y"}
	for range 2500 {
		var b strings.Builder
		b.WriteString("one,two,thrée\n")
		for range rng.IntN(30) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		r, err := open(t, b.String(), source.Options{Delimiter: ","})
		if err != nil {
			continue // too many bad characters: the file is refused
		}
		rows := rest(t, r)
		sameRejects(t, r, rows)
	}
}

func TestOwnColumns(t *testing.T) {
	own := strings.Join(source.OwnColumns(), ",")
	_, rows := all(t, "a,b,"+own+"\n1,2,7,phone-invalid,phoneNumber,mended by hand\n3,4,,,,\n5,6\n,,8,x,y,z\n", source.Options{})
	if d := diff(rows, []source.Row{good(2, "1", "2"), good(3, "3", "4"), bad(4, source.CodeRagged, 0, "5,6", "5", "6")}); d != "" {
		t.Error(d)
	}
	_, rows = all(t, "a,b,,"+own+"\n1,2,,7,x,y,z\n1,2,3,7,x,y,z\n", source.Options{})
	if d := diff(rows, []source.Row{good(2, "1", "2"), bad(3, source.CodeRagged, 0, "1,2,3,7,x,y,z", "1", "2", "3", "7", "x", "y", "z")}); d != "" {
		t.Error(d)
	}
	r, err := open(t, own+",a\n", source.Options{})
	if err != nil || len(r.Header()) != 5 {
		t.Errorf("columns of these names at another place: %q %v", r.Header(), err)
	}
}
