package importer

// mending counts mended cells by column and kind. There are few of them, so
// that a list does.
type mending []Mended

// mendedLines is how many lines are kept as examples.
const mendedLines = 10

func (m mending) add(column, code string, line int) mending {
	return m.merge(mending{{Column: column, Code: code, Count: 1, Lines: []int{line}}})
}

func (m mending) merge(more mending) mending {
next:
	for _, n := range more {
		for i := range m {
			if m[i].Column == n.Column && m[i].Code == n.Code {
				m[i].Count += n.Count
				m[i].Lines = append(m[i].Lines, n.Lines[:min(len(n.Lines), mendedLines-len(m[i].Lines))]...)
				continue next
			}
		}
		m = append(m, n)
	}
	return m
}
