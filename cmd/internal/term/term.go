// Package term is the only place of campsync that knows a terminal: whether
// there is one and how wide it is, how text from elsewhere is shown on it
// without being obeyed by it, tables, and the progress of a run.
//
// It promises that nothing but text reaches a stream that is not a terminal:
// no colours, no carriage returns, no lines that are drawn over.
package term

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"
)

// defaultWidth is the width of a terminal that does not tell.
const defaultWidth = 80

// Stream is somewhere to write text to, and what is known of it.
type Stream struct {
	io.Writer
	Terminal bool // a person looks at it, and it understands carriage returns
	Colour   bool // it may be sent colours
	file     *os.File
}

// NewStream looks at w. Of the environment, NO_COLOR (https://no-color.org)
// and TERM=dumb are heeded.
func NewStream(w io.Writer, getenv func(string) string) Stream {
	s := Stream{Writer: w}
	f, ok := w.(*os.File)
	if !ok || !isTerminal(f) {
		return s
	}
	s.file = f
	s.Terminal = getenv("TERM") != "dumb"
	s.Colour = s.Terminal && getenv("NO_COLOR") == ""
	return s
}

// Interactive reports whether r is a terminal at which somebody can answer.
func Interactive(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && isTerminal(f)
}

func isTerminal(f *os.File) bool {
	return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd())
}

// Width is the number of columns now; 0 where the stream is no terminal.
func (s Stream) Width() int {
	if !s.Terminal {
		return 0
	}
	if s.file == nil {
		return defaultWidth
	}
	if w, _, err := term.GetSize(int(s.file.Fd())); err == nil && w > 0 {
		return w
	}
	return defaultWidth
}

// Bold puts text into relief, on streams that take colours.
func (s Stream) Bold(text string) string { return s.paint("1", text) }

// Red marks what went wrong.
func (s Stream) Red(text string) string { return s.paint("31", text) }

// Green marks what comes in.
func (s Stream) Green(text string) string { return s.paint("32", text) }

// Yellow marks what becomes another.
func (s Stream) Yellow(text string) string { return s.paint("33", text) }

// Dim keeps what is said beside the matter in the background.
func (s Stream) Dim(text string) string { return s.paint("2", text) }

func (s Stream) paint(code, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
