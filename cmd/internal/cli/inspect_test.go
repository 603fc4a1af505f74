package cli_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/cmd/internal/cli"
)

// What --rows writes is what the file holds, byte by byte, whatever that is.
func TestRowsKeepEveryByte(t *testing.T) {
	inFolder(t, map[string]string{
		"odd.csv": "a,b\r\n\"x\ry\",\"two\nlines\"\r\n\"two\r\nlines\", padded \r\n\"say \"\"hi\"\"\",\"\"\r\n\"\u00A0\",=1+1\r\n",
	})
	got := run(nil, "inspect", "--rows", "odd.csv")
	want := "a,b\r\n\"x\ry\",\"two\nlines\"\r\n\"two\r\nlines\", padded \r\n\"say \"\"hi\"\"\",\r\n\u00A0,=1+1\r\n"
	if got.code != 0 || got.stdout != want {
		t.Errorf("%d %s\n got %q\nwant %q", got.code, got.stderr, got.stdout, want)
	}
}

// A table of one column is read again as it was written.
func TestRowsOfOneColumn(t *testing.T) {
	inFolder(t, map[string]string{"one.csv": "name\nAda\n\nGrace\n"})
	if got := run(nil, "inspect", "--rows", "one.csv"); got.stdout != "name\r\nAda\r\nGrace\r\n" || got.code != 0 {
		t.Errorf("%+v", got)
	}
}

// What --rows has written once it writes again.
func TestRowsOfRows(t *testing.T) {
	for _, text := range []string{
		"a;b\n1;\"x;y\"\n2;\n",
		"a\tb\r\n1\t\"q\"\"q\"\r\n",
		"'a','b'\n'1','it''s'\n",
		"a|b\n1|2\n",
	} {
		inFolder(t, map[string]string{"first.csv": text})
		first := run(nil, "inspect", "--rows", "first.csv")
		if err := os.WriteFile("again.csv", []byte(first.stdout), 0o600); err != nil {
			t.Fatal(err)
		}
		if again := run(nil, "inspect", "--rows", "again.csv"); first.code != 0 || again != first {
			t.Errorf("%q: %+v, then %+v", text, first, again)
		}
	}
}

// A file that cannot be read to its end has a problem, and no row is kept back.
func TestFileThatIsCutOff(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	lines := []string{"a,b\n"}
	for i := range 60000 {
		lines = append(lines, fmt.Sprintf("%d,%d\n", i, i*7919%100003))
	}
	text := strings.Join(lines, "")
	if _, err := w.Write([]byte(text)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	inFolder(t, map[string]string{"cut.csv.gz": b.String()[:b.Len()*3/4]})
	rows := run(nil, "inspect", "--rows", "cut.csv.gz")
	n := strings.Count(rows.stdout, "\n")
	if rows.code != 3 || n < 10000 || !strings.HasPrefix(strings.ReplaceAll(text, "\n", "\r\n"), rows.stdout) ||
		!strings.HasPrefix(rows.stderr, fmt.Sprintf("cut.csv.gz:%d: reading stopped after ", n+1)) {
		t.Errorf("%d, %d lines: %s", rows.code, n, rows.stderr)
	}
	page := run(nil, "inspect", "cut.csv.gz")
	if page.code != 3 || !strings.Contains(page.stdout, "  1 problem of the file as a whole\n") || strings.Contains(page.stdout, "cannot be read") {
		t.Errorf("%d %s", page.code, page.stdout)
	}
}

func TestInspectJSON(t *testing.T) {
	inFolder(t, map[string]string{"x.csv": "Report of May\n\nName;Joined;Phone\nAda;03/04/2024;+44 7400 123456\nGrace;05/06/2024\n"})
	got := run(nil, "inspect", "--json", "x.csv")
	var doc struct {
		Schema string
		Files  []struct {
			Name, SHA256, Encoding, Delimiter string
			Bytes, Rows, Unreadable, Blank    int64
			HeaderLine                        int
			Titles                            []string
			Problems                          struct {
				Total  int64
				ByCode map[string]int64
				First  []struct{ Line int }
			}
			Columns []struct {
				Name, Type string
				Filled     int64
				Dates      *struct{ Ambiguous bool }
			}
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil {
		t.Fatal(err)
	}
	f := doc.Files[0]
	if got.code != 3 || doc.Schema != "campsync.inspect/v1" || f.Name != "x.csv" || len(f.SHA256) != 64 || f.Encoding != "UTF-8" || f.Delimiter != ";" ||
		f.Bytes != 81 || f.Rows != 2 || f.Unreadable != 1 || f.HeaderLine != 3 || !slices.Equal(f.Titles, []string{"Report of May"}) ||
		f.Problems.Total != 1 || f.Problems.ByCode["ragged"] != 1 || f.Problems.First[0].Line != 5 ||
		f.Columns[1].Type != "date" || !f.Columns[1].Dates.Ambiguous || f.Columns[2].Type != "phone" || f.Columns[0].Filled != 1 {
		t.Errorf("exit code %d: %+v", got.code, doc)
	}
}

// A page has no line that does not fit, but for the table where the terminal is
// too narrow for it.
func TestPagesFit(t *testing.T) {
	lines := []string{"Name,A column with a name that goes on and on and on,Phone,Visit,Note"}
	for range 30 {
		lines = append(lines, `Ada Lovelace,"some text that is longer than any example that is shown of it",'+44 7400 123456,03/04/2024,#N/A `, "Grace")
	}
	text := strings.Join(lines, "\n") + "\n"
	for _, width := range []int{80, 100, 120, 140} {
		inFolder(t, map[string]string{"x.csv": text})
		for line := range strings.Lines(cli.InspectPage(t.Context(), "x.csv", width)) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > width {
				t.Errorf("%d columns in a page of %d: %s", n, width, line)
			}
		}
	}
}

func TestProblemsOfPagesAreCapped(t *testing.T) {
	inFolder(t, map[string]string{"x.csv": "a,b\n1,2\n2,3\n3,4\n" + strings.Repeat("x\n5,6\n", 300)})
	page := run(nil, "inspect", "x.csv")
	if n := strings.Count(page.stdout, "x.csv:"); n != 10 || !strings.Contains(page.stdout, "\n  300 rows cannot be read\n") || !strings.Contains(page.stdout, "and 290 more") {
		t.Errorf("%d problems: %s", n, page.stdout)
	}
	rows := run(nil, "inspect", "--rows", "x.csv")
	if n := strings.Count(rows.stderr, "\n"); n != 300 {
		t.Errorf("%d problems", n)
	}
	all, err := csv.NewReader(strings.NewReader(rows.stdout)).ReadAll()
	if err != nil || len(all) != 304 {
		t.Errorf("%d rows, %v", len(all), err)
	}
}

func TestLineEnds(t *testing.T) {
	inFolder(t, map[string]string{
		"lf.csv": "a,b\n1,2\n3,4", "crlf.csv": "a,b\r\n1,2\r\n", "cr.csv": "a,b\r1,2\r", "mixed.csv": "a,b\r\n1,2\r\n3,4\n5,6\r",
		"utf16.csv": "\xFF\xFEa\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00",
	})
	for file, want := range map[string]string{
		"lf.csv": "  lines       end in LF\n", "crlf.csv": "  lines       end in CRLF\n", "cr.csv": "  lines       end in CR\n",
		"mixed.csv": "  lines       end in CRLF, 1 in LF, 1 in CR\n", "utf16.csv": "  cells       between commas, quoted with \"\n  confidence",
	} {
		if got := run(nil, "inspect", file); !strings.Contains(got.stdout, want) {
			t.Errorf("%s: %s%s, want %q", file, got.stdout, got.stderr, want)
		}
	}
}

// The pieces in which bytes come make no difference.
func TestLineEndsOfPieces(t *testing.T) {
	text := "a\r\nb\rc\n\r\r\n\n\r"
	for size := 1; size <= len(text); size++ {
		if lf, crlf, cr := cli.CountLineEnds(text, size); lf != 2 || crlf != 2 || cr != 3 {
			t.Errorf("in pieces of %d: %d LF, %d CRLF, %d CR", size, lf, crlf, cr)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		n, of int64
		want  string
	}{
		{0, 0, "0%"}, {0, 5, "0%"}, {5, 5, "100%"}, {1, 2, "50%"}, {1, 1000, "<1%"}, {999, 1000, ">99%"}, {2, 3, "67%"}, {1, 100, "1%"}, {99, 100, "99%"},
	} {
		if got := cli.Percent(test.n, test.of); got != test.want {
			t.Errorf("%d of %d is %s, want %s", test.n, test.of, got, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	got := cli.Wrap("one two three averylongword x", 8)
	if diff := cmp.Diff([]string{"one two", "three", "averylongword", "x"}, got); diff != "" {
		t.Error(diff)
	}
	if got := cli.Wrap("", 8); len(got) != 1 || got[0] != "" {
		t.Errorf("%q", got)
	}
}
