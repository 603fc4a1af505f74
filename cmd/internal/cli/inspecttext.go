package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/mapping/profile"
)

// page is text for people about an inspection.
type page struct {
	strings.Builder
	out   term.Stream
	width int
}

// pageWidth is that of a page that is not read on a terminal.
const pageWidth = 120

func widthOf(out term.Stream) int {
	if width := out.Width(); width > 0 {
		return width
	}
	return pageWidth
}

// show writes the page of a file: first what it is and whether anything is
// wrong, then the columns, then what somebody has to decide or to mend.
func (i *inspection) show(out term.Stream, width int) error {
	p := &page{out: out, width: width}
	p.head(i)
	p.problems(i)
	if err := p.columns(i); err != nil {
		return err
	}
	p.doubts(i)
	p.damage(i)
	_, err := io.WriteString(out, p.String())
	return err
}

// section begins a part of the page.
func (p *page) section(title string) { fmt.Fprintf(p, "\n%s\n", p.out.Bold(title)) }

// item writes text behind labels, broken into lines that fit. paint is for the
// first label.
func (p *page) item(paint func(string) string, text string, labels ...string) {
	indent := 2
	p.WriteString("  ")
	for n, label := range labels {
		indent += term.StringWidth(label) + 2
		if n == 0 {
			label = paint(label)
		}
		p.WriteString(label + "  ")
	}
	for n, line := range wrap(text, max(24, p.width-indent)) {
		if n > 0 {
			p.WriteString(strings.Repeat(" ", indent))
		}
		p.WriteString(line + "\n")
	}
}

// wrap breaks text between words into lines that are no wider than width,
// where no word is.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case term.StringWidth(line)+1+term.StringWidth(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

func plain(text string) string { return text }

// amount is a number of things.
func amount(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return term.Count(n) + " " + what + "s"
}

// percent never rounds to all or to nothing what is not.
func percent(n, of int64) string {
	switch rounded := (200*n + of) / max(1, 2*of); {
	case n == 0 || n == of || rounded > 0 && rounded < 100:
		return strconv.FormatInt(rounded, 10) + "%"
	case rounded == 0:
		return "<1%"
	}
	return ">99%"
}

// head says what the file is.
func (p *page) head(i *inspection) {
	size := amount(i.Rows, "row")
	if i.More {
		size = "the first " + size
	}
	fmt.Fprintf(p, "%s  %s, %s\n", p.out.Bold(term.Escape(i.Name)), size, amount(int64(len(i.Columns)), "column"))
	cells := make(map[profile.Verdict]int64)
	for _, c := range i.Columns {
		for _, d := range c.Damage {
			cells[d.Verdict] += d.Count
		}
	}
	for _, wrong := range []struct {
		n          int64
		what, text string
	}{
		{i.Unreadable, "row", " cannot be read"},
		{i.Problems.Total - i.Unreadable, "problem", " of the file as a whole"},
		{cells[profile.Lost], "cell", " damaged beyond mending"},
	} {
		if wrong.n > 0 {
			p.WriteString("  " + p.out.Red(amount(wrong.n, wrong.what)+wrong.text) + "\n")
		}
	}
	p.WriteString("\n")
	for _, f := range i.facts() {
		p.item(p.out.Dim, term.Escape(f[1]), fmt.Sprintf("%-10s", f[0]))
	}
}

// facts are how the file is written.
func (i *inspection) facts() [][2]string {
	facts := [][2]string{{"file", term.Count(i.Bytes) + " bytes"}, {"sha-256", i.SHA256}}
	add := func(name, text string) {
		if text != "" {
			facts = append(facts, [2]string{name, text})
		}
	}
	encoding := i.Encoding
	if i.BOM {
		encoding += " with a byte order mark"
	}
	add("encoding", encoding)
	add("cells", i.cells())
	if i.LineEnds != nil && i.LineEnds.String() != "" {
		add("lines", "end in "+i.LineEnds.String())
	}
	add("confidence", fmt.Sprintf("%.0f%%, of encoding and cells", 100*i.Confidence))
	add("title", strings.Join(i.Titles, " / "))
	switch {
	case i.HeaderLine == 0:
		add("header", "none")
	case i.HeaderRows > 1:
		add("header", fmt.Sprintf("line %d, of %d rows", i.HeaderLine, i.HeaderRows))
	default:
		add("header", fmt.Sprintf("line %d", i.HeaderLine))
	}
	if i.Blank > 0 {
		add("blank", amount(i.Blank, "line")+" passed over")
	}
	return facts
}

var delimiterNames = map[string]string{",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces", ":": "colons"}

// cells says how a row is cut into them.
func (i *inspection) cells() string {
	if i.Encoding == "XLSX" {
		return ""
	}
	name := delimiterNames[i.Delimiter]
	if name == "" {
		name = i.Delimiter
	}
	text := "between " + name
	if len(i.Columns) == 1 {
		text = "one in each line"
	}
	switch {
	case i.Quote == "" && i.Escape != "":
		text += ", never quoted, escaped with " + i.Escape
	case i.Quote == "":
		text += ", never quoted"
	case i.Escape != "":
		text += fmt.Sprintf(", quoted with %s, quotes escaped with %s", i.Quote, i.Escape)
	default:
		text += ", quoted with " + i.Quote
	}
	if i.Padded {
		text += ", with spaces around quotes"
	}
	return text
}

// shownProblems is how many problems a page has.
const shownProblems = 10

// problems are what cannot be read.
func (p *page) problems(i *inspection) {
	if i.Problems.Total == 0 {
		return
	}
	p.section("Problems")
	shown := i.Problems.First[:min(len(i.Problems.First), shownProblems)]
	for _, problem := range shown {
		p.item(plain, term.Escape(problem.in(i.Name)))
	}
	if left := i.Problems.Total - int64(len(shown)); left > 0 {
		p.item(plain, fmt.Sprintf("and %s more: campsync inspect --rows shows all", term.Count(left)))
	}
}
