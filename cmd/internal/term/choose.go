package term

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// ErrGaveUp is returned where the answer to a question was q, Ctrl-C, or the
// end of the input.
var ErrGaveUp = errors.New("given up")

// Question has one answer among several options.
type Question struct {
	Text     string
	Notes    []string // lines below it
	Options  []Option
	Proposed int // the option that Enter takes
}

// Option is an answer.
type Option struct{ Text, Note string }

// Chooser asks questions that are answered with keys alone: a number marks
// that option, the arrows (or j and k) move the mark, Enter takes what is
// marked, q gives up.
type Chooser struct {
	out  Stream
	keys chan byte
	raw  func() (restore func() error, err error)
}

// NewChooser reads keys from in. A goroutine waits for them until the process
// or the input ends.
func NewChooser(in io.Reader, out Stream) *Chooser {
	c := &Chooser{out: out, keys: make(chan byte, 256), raw: func() (func() error, error) { return func() error { return nil }, nil }}
	if f, ok := in.(*os.File); ok && isTerminal(f) {
		c.raw = func() (func() error, error) {
			state, err := term.MakeRaw(int(f.Fd()))
			if err != nil {
				return nil, fmt.Errorf("reading keys: %w", err)
			}
			return func() error { return term.Restore(int(f.Fd()), state) }, nil
		}
	}
	go func() {
		defer close(c.keys)
		b := make([]byte, 1)
		for {
			n, err := in.Read(b)
			if n == 1 {
				c.keys <- b[0]
			}
			if err != nil {
				return
			}
		}
	}()
	return c
}

// Ask gives the index of the option that was taken.
func (c *Chooser) Ask(ctx context.Context, q Question) (answer int, err error) {
	restore, err := c.raw()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, restore()) }()
	marked := q.Proposed
	for lines := 0; ; {
		if lines, err = c.draw(&q, marked, lines); err != nil {
			return 0, err
		}
		k, err := c.key(ctx)
		if err != nil {
			return 0, err
		}
		last := len(q.Options) - 1
		switch {
		case k == keyUp:
			marked = max(marked-1, 0)
		case k == keyDown:
			marked = min(marked+1, last)
		case k == keyEnter:
			return marked, c.settled(&q, marked, lines)
		case k == keyQuit:
			return 0, ErrGaveUp
		case k >= '1' && int(k-'1') <= last:
			marked = int(k - '1') // a number takes nothing by itself: many press Enter after it
		}
	}
}

// key is a digit, or one of the keys below.
type key byte

const (
	keyNone  key = 0
	keyUp    key = 'k'
	keyDown  key = 'j'
	keyEnter key = '\r'
	keyQuit  key = 'q'
)

func (c *Chooser) next(ctx context.Context) (byte, error) {
	select {
	case b, ok := <-c.keys:
		if !ok {
			return 0, ErrGaveUp
		}
		return b, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// key reads a key. The arrows come as ESC [ A or ESC O A.
func (c *Chooser) key(ctx context.Context) (key, error) {
	b, err := c.next(ctx)
	if err != nil {
		return keyNone, err
	}
	switch b {
	case '\r', '\n':
		return keyEnter, nil
	case 'q', 'Q', 3, 4: // Ctrl-C and Ctrl-D, which are keys like others here
		return keyQuit, nil
	case 'k', 'K', 16: // Ctrl-P
		return keyUp, nil
	case 'j', 'J', 14: // Ctrl-N
		return keyDown, nil
	case 0x1b:
		if b, err = c.next(ctx); err != nil || b != '[' && b != 'O' {
			return keyNone, err
		}
		if b, err = c.next(ctx); err != nil {
			return keyNone, err
		}
		switch b {
		case 'A':
			return keyUp, nil
		case 'B':
			return keyDown, nil
		}
		return keyNone, nil
	}
	return key(b), nil
}

const chooseHelp = "a number or the arrows mark one, Enter takes it, q gives up"

// draw draws the question over what it drew before, and gives the number of
// lines. They end in a carriage return too, which the terminal does not add
// while it gives out keys one by one.
func (c *Chooser) draw(q *Question, marked, before int) (int, error) {
	lines := []string{c.out.Bold(c.fit(q.Text))}
	for _, n := range q.Notes {
		lines = append(lines, "  "+c.fit(n))
	}
	width := 0
	for _, o := range q.Options {
		if o.Note != "" {
			width = max(width, runewidth.StringWidth(Escape(o.Text)))
		}
	}
	for i, o := range q.Options {
		mark := " "
		if i == marked {
			mark = ">"
		}
		text := fmt.Sprintf("%s %d  %s", mark, i+1, o.Text)
		if o.Note != "" {
			text = fmt.Sprintf("%s %d  %s  %s", mark, i+1, runewidth.FillRight(Escape(o.Text), width), o.Note)
		}
		if text = c.fit(text); i == marked {
			text = c.out.Bold(text)
		}
		lines = append(lines, text)
	}
	lines = append(lines, c.out.Dim(c.fit(chooseHelp)))
	_, err := io.WriteString(c.out, erase(before)+strings.Join(lines, "\r\n")+"\r\n")
	return len(lines), err
}

// settled leaves the question with its answer in one line.
func (c *Chooser) settled(q *Question, answer, before int) error {
	_, err := io.WriteString(c.out, erase(before)+c.fit(q.Text+" "+q.Options[answer].Text)+"\r\n")
	return err
}

// fit makes text one line that does not break.
func (c *Chooser) fit(text string) string {
	return runewidth.Truncate(Escape(text), max(20, c.out.Width()-3), "…")
}

// erase goes back over lines and takes them away.
func erase(lines int) string {
	if lines == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r\x1b[J", lines)
}
