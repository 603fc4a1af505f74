package mapping

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// doubtForms asks how dates and numbers are written, where the whole column
// leaves it open. A column that writes them in both ways is not asked about:
// no answer would be right.
func (d *Draft) doubtForms() {
	s := d.Spec()
	inDoubt := map[string]bool{}
	for _, o := range s.open(d.names, &d.rt) {
		w := d.survey.writing[o.column]
		if w == nil || d.keeps(o.entry.Target) {
			continue
		}
		forms, example := w.forms(o.typ)
		if len(forms) == 0 {
			d.remark(o.entry.Target, w, o.typ)
			continue
		}
		doubt := Doubt{
			Target: o.entry.Target, Needed: d.needs(o.entry.Target),
			Question: fmt.Sprintf("how are the cells of %s written?", quote(o.entry.Column)),
			Why:      "the whole column leaves open which reading is meant", Example: d.cells(o.column, example),
			columns: []int{o.column},
		}
		for _, f := range forms {
			f.Target, f.Column = o.entry.Target, o.entry.Column
			e := *o.entry
			e.Formats, e.Decimal = f.Formats, f.Decimal
			doubt.Answers = append(doubt.Answers, Answer{
				Text: f.String(), Why: f.reads(example), Line: entryLine(&e),
				settle: func(d *Draft) { d.forms[f.Target] = f },
			})
		}
		doubt.Answers = append(doubt.Answers, leaveOut(o.entry.Target, "leave "+o.entry.Target+" out"))
		doubt.Proposed = len(doubt.Answers) - 1
		if len(forms) == 1 {
			doubt.Proposed = 0
		}
		d.doubts = append(d.doubts, doubt)
		inDoubt[o.entry.Target] = true
	}
	d.drafted = slices.DeleteFunc(d.drafted, func(e drafted) bool { return inDoubt[e.Target] })
}

// keeps says whether a target stays as an earlier mapping has it.
func (d *Draft) keeps(target string) bool {
	return slices.ContainsFunc(d.drafted, func(e drafted) bool { return e.kept && e.Target == target })
}

// cells are examples of a column, beginning with this one.
func (d *Draft) cells(column int, first string) string {
	all := []string{first}
	for _, text := range d.examples(column) {
		if text != first {
			all = append(all, text)
		}
	}
	return strings.Join(all, " | ")
}

// forms are the ways to read the column as a whole, where there is a cell that
// may be read in two; example is that cell.
func (w *writing) forms(typ string) (forms []Form, example string) {
	if typ == "number" {
		n := &w.numbers
		if n.example == "" {
			return nil, ""
		}
		if n.point == n.total {
			forms = append(forms, Form{Decimal: "."})
		}
		if n.comma == n.total {
			forms = append(forms, Form{Decimal: ","})
		}
		return forms, n.example
	}
	if w.dates.example == "" || w.dates.named > 0 {
		return nil, ""
	}
	for _, order := range w.dates.orders() {
		if f := w.dates.formats(order, typ); len(f) > 0 {
			forms = append(forms, Form{Formats: f})
		}
	}
	return forms, w.dates.example
}

// remark says of a target why its column is read cell by cell.
func (d *Draft) remark(target string, w *writing, typ string) {
	var text string
	switch {
	case typ == "number" && w.numbers.example != "":
		text = fmt.Sprintf("some numbers have a decimal point, others a decimal comma: one such as %s is refused", show(w.numbers.example))
	case typ != "number" && w.dates.example != "":
		text = fmt.Sprintf("its dates are written in several ways: one such as %s is refused", show(w.dates.example))
	default:
		return
	}
	for i := range d.drafted {
		if d.drafted[i].Target == target {
			d.drafted[i].why += "; " + text
		}
	}
}

// reads says what an ambiguous cell is in this form.
func (f Form) reads(cell string) string {
	if f.Decimal != "" {
		v, bad := number{f.Decimal[0]}.convert(nil, trim(cell))
		if bad != nil {
			return ""
		}
		return show(cell) + " is " + v
	}
	for _, text := range f.Formats {
		format, err := parseDateFormat(text)
		if err != nil {
			continue
		}
		var c civil
		if rest, ok := format.read(trim(cell), &c); ok && rest == "" && c.real() {
			return fmt.Sprintf("%s is %d %s %d", show(cell), c.day, time.Month(c.month), c.year)
		}
	}
	return ""
}
