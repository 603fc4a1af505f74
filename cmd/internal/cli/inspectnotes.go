package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/mapping/profile"
)

// note is something to say of a column.
type note struct{ label, column, text string }

// notes writes a section of notes below each other, the texts aligned.
func (p *page) notes(title string, notes []note, paint func(label string) func(string) string) {
	if len(notes) == 0 {
		return
	}
	p.section(title)
	labels, columns := 0, 0
	widest, _ := p.widths()
	for i := range notes {
		n := &notes[i]
		n.column = shortened(n.column, widest)
		labels = max(labels, term.StringWidth(n.label))
		columns = max(columns, term.StringWidth(n.column))
	}
	for _, n := range notes {
		column := n.column + strings.Repeat(" ", columns-term.StringWidth(n.column))
		if labels == 0 {
			p.item(plain, n.text, column)
			continue
		}
		p.item(paint(n.label), n.text, n.label+strings.Repeat(" ", labels-term.StringWidth(n.label)), column)
	}
}

// doubts are what can be read in several ways: somebody has to say which. What
// is to be said of several columns alike stands there once.
func (p *page) doubts(i *inspection) {
	var notes []note
	places := make(map[string]int)
	alike := make(map[string]int64)
	for n := range i.Columns {
		c := &i.Columns[n]
		kind, text := doubt(c)
		if text == "" {
			continue
		}
		alike[kind]++
		at, known := places[kind]
		if known && kind != "" {
			notes[at].column = amount(alike[kind], "column")
			continue
		}
		places[kind] = len(notes)
		notes = append(notes, note{column: columnName(c), text: term.Escape(text)})
	}
	p.notes("To decide", notes, nil)
}

// named are the types that the columns of these targets should have, with what
// they are called.
var named = map[string]struct {
	profile.Type
	as string
}{
	"phoneNumber": {profile.Phone, "phone numbers"},
	"email":       {profile.Email, "e-mail addresses"},
	"country":     {profile.Country, "countries"},
}

// doubt is what somebody has to say or to look at; empty for nothing. It is
// alike for columns with one kind, if that is not empty.
func doubt(c *profile.Column) (kind, text string) {
	wanted, known := named[c.Target]
	switch {
	case known && c.Type != wanted.Type && c.Type != profile.Empty:
		return "", fmt.Sprintf("by its name it should hold %s; are cells in the wrong columns?", wanted.as)
	case c.Dates != nil:
		return doubtOfDates(c)
	case c.Numbers != nil && c.Numbers.Ambiguous:
		return "decimal", fmt.Sprintf(`no cell tells the decimal mark: %s may be %s; write decimal: "." or decimal: "," in the mapping file`,
			c.Numbers.Example, oneOf(c.Numbers.Readings))
	case c.Numbers != nil && c.Numbers.Mixed:
		return "", "some numbers have a decimal point, others a comma: neither reads all"
	case c.Phones != nil && c.Phones.NeedsCountry:
		return "", fmt.Sprintf("%s without a country code; %s", amount(c.Phones.National, "number"), inWhich(c.Phones.Candidates))
	}
	return "", ""
}

func doubtOfDates(c *profile.Column) (kind, text string) {
	var readings, formats, forms []string
	for _, f := range c.Dates.Formats {
		if f.Reading != "" {
			readings = append(readings, fmt.Sprintf("%s (%s)", f.Reading, f.Format))
		}
		formats = append(formats, fmt.Sprintf("formats: [%s]", f.Format))
	}
	for _, f := range c.Dates.Mixed {
		forms = append(forms, fmt.Sprintf("%s reads %s", f.Format, percent(f.Count, c.Fits)))
	}
	switch {
	case len(readings) > 0:
		return "dates " + strings.Join(formats, " "), fmt.Sprintf("no cell tells which number is the day: %s may be %s; write %s in the mapping file",
			c.Dates.Formats[0].Example, oneOf(readings), oneOf(formats))
	case c.Dates.Ambiguous:
		return "", fmt.Sprintf("no cell tells which number is the day: write %s in the mapping file", oneOf(formats))
	case len(forms) > 0:
		return "", "no format reads all dates: " + strings.Join(forms, ", ")
	}
	return "", ""
}

// inWhich says in which regions numbers are valid.
func inWhich(candidates []profile.Region) string {
	if len(candidates) == 0 {
		return "add a column with the country, or name it with --region"
	}
	var regions []string
	for _, r := range candidates {
		regions = append(regions, fmt.Sprintf("%s %.0f%%", r.Region, 100*r.Share))
	}
	return fmt.Sprintf("valid in %s: name the country with --region, or add a column with it", strings.Join(regions, ", "))
}

// damage is what spreadsheets and exports have done to cells. What is harmless
// is said once for all columns.
func (p *page) damage(i *inspection) {
	var notes []note
	for _, verdict := range []profile.Verdict{profile.Lost, profile.Mended} {
		for n := range i.Columns {
			c := &i.Columns[n]
			for _, d := range c.Damage {
				if d.Verdict == verdict {
					notes = append(notes, note{string(verdict), columnName(c), damageText(d)})
				}
			}
		}
	}
	p.notes("Damage", append(notes, harmless(i)...), func(label string) func(string) string {
		if strings.TrimSpace(label) == string(profile.Lost) {
			return p.out.Red
		}
		return p.out.Dim
	})
}

// harmless is a note for each kind of harmless damage.
func harmless(i *inspection) []note {
	type kind struct {
		profile.Damage
		column  string // the first that has it
		columns int64
	}
	var kinds []kind
	for n := range i.Columns {
		c := &i.Columns[n]
		for _, d := range c.Damage {
			if d.Verdict != profile.Harmless {
				continue
			}
			at := slices.IndexFunc(kinds, func(k kind) bool { return k.Message == d.Message })
			if at < 0 {
				kinds = append(kinds, kind{d, columnName(c), 1})
				continue
			}
			kinds[at].Count += d.Count
			kinds[at].columns++
		}
	}
	notes := make([]note, 0, len(kinds))
	for _, k := range kinds {
		if k.columns > 1 {
			k.column = amount(k.columns, "column")
		}
		notes = append(notes, note{string(profile.Harmless), k.column, damageText(k.Damage)})
	}
	return notes
}

// namedLines is how many lines a page names.
const namedLines = 3

func damageText(d profile.Damage) string {
	var lines []string
	for _, line := range d.Lines[:min(len(d.Lines), namedLines)] {
		lines = append(lines, fmt.Sprint(line))
	}
	where := "line " + lines[0]
	if d.Count > 1 {
		where = "lines " + strings.Join(lines, ", ")
	}
	if d.Count > int64(len(lines)) {
		where += ", …"
	}
	text := fmt.Sprintf("%s: %s, as in %s (%s)", amount(d.Count, "cell"), term.Escape(d.Message), shownExample(d.Example), where)
	if d.Remedy != "" {
		text += "; " + d.Remedy
	}
	return text
}

// shownExample is an example whose ends can be told.
func shownExample(text string) string {
	shown := shortened(text, widestExample)
	if strings.TrimSpace(text) != text {
		return `"` + shown + `"`
	}
	return shown
}
