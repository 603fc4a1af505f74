package mapping

import (
	"slices"
	"strconv"
	"strings"
)

// UpdateDraft begins to bring a mapping up to date with a file and a record
// type, which may have changed since it was made. What still holds is taken
// over as it is; there are doubts only about what has changed. The columns need
// only their names where nothing else is known.
func UpdateDraft(base *Spec, columns []Column, sample [][]string, survey *Survey, rt RecordType, env Env) *Draft {
	d := newDraft(columns, sample, survey, rt, env)
	d.old, d.base, d.was = base, base.clone(), map[string]Entry{}
	made := base.MadeFor
	if made == nil {
		made = &MadeFor{}
	}
	gone, added := made.columnsOff(d.names)
	renamed := renames(gone, added)
	d.base.Columns = nil
	h := newHeader(d.names)
	for _, e := range base.Columns {
		e = e.renamed(renamed)
		if message, _ := rt.checkTarget(e.Target); message != "" {
			continue
		}
		if e.fits(h) {
			d.base.Columns = append(d.base.Columns, e)
		} else {
			d.was[e.Target] = e
		}
	}
	d.regions = true // how its numbers are read was said when it was made
	claims := propose(d.names, &d.rt).claims
	for i, name := range d.names {
		// What was left out once is not asked about again, unless the record
		// type has a field for it now, or it may step in for what is gone.
		target := claims[i].target
		id, _ := strings.CutPrefix(target, parameterPrefix)
		gained := target != id && base.MadeFor != nil && !base.MadeFor.has(id)
		isNew := slices.ContainsFunc(added, func(a string) bool { return a == name })
		_, lost := d.was[target]
		d.left[i] = !isNew && !gained && !lost
	}
	d.plan()
	return d
}

// fits says whether the columns that an entry names are there.
func (e *Entry) fits(h *header) bool {
	for _, name := range slices.Concat([]string{e.Column, e.Timezone.Column}, e.Columns, usesOf(e.Expr).columns) {
		if index, _, _ := h.find(name); name != "" && index < 0 {
			return false
		}
	}
	return true
}

// renamed is the entry with the new names of its columns.
func (e Entry) renamed(names map[string]string) Entry {
	rename := func(name string) string {
		if to, ok := names[name]; ok {
			return to
		}
		return name
	}
	e.Column, e.Timezone.Column = rename(e.Column), rename(e.Timezone.Column)
	e.Columns = slices.Clone(e.Columns)
	for i := range e.Columns {
		e.Columns[i] = rename(e.Columns[i])
	}
	for from, to := range names {
		e.Expr = strings.ReplaceAll(e.Expr, "columns["+strconv.Quote(from)+"]", "columns["+strconv.Quote(to)+"]")
	}
	return e
}

// with is the entry of a target that is to come from a column: as it was, where
// it came from another one.
func (d *Draft) with(target string, column int) Entry {
	if e, ok := d.was[target]; ok && e.Column != "" {
		e.Column = d.names[column]
		return e
	}
	return Entry{Target: target, Column: d.names[column]}
}
