package mapping

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error is a fault of a mapping, of its fit to a header or to a record type.
// Where it stems from a file it shows the place with its lines.
type Error struct {
	File    string // "" where the mapping comes from no file
	Line    int    // from 1; 0 where the fault is of the whole
	Column  int    // from 1, in characters
	Message string
	Hint    string // what to do; may be empty, may have several lines

	lines string // the place, ready to print
}

// Error shows the place, the message, the hint and the lines around the place.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	if e.lines != "" {
		b.WriteByte('\n')
		b.WriteString(e.lines)
	}
	return b.String()
}

// origin is the text that a mapping was read from.
type origin struct {
	name  string
	lines []string
	crlf  bool // they end as on Windows
}

func newOrigin(name string, text []byte) *origin {
	lines := strings.ReplaceAll(string(text), "\r\n", "\n")
	return &origin{name: name, lines: strings.Split(lines, "\n"), crlf: len(lines) < len(text)}
}

// fault makes an error of a place; a nil file makes one without a place.
func (f *origin) fault(at position, hint, format string, args ...any) *Error {
	e := &Error{Message: fmt.Sprintf(format, args...), Hint: hint}
	if f != nil {
		e.File, e.Line, e.Column = f.name, at.line, at.column
		e.lines = f.excerpt(at)
	}
	return e
}

// excerptWidth bounds how much of a line an excerpt shows.
const excerptWidth = 120

// excerpt shows the line of a place with its neighbours and a caret under it.
func (f *origin) excerpt(at position) string {
	if at.line < 1 || at.line > len(f.lines) {
		return ""
	}
	var b strings.Builder
	first, last := max(at.line-1, 1), min(at.line+1, len(f.lines))
	skipped := 0
	if at.column > excerptWidth*3/4 { // a place far to the right is moved into view
		first, last, skipped = at.line, at.line, at.column-excerptWidth/2
	}
	for n := first; n <= last; n++ {
		text := []rune(strings.ReplaceAll(f.lines[n-1], "\t", " "))
		if n > at.line && len(text) == 0 {
			continue
		}
		if skipped > 0 {
			text = append([]rune("…"), text[min(len(text), skipped+1):]...)
		}
		mark := " "
		if n == at.line {
			mark = ">"
		}
		shown := string(text[:min(len(text), excerptWidth)])
		if len(text) > excerptWidth {
			shown += "…"
		}
		fmt.Fprintf(&b, "%s %4d | %s\n", mark, n, escape(shown))
		if n == at.line && at.column >= 1 {
			b.WriteString("         " + strings.Repeat(" ", at.column-skipped-1) + "^\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// nearest is the candidate that text most likely means, "" where none is near.
func nearest(text string, candidates []string) string {
	best, score := "", 0
	limit := max(1, utf8.RuneCountInString(text)/3)
	want := foldString(text)
	if want == "" {
		return ""
	}
	for _, c := range candidates {
		d := distance(want, foldString(c))
		if d <= limit && (best == "" || d < score) {
			best, score = c, d
		}
	}
	return best
}

// didYouMean is a hint that names the nearest candidate, else all of them.
func didYouMean(text string, candidates []string) string {
	if near := nearest(text, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "there is " + list(candidates)
}

// listed bounds how many names a message repeats.
const listed = 40

// list writes names one after the other, quoted.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var b strings.Builder
	for i, n := range names {
		if i == listed {
			fmt.Fprintf(&b, " and %d more", len(names)-listed)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(n))
	}
	return b.String()
}

// distance is the number of single edits, a swap of neighbours being one, that
// make b of a (optimal string alignment). Long texts are never near.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
