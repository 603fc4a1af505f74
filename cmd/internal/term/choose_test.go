package term_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/campsync/campsync/cmd/internal/term"
)

// What is typed at a question with three options, of which the second is
// proposed, and which is taken; -1 where the question is given up.
func TestChoose(t *testing.T) {
	for _, test := range []struct {
		keys string
		want int
	}{
		{"\r", 1},
		{"\n", 1},
		{"1\r", 0},
		{"3\n", 2},
		{"31\r", 0},
		{"3", -1},
		{"4\r", 1}, // there is no fourth
		{"0x \r", 1},
		{"j\r", 2},
		{"jjjj\r", 2},
		{"k\r", 0},
		{"kkk\r", 0},
		{"\x1b[A\r", 0},
		{"\x1b[B\r", 2},
		{"\x1bOB\x1bOA\x1bOA\r", 0},
		{"\x1b[C\r", 1},
		{"q", -1},
		{"jq\r", -1},
		{"\x03", -1},
		{"\x04", -1},
		{"", -1},
		{"\x1b", -1},
	} {
		var screen bytes.Buffer
		c := term.NewChooser(strings.NewReader(test.keys), term.Stream{Writer: &screen, Terminal: true})
		got, err := c.Ask(t.Context(), term.Question{
			Text: "which column is phoneNumber?", Notes: []string{"both\x1b[2J are called so"}, Proposed: 1,
			Options: []term.Option{{"Phone 1", "+44 1"}, {"Phone 2 with a name", "+44 2"}, {"none of them", ""}},
		})
		if test.want < 0 {
			if !errors.Is(err, term.ErrGaveUp) {
				t.Errorf("%q: %d, %v; want to give up", test.keys, got, err)
			}
		} else if err != nil || got != test.want {
			t.Errorf("%q: %d, %v; want %d", test.keys, got, err, test.want)
		}
		if text := screen.String(); !strings.Contains(text, `both\x1b[2J are called so`) || !strings.Contains(text, "> 2  Phone 2 with a name  +44 2\r\n  3  none of them\r\n") {
			t.Errorf("%q: the screen shows %q", test.keys, text)
		}
	}
}

// An answered question leaves one line; lines are cut to the terminal's width.
func TestChooseLeavesALine(t *testing.T) {
	var screen bytes.Buffer
	c := term.NewChooser(strings.NewReader("2\r"), term.Stream{Writer: &screen, Terminal: true})
	if _, err := c.Ask(t.Context(), term.Question{Text: "which?", Options: []term.Option{{"a", ""}, {strings.Repeat("b", 200), ""}}}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(screen.String(), "\x1b[4A\r\x1b[J")
	last := lines[len(lines)-1]
	if !strings.HasPrefix(last, "which? bbb") || !strings.HasSuffix(last, "b…\r\n") || len([]rune(last)) > 80 {
		t.Errorf("%q", screen.String())
	}
}

// Somebody who is told to stop does not wait for a key.
func TestChooseEndsWithItsContext(t *testing.T) {
	keys, typed := io.Pipe()
	defer func() { _ = typed.Close() }()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("terminated")
	cancel(why)
	c := term.NewChooser(keys, term.Stream{Writer: io.Discard, Terminal: true})
	if _, err := c.Ask(ctx, term.Question{Text: "which?", Options: []term.Option{{"a", ""}}}); !errors.Is(err, why) {
		t.Error(err)
	}
}
