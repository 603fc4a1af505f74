package mapping

import (
	"strings"
)

// field is the compiled form of an entry.
type field struct {
	target  string
	sources []column
	valid   bool    // the first source that can be sent, not the first that is filled
	join    *string // all sources that are filled
	raw     bool    // the converter takes the cell as it is, not trimmed

	formula   *formula  // in the place of sources
	valueType string    // with formula
	written   converter // of what is written as it is sent: results that are no text, and local fallbacks

	steps    []step
	convert  converter
	pattern  *pattern
	refusal  string // the record type's own words where the pattern does not match
	required string // who requires it: the message where it is blank; "" where it may be
	missing  string // code of that problem
	fallback string // sent where it is blank
	local    bool   // the fallback is a time whose zone is the row's: converted there

	note func(r *row, value string) // what the rest of the row takes from the value
}

// column is a column of the source.
type column struct {
	index int
	name  string
}

// value is what is sent for the field; its problems go to the row.
func (f *field) value(r *row) string {
	switch {
	case f.formula != nil:
		return f.calculated(r)
	case f.join != nil:
		return f.joined(r)
	}
	mark := len(r.problems)
	for i := range f.sources {
		s := &f.sources[i]
		cell := r.cell(s.index)
		text := trim(cell)
		if text == "" {
			continue
		}
		v, bad := f.check(r, cell, text, f.convert)
		if bad == nil && v == "" {
			continue
		}
		if bad == nil {
			r.problems = r.problems[:mark]
			if r.mend != 0 {
				f.noteMend(r, s.name)
			}
			return v
		}
		r.problems = append(r.problems, f.problem(s.name, cell, bad))
		if !f.valid {
			return ""
		}
	}
	if len(r.problems) > mark {
		return ""
	}
	return f.blank(r)
}

func (f *field) joined(r *row) string {
	var texts []string
	for _, s := range f.sources {
		if text := trim(r.cell(s.index)); text != "" {
			texts = append(texts, text)
		}
	}
	text := strings.Join(texts, *f.join)
	if trim(text) == "" {
		return f.blank(r)
	}
	v, bad := f.check(r, text, text, f.convert)
	if bad != nil {
		r.problems = append(r.problems, f.problem(f.sources[0].name, text, bad))
		return ""
	}
	if v == "" {
		return f.blank(r)
	}
	return v
}

// calculated is the value of an expression.
func (f *field) calculated(r *row) string {
	out, bad, ok := f.formula.run(r)
	if !ok {
		return ""
	}
	text, convert := "", f.convert
	if bad == nil {
		var written bool
		if text, written, bad = resultText(out, f.valueType); written {
			convert = f.written
		}
	}
	if bad == nil && text == "" {
		return f.blank(r)
	}
	v := ""
	if bad == nil {
		v, bad = f.check(r, text, text, convert)
	}
	if bad != nil {
		r.problems = append(r.problems, f.problem("", text, bad))
		return ""
	}
	if v == "" {
		return f.blank(r)
	}
	return v
}

// check converts a text and holds the result against the record type's rule.
// What a transform leaves blank is blank.
func (f *field) check(r *row, cell, text string, convert converter) (string, *fault) {
	if f.raw {
		text = cell
	}
	for _, step := range f.steps {
		var bad *fault
		if text, bad = step(text); bad != nil {
			return "", bad
		}
		if text = trim(text); text == "" {
			return "", nil
		}
	}
	v, bad := convert(r, text)
	if v == "" {
		return "", bad
	}
	if bad == nil && f.pattern != nil && !f.pattern.matches(v) {
		return "", &fault{"validation", f.refusal, ""}
	}
	return v, bad
}

// blank is what becomes of a field without a value.
func (f *field) blank(r *row) string {
	r.blank = true
	if f.fallback == "" && f.required != "" {
		r.problems = append(r.problems, f.blankProblem(f.missing, f.required, ""))
	}
	if f.local {
		v, bad := f.written(r, f.fallback)
		if bad != nil {
			r.problems = append(r.problems, f.problem("", f.fallback, bad))
		}
		return v
	}
	return f.fallback
}

func (f *field) problem(column, cell string, bad *fault) Problem {
	return Problem{Column: column, Field: f.target, Value: cell, Code: bad.code, Message: bad.message, Hint: bad.hint}
}

func (f *field) blankProblem(code, why, hint string) Problem {
	p := Problem{Field: f.target, Code: code, Hint: hint}
	var names []string
	for _, s := range f.sources {
		names = append(names, quote(s.name))
	}
	p.Message = "is blank, " + why
	if len(f.sources) > 0 {
		p.Column = f.sources[0].name
	}
	if len(names) > 1 {
		p.Message = "is blank, and so is " + strings.Join(names[1:], " and ") + ", " + why
	}
	return p
}

func (f *field) noteMend(r *row, column string) {
	for _, name := range r.mend.Names() {
		r.mended = append(r.mended, Mended{Field: f.target, Column: column, Code: name})
	}
	r.mend = 0
}
