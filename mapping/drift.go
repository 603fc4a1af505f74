package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// Drift says what has changed since the mapping was made: columns of the file
// that are gone, new or have another name, fields of the record type that were
// lost, gained or have another type; a line for each. It is empty where nothing
// has, and for a mapping that does not say what it was made for. The order of
// the columns does not matter, nor do white space around their names and case.
func (s *Spec) Drift(header []string, rt RecordType) []string {
	if s.MadeFor == nil {
		return nil
	}
	var lines []string
	gone, added := s.MadeFor.columnsOff(header)
	renamed := renames(gone, added)
	for _, name := range gone {
		if to, ok := renamed[name]; ok {
			lines = append(lines, fmt.Sprintf("the column %s is now called %s", quote(name), quote(to)))
			continue
		}
		lines = append(lines, fmt.Sprintf("the column %s is gone%s", quote(name), s.usedFor(name)))
	}
	for _, name := range added {
		if !slices.ContainsFunc(gone, func(g string) bool { return renamed[g] == name }) {
			lines = append(lines, "the column "+quote(name)+" is new")
		}
	}
	return append(lines, s.fieldsOff(&rt)...)
}

// usedFor says what a column is used for.
func (s *Spec) usedFor(column string) string {
	var targets []string
	for i := range s.Columns {
		if s.Columns[i].takes(column) {
			targets = append(targets, s.Columns[i].Target)
		}
	}
	if slices.Contains(usesOf(s.Filter).columns, column) {
		targets = append(targets, "the filter")
	}
	if len(targets) == 0 {
		return ""
	}
	return ", and " + strings.Join(targets, " and ") + " used it"
}

// columnsOff are the columns that are no more, and those that were not.
func (m *MadeFor) columnsOff(header []string) (gone, added []string) {
	count := map[string]int{}
	for _, name := range m.Columns {
		count[looseName(name)]++
	}
	for _, name := range header {
		if count[looseName(name)]--; count[looseName(name)] < 0 {
			added = append(added, name)
		}
	}
	for _, name := range m.Columns {
		if count[looseName(name)] > 0 {
			count[looseName(name)]--
			gone = append(gone, name)
		}
	}
	return gone, added
}

// looseName is a name as columns are found by it.
func looseName(name string) string { return strings.ToLower(trim(name)) }

// renames finds the columns that have only been written another way: names
// that fold to one, or that are known to mean the same, each the only one of
// its kind on both sides.
func renames(gone, added []string) map[string]string {
	meaning := func(name string) string {
		if known, ok := knownNames().find(name); ok {
			return fmt.Sprint(known)
		}
		return foldString(name)
	}
	count := map[string]int{}
	for _, name := range slices.Concat(gone, added) {
		count[meaning(name)]++
	}
	renamed := map[string]string{}
	for _, g := range gone {
		for _, a := range added {
			if m := meaning(g); m != "" && m == meaning(a) && count[m] == 2 {
				renamed[g] = a
			}
		}
	}
	return renamed
}

// fieldsOff says what has become of the record type's fields. Where the record
// type is not known now, or was not known then, there is nothing to say.
func (s *Spec) fieldsOff(rt *RecordType) []string {
	if rt.Parameters == Free || len(s.MadeFor.Fields) == 0 && s.MadeFor.RecordType == "" {
		return nil
	}
	var lines []string
	for _, f := range s.MadeFor.Fields {
		switch now := rt.field(f.ID); {
		case now == nil:
			used := ""
			if slices.ContainsFunc(s.Columns, func(e Entry) bool { return e.Target == parameterPrefix+f.ID }) {
				used = ", and the mapping fills it"
			}
			lines = append(lines, fmt.Sprintf("the field %s is gone%s", quote(f.ID), used))
		case now.Type != f.Type:
			lines = append(lines, fmt.Sprintf("the field %s was of type %s and is of type %s", quote(f.ID), orText(f.Type), orText(now.Type)))
		}
	}
	for i := range rt.Fields {
		if f := &rt.Fields[i]; !s.MadeFor.has(f.ID) {
			lines = append(lines, fmt.Sprintf("the field %s, of type %s, is new", quote(f.ID), orText(f.Type)))
		}
	}
	if was := s.MadeFor.RecordType; len(lines) > 0 && was != "" && rt.Name != "" && was != rt.Name {
		lines = append([]string{fmt.Sprintf("the record type was %s and is %s", quote(was), quote(rt.Name))}, lines...)
	}
	return lines
}

func (m *MadeFor) has(field string) bool {
	return slices.ContainsFunc(m.Fields, func(f FieldType) bool { return f.ID == field })
}
