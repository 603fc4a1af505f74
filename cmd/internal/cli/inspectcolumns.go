package cli

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/mapping/profile"
)

// Widths of what a line of the table of columns may hold.
const (
	widestName    = 28
	widestHolds   = 40
	widestExample = 32
	leastExamples = 24
)

// columns is the table of columns.
func (p *page) columns(i *inspection) error {
	p.WriteString("\n")
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
	return runewidth.Truncate(term.Escape(text), width, "…")
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

// examples are as many of a column as there is room for; one that does not fit
// the type is always among them.
func examples(c *profile.Column, room int) string {
	var texts []string
	used := 0
	add := func(e profile.Example, left int) {
		text := shortened(e.Value, widestExample)
		switch {
		case e.Odd:
			text = fmt.Sprintf("line %d: %s", e.Line, text)
		case e.Count > 1 && !c.Constant:
			text += " ×" + term.Count(e.Count)
		}
		if w := term.StringWidth(text) + 3; used+w-3 <= left {
			texts, used = append(texts, text), used+w
		}
	}
	reserved := 0
	for _, e := range c.Examples {
		if e.Odd {
			reserved = min(room/2, term.StringWidth(shortened(e.Value, widestExample))+len("line : ")+9)
			break
		}
	}
	for _, e := range c.Examples {
		if !e.Odd {
			add(e, room-reserved)
		}
	}
	for _, e := range c.Examples {
		if e.Odd {
			add(e, room)
		}
	}
	return strings.Join(texts, " · ")
}
