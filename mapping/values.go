package mapping

// Target is what a mapping fills.
type Target struct {
	Name    string
	Columns []string // that it takes its values from; none for an expression

	columns []int
}

// Targets are all that the mapping fills, in the order of [Contact.Values].
func (m *Mapper) Targets() []Target {
	all := make([]Target, 0, len(m.fields))
	for i := range m.fields {
		t := Target{Name: m.fields[i].target}
		for _, s := range m.fields[i].sources {
			t.Columns, t.columns = append(t.Columns, s.name), append(t.columns, s.index)
		}
		all = append(all, t)
	}
	return all
}

// Cell is the cell of a row that a value of the target comes from: the first
// of its columns' that is not blank, as it stands in the file.
func (t *Target) Cell(cells []string) string {
	for _, c := range t.columns {
		if c < len(cells) && trim(cells[c]) != "" {
			return cells[c]
		}
	}
	return ""
}

// Values are those of the row as they are sent, as text, in the order of
// [Mapper.Targets]; "" where a value is blank or has a problem. Valid until
// the next Map.
func (c *Contact) Values() []string { return c.row.values }
