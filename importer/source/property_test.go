package source_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/campsync/campsync/importer/source"
)

// table makes a random table; every row has a number of its own in its first
// cell, so that it can be told apart.
func table(rng *rand.Rand) [][]string {
	pieces := []string{"a", "John", "+44 20", " ", ",", ";", "\t", "|", `"`, "\n", "é", "日本", "'", "1,5", "x@y.org"}
	width := 1 + rng.IntN(6)
	rows := make([][]string, 1+rng.IntN(12))
	for i := range rows {
		rows[i] = make([]string, width)
		for j := range rows[i] {
			for range rng.IntN(4) {
				rows[i][j] += pieces[rng.IntN(len(pieces))]
			}
		}
		rows[i][0] = fmt.Sprintf("n%d%s", i, rows[i][0])
	}
	for j := range width {
		rows[0][j] = fmt.Sprintf("column %d", j)
	}
	return rows
}

func write(t testing.TB, rows [][]string, delim rune, crlf bool) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = delim, crlf
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		rows := table(rng)
		delim := []rune{',', ';', '\t', '|'}[rng.IntN(4)]
		text := write(t, rows, delim, false)
		end := []string{"\n", "\r\n", "\r"}[rng.IntN(3)]
		if end != "\n" && !strings.Contains(strings.Join(slices.Concat(rows...), ""), "\n") {
			text = strings.ReplaceAll(text, "\n", end)
		}
		if rng.IntN(2) == 0 {
			text = "\uFEFF" + text
		}
		// The window's borders must not show: one byte at a time.
		src := io.Reader(strings.NewReader(text))
		if rng.IntN(2) == 0 {
			src = iotest.OneByteReader(src)
		}
		r, err := source.NewReader(io.NopCloser(src), "x.csv", source.Options{Delimiter: string(delim)})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		got := rest(t, r)
		if len(got) != len(rows)-1 {
			t.Fatalf("%d rows, want %d\n%s", len(got), len(rows)-1, text)
		}
		line := 1 + strings.Count(strings.Join(rows[0], ""), "\n") + 1
		for i, row := range got {
			want := rows[i+1]
			if row.Fault != nil && row.Fault.Code == source.CodeQuote && strings.HasPrefix(row.Fault.Message, "the quotes in") {
				continue // a random cell that looks like a table
			}
			if row.Fault != nil || !slices.Equal(row.Cells, want) || row.Line != line {
				t.Fatalf("row %d: %+v %+v, want %q in line %d\n%s", i, row, row.Fault, want, line, text)
			}
			line += strings.Count(strings.Join(want, ""), "\n") + 1
		}
	}
}

func TestDelimiterIsFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 700 {
		rows := table(rng)
		for len(rows) < 4 || len(rows[0]) < 2 {
			rows = table(rng)
		}
		delim := []rune{',', ';', '\t', '|'}[rng.IntN(4)]
		text := write(t, rows, delim, rng.IntN(2) == 0)
		r, err := open(t, text, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Dialect().Delimiter != string(delim) {
			t.Fatalf("%q, want %q\n%s", r.Dialect().Delimiter, delim, text)
		}
	}
}

// Damage to one row costs that row, and what else it costs is reported: every
// other row is read as it is, or stands in the text of a fault.
func TestDamageIsBounded(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	costly := 0
	const rounds = 2000
	for range rounds {
		rows := table(rng)
		for len(rows) < 6 || len(rows[0]) < 3 {
			rows = table(rng)
		}
		k := 1 + rng.IntN(len(rows)-1)
		before, hit, behind := write(t, rows[:k], ',', false), write(t, rows[k:k+1], ',', false), write(t, rows[k+1:], ',', false)
		hit = damage(rng, hit)
		r, err := open(t, before+hit+behind, source.Options{Delimiter: ","})
		if err != nil {
			t.Fatal(err)
		}
		read := make(map[string]bool)
		faults := ""
		for _, row := range rest(t, r) {
			if row.Fault != nil {
				faults += row.Raw + "\n"
			} else {
				read[strings.Join(row.Cells, "\x00")] = true
			}
		}
		for i, row := range rows[1:] {
			if i+1 == k || read[strings.Join(row, "\x00")] {
				continue
			}
			costly++
			if text := write(t, [][]string{row}, ',', false); !strings.Contains(faults, text) && !inPieces(faults, text) {
				t.Fatalf("row %q is neither read nor reported\n%s", row, before+hit+behind)
			}
		}
	}
	if costly > rounds/10 {
		t.Errorf("%d undamaged rows were lost to %d damaged ones", costly, rounds)
	}
}

// What becomes of a bad row depends on what stands around it, never on where
// the window that is read at a time happens to end.
func TestWindowDoesNotShow(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	pieces := []string{"a", "b", ",", ",", `"`, `"`, `""`, "\n", "\r\n", "\r", " ", "é", "\xE9", "1,2,3\n", "\"x\ny\",2,3\n"}
	good := "1,\"2\"," + strings.Repeat("3", 500) + "\n"
	at := func(offset int, tail string) (rows []source.Row) {
		text := "x,y,zé\n" + strings.Repeat(good, offset/len(good)) + tail
		_, rows = all(t, text, source.Options{})
		rows = slices.DeleteFunc(rows, func(r source.Row) bool { return r.Line <= offset/len(good)+1 })
		for i := range rows {
			rows[i].Line -= offset / len(good)
			if f := rows[i].Fault; f != nil {
				f.Line -= offset / len(good)
			}
		}
		return rows
	}
	for range 50 {
		tail := ""
		for range 20 + rng.IntN(60) {
			tail += pieces[rng.IntN(len(pieces))]
		}
		tail += strings.Repeat("1,2,3\n", rng.IntN(3))
		want := at(80<<10, tail)
		if d := cmp.Diff(want, at(256<<10-rng.IntN(len(tail)+len(good)), tail), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%q: %s", tail, d)
		}
	}
}

// inPieces reports whether every line of text stands in the faults.
func inPieces(faults, text string) bool {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(strings.Trim(line, ",\"\n")) != "" && !strings.Contains(faults, strings.TrimSuffix(line, "\n")) {
			return false
		}
	}
	return true
}

// damage takes out, puts in or doubles something in a row.
func damage(rng *rand.Rand, text string) string {
	body := strings.TrimSuffix(text, "\n")
	i := rng.IntN(len(body) + 1)
	for i < len(body) && !utf8.RuneStart(body[i]) {
		i++
	}
	switch rng.IntN(4) {
	case 0:
		body = body[:i] + `"` + body[i:]
	case 1:
		body = body[:i] + "," + body[i:]
	case 2:
		if at := strings.IndexByte(body, '"'); at >= 0 {
			body = body[:at] + body[at+1:]
		}
	default:
		if at := strings.LastIndexAny(body, `",`); at >= 0 {
			body = body[:at] + body[at+1:]
		}
	}
	return body + "\n"
}

// TestLikeEncodingCSV holds the reader against the one of the standard
// library, on input that both take.
func TestLikeEncodingCSV(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	pieces := []string{"a", "b", ",", ",", `"`, `"`, `""`, "\n", "\n", " ", "1", "é"}
	both := 0
	for range 15_000 {
		text := "one,two\n"
		for range rng.IntN(25) {
			text += pieces[rng.IntN(len(pieces))]
		}
		std := csv.NewReader(strings.NewReader(text))
		want, err := std.ReadAll()
		if err != nil {
			continue
		}
		both++
		_, got := all(t, text, source.Options{Delimiter: ","})
		i := 0
		for _, row := range want[1:] {
			if strings.TrimSpace(strings.Join(row, "")) == "" {
				continue
			}
			if i == len(got) || got[i].Fault != nil || !slices.Equal(got[i].Cells, row) {
				t.Fatalf("%q: %+v, want %q", text, got, want)
			}
			i++
		}
		if i != len(got) {
			t.Fatalf("%q: %+v, want %q", text, got, want)
		}
	}
	if both < 300 {
		t.Errorf("only %d inputs were compared", both)
	}
}

func TestRestHashesAllBytes(t *testing.T) {
	text := "\uFEFFa,b\n" + strings.Repeat("1,2\n", 200_000)
	for _, rows := range []int{0, 1, 150_000, 200_001} {
		r, err := open(t, text, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range rows {
			if _, err := r.Next(); err != nil && err != io.EOF {
				t.Fatal(err)
			}
		}
		sum, err := r.Rest()
		if err != nil || sum != sha(text) {
			t.Errorf("after %d rows: %s %v, want %s", rows, sum, err, sha(text))
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("after Rest: %v, want EOF", err)
		}
	}
}

func TestReadError(t *testing.T) {
	cause := errors.New("disk on fire")
	src := io.MultiReader(strings.NewReader("a,b\n1,2\n3,"), iotest.ErrReader(cause))
	big := io.MultiReader(bytes.NewReader([]byte("a,b\n"+strings.Repeat("1,2\n", 100_000)+"3,")), iotest.ErrReader(cause))
	if _, err := source.NewReader(io.NopCloser(src), "x.csv", source.Options{}); !errors.Is(err, cause) {
		t.Errorf("in the sample: %v", err)
	}
	r, err := source.NewReader(io.NopCloser(big), "x.csv", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		_, err := r.Next()
		if err == nil {
			continue
		}
		if !errors.Is(err, cause) || n != 100_000 || !strings.HasPrefix(err.Error(), "x.csv:100002: reading stopped after 400006 bytes") {
			t.Errorf("after %d rows: %v", n, err)
		}
		break
	}
	if _, err := r.Rest(); !errors.Is(err, cause) {
		t.Errorf("Rest: %v", err)
	}
}
