package source_test

import (
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/importer/source"
)

// sameSlowly checks that a text is read the same, row by row, where the short
// way of cutting a line is not taken.
func sameSlowly(t *testing.T, text string, o source.Options) {
	t.Helper()
	fast, err := open(t, text, o)
	if err != nil {
		return
	}
	slow, err := source.NewReader(io.NopCloser(iotest.HalfReader(strings.NewReader(text))), "leads.csv", o)
	if err != nil {
		t.Fatal(err)
	}
	slow.Slowly()
	for {
		got, err := fast.Next()
		want, wantErr := slow.Next()
		if diff := cmp.Diff(want, got); diff != "" || err != wantErr {
			t.Fatalf("%v, slowly %v; %s\n%q", err, wantErr, diff, text)
		}
		if err != nil {
			break
		}
	}
	if fast.Blank() != slow.Blank() || fast.Padded() != slow.Padded() {
		t.Fatalf("%d blank and %d padded; slowly %d and %d\n%q", fast.Blank(), fast.Padded(), slow.Blank(), slow.Padded(), text)
	}
}

func TestLinesAreCutAsAllElse(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range 3000 {
		delim := []rune{',', ';', '\t', '|'}[rng.IntN(4)]
		rows := table(rng)
		text := write(t, rows[:1], delim, false)
		for _, row := range rows[1:] {
			line := write(t, [][]string{row}, delim, false)
			if rng.IntN(3) == 0 {
				line = damage(rng, line)
			}
			text += line
		}
		o := source.Options{Delimiter: string(delim)}
		if rng.IntN(4) == 0 {
			o.Delimiter = strings.Repeat(o.Delimiter, 2)
			text = strings.ReplaceAll(text, string(delim), o.Delimiter)
		}
		switch rng.IntN(4) {
		case 0:
			o.Quote = "'"
			text = strings.ReplaceAll(text, `"`, "'")
		case 1:
			text = strings.ReplaceAll(text, "\n", "\r\n")
		case 2:
			text = strings.TrimSuffix(text, "\n")
		}
		sameSlowly(t, text, o)
	}
}

// TestRowsShareNothingThatChanges: rows stand in memory next to each other, and
// neither later rows nor who appends to one writes over another.
func TestRowsShareNothingThatChanges(t *testing.T) {
	for name, text := range map[string][]byte{"plain": plainFile(2000), "quoted": quotedFile(2000)} {
		_, rows := all(t, string(text), source.Options{})
		for i := range rows {
			_ = append(rows[i].Cells, "of nobody")
		}
		lines := strings.Split(string(text), "\n")
		for i, row := range rows {
			want := strings.SplitN(lines[i+1], ",", 7)
			if want[6] = strings.ReplaceAll(strings.Trim(want[6], `"`), `""`, `"`); !slices.Equal(row.Cells, want) {
				t.Fatalf("%s: row %d is %q, want %q", name, i, row.Cells, want)
			}
		}
	}
}
