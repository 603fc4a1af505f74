package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// Form is what a survey has found out for a target: how its column is written.
type Form struct {
	Target, Column string
	Formats        []string // of dates; several where the column mixes separators or times of day
	Decimal        string   // of numbers: "." or ","
}

// String says it to people: "dates as DD/MM/YYYY".
func (f Form) String() string {
	switch {
	case len(f.Formats) > 0:
		return "dates as " + strings.Join(f.Formats, " or ")
	case f.Decimal == ",":
		return "decimal comma"
	}
	return "decimal point"
}

// open is an entry that leaves open how its column is written.
type open struct {
	entry  *Entry
	column int
	typ    string // date, datetime, time; or number for all numbers
}

// open lists the entries with dates and numbers that say neither format nor
// decimal mark, and take their column as it stands.
func (s *Spec) open(header []string, rt *RecordType) []open {
	h := newHeader(header)
	var all []open
	for i := range s.Columns {
		e := &s.Columns[i]
		column, _, _ := h.find(e.Column)
		if e.Column == "" || column < 0 || len(e.Transform) > 0 || len(e.Formats) > 0 || e.Decimal != "" {
			continue
		}
		switch typ := rt.typeOf(e); typ {
		case "date", "datetime", "time":
			all = append(all, open{e, column, typ})
		case "number", "decimal", "duration":
			all = append(all, open{e, column, "number"})
		}
	}
	return all
}

// typeOf is the type of an entry's values, "" for text.
func (rt *RecordType) typeOf(e *Entry) string {
	if id, ok := strings.CutPrefix(e.Target, parameterPrefix); ok {
		if rule := rt.field(id); rule != nil {
			return rule.Type
		}
		return e.Type
	}
	return valueTypes[e.Target]
}

// OpenColumns are the indexes of the columns whose dates and numbers the
// mapping leaves open: those that a [Survey] is worth for.
func (s *Spec) OpenColumns(header []string, rt RecordType) []int {
	var all []int
	for _, o := range s.open(header, &rt) {
		if !slices.Contains(all, o.column) {
			all = append(all, o.column)
		}
	}
	return all
}

// Settle writes formats and decimal marks into the mapping, where the survey
// leaves no doubt about them, and returns what it has written. From then on a
// cell that is written otherwise is a problem of its row. What is in doubt
// stays open: there a cell is taken only if it has one reading by itself.
func (s *Spec) Settle(header []string, rt RecordType, survey *Survey) []Form {
	var found []Form
	for _, o := range s.open(header, &rt) {
		w := survey.writing[o.column]
		if w == nil {
			continue
		}
		f := Form{Target: o.entry.Target, Column: o.entry.Column}
		if o.typ == "number" {
			f.Decimal = w.numbers.mark()
		} else if order, ok := w.dates.order(); ok {
			f.Formats = w.dates.formats(order, o.typ)
		}
		if f.Decimal == "" && len(f.Formats) == 0 {
			continue
		}
		o.entry.Formats, o.entry.Decimal = f.Formats, f.Decimal
		found = append(found, f)
	}
	return found
}

// Note adds what was found out to the reasons of the matches.
func Note(matches []Match, forms []Form) {
	for _, f := range forms {
		for i := range matches {
			if matches[i].Target == f.Target {
				matches[i].Why = fmt.Sprintf("%s; %s", matches[i].Why, f)
			}
		}
	}
}
