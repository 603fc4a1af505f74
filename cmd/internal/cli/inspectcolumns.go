package cli

import (
	"fmt"
	"strings"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/mapping/profile"
)

// Widths of what a line of the table of columns may hold.
const (
	widestExample = 32
	leastExamples = 20
)

// widths are those that the names of columns, and what they hold, may take of
// the page.
func (p *page) widths() (name, holds int) { return max(12, p.width/5), max(16, p.width*2/7) }

// columns is the table of columns.
func (p *page) columns(i *inspection) error {
	p.WriteString("\n")
	widestName, widestHolds := p.widths()
	rows := make([][]string, 0, len(i.Columns))
	widths := []int{len("COLUMN"), len("FILLED"), len("DISTINCT"), len("HOLDS")}
	for n := range i.Columns {
		c := &i.Columns[n]
		row := []string{shortened(columnName(c), widestName), percent(c.Filled, c.Rows), distinct(c), shortened(holds(c), widestHolds)}
		for k, cell := range row {
			widths[k] = max(widths[k], term.StringWidth(cell))
		}
		rows = append(rows, row)
	}
	room := p.width
	for _, w := range widths {
		room -= w + 2
	}
	out := p.out
	out.Writer = &p.Builder
	right := func(text string, column int) string {
		return strings.Repeat(" ", widths[column]-term.StringWidth(text)) + text
	}
	table := term.NewTable(out, 4, "COLUMN", "FILLED", "DISTINCT", "HOLDS", "EXAMPLES")
	for n, row := range rows {
		if err := table.Row(row[0], right(row[1], 1), right(row[2], 2), row[3], examples(&i.Columns[n], max(room, leastExamples))); err != nil {
			return err
		}
	}
	return table.Close()
}

// shortened is text that is fit to be shown, cut to a width.
func shortened(text string, width int) string {
	return term.Cut(term.Escape(text), width)
}

func columnName(c *profile.Column) string {
	if c.Name == "" {
		return fmt.Sprintf("(column %d)", c.Index+1)
	}
	return c.Name
}

func distinct(c *profile.Column) string {
	if c.Distinct.Exact {
		return term.Count(c.Distinct.Count)
	}
	return "~" + term.Count(c.Distinct.Count)
}

// typeNames are the types whose word is not one of people.
var typeNames = map[profile.Type]string{profile.Email: "e-mail", profile.Bool: "yes/no", profile.URL: "link", profile.UUID: "UUID", profile.Datetime: "date and time"}

// holds is what a column seems to hold, in a few words.
func holds(c *profile.Column) string {
	name := typeNames[c.Type]
	if name == "" {
		name = string(c.Type)
	}
	if c.Fits < c.Filled {
		name += " " + percent(c.Fits, c.Filled)
	}
	if detail := detail(c); detail != "" {
		name += ", " + detail
	}
	if c.Constant {
		name += ", always the same"
	}
	return name
}

// detail is what is said of a column beside its type.
func detail(c *profile.Column) string {
	switch {
	case c.Phones != nil && c.Phones.NeedsCountry:
		return "country needed"
	case c.Phones != nil:
		var regions []string
		for _, r := range c.Phones.Regions {
			regions = append(regions, r.Region)
		}
		return few(regions)
	case c.Dates != nil && c.Dates.Ambiguous:
		return "day or month first?"
	case c.Dates != nil && len(c.Dates.Formats) == 1:
		return c.Dates.Formats[0].Format
	case c.Dates != nil:
		return "several forms"
	case c.Numbers != nil && c.Numbers.Ambiguous:
		return "point or comma?"
	case c.Numbers != nil && c.Numbers.Mixed:
		return "with point and with comma"
	case c.Numbers != nil && c.Numbers.Decimal == ",":
		return "with comma"
	case c.Words != nil:
		return few(append(append([]string{}, c.Words.True...), c.Words.False...))
	case c.Codes != nil:
		return few(c.Codes)
	}
	return ""
}

// fewWords is how many of a list are named.
const fewWords = 4

func few(words []string) string {
	if len(words) <= fewWords {
		return strings.Join(words, " ")
	}
	return fmt.Sprintf("%s +%d", strings.Join(words[:fewWords-1], " "), len(words)-fewWords+1)
}

// examples are as many of a column as there is room for: one that fits its
// type, and one that does not, where there are such, always.
func examples(c *profile.Column, room int) string {
	var fit, odd []string
	for _, e := range c.Examples {
		text := shortened(e.Value, widestExample)
		switch {
		case e.Odd:
			odd = append(odd, fmt.Sprintf("line %d: %s", e.Line, text))
		case e.Count > 1 && !c.Constant:
			fit = append(fit, text+" ×"+term.Count(e.Count))
		default:
			fit = append(fit, text)
		}
	}
	if len(odd) == 0 {
		return list(fit, room)
	}
	second := list(odd[:1], room*3/5)
	if len(fit) == 0 {
		return list(odd, room)
	}
	odd[0] = second
	return list(append([]string{list(fit, room-term.StringWidth(second)-len(exampleGap))}, odd...), room)
}

const exampleGap = " · " // one column less wide than it is long

// list joins as many texts as there is room for, the first of them cut where
// that has to be.
func list(texts []string, room int) string {
	joined := ""
	for i, text := range texts {
		if i == 0 {
			joined = term.Cut(text, room)
			continue
		}
		if more := joined + exampleGap + text; term.StringWidth(more) <= room {
			joined = more
		}
	}
	return joined
}
