package mapping

import (
	"cmp"
	"slices"
	"strings"
)

// Patched is the text of the mapping file that the draft brings up to date:
// only the lines change that have to, so that comments and order stay as their
// author wrote them. An entry whose column or field is gone becomes a comment.
func (d *Draft) Patched() []byte {
	now := d.Spec()
	now.MadeFor = d.madeFor()
	if d.old.file != nil {
		p := patcher{lines: slices.Clone(d.old.file.lines), spec: d.old}
		if p.linewise() {
			p.entries(now)
			p.add(d, now)
			p.nowUsed(d)
			p.madeFor(now.MadeFor)
			text := p.file(d.old.file.crlf)
			if again, err := ParseSpec("", text); err == nil && again.says(now) {
				return text
			}
		}
	}
	return now.YAML() // its author's lines cannot be changed one by one
}

// says reports whether two mappings say the same, in whatever order.
func (s *Spec) says(other *Spec) bool {
	lines := func(s *Spec) []string { return slices.Sorted(strings.Lines(string(s.YAML()))) }
	return slices.Equal(lines(s), lines(other))
}

// nowUsed takes columns out of the comments that say what is not used.
func (p *patcher) nowUsed(d *Draft) {
	for i, name := range d.names {
		if !d.uses(i) {
			continue
		}
		for n, line := range p.lines {
			if strings.HasPrefix(line, "#   "+quote(name)+" (") {
				p.lines[n] = removed
			}
		}
	}
}

// madeFor is what the mapping is made for now. Where the record type is not
// known, what was known of it stays.
func (d *Draft) madeFor() *MadeFor {
	m := newMadeFor(d.names, &d.rt)
	was := d.old.MadeFor
	if was == nil {
		return m
	}
	if d.rt.Parameters == Free {
		m.RecordType, m.Fields = was.RecordType, was.Fields
	}
	// The order of the columns does not matter: the old one changes least.
	gone, added := was.columnsOff(d.names)
	renamed := renames(gone, added)
	m.Columns = nil
	take := func(names []string, name string) ([]string, bool) {
		i := slices.Index(names, name)
		if i < 0 {
			return names, false
		}
		return slices.Delete(names, i, i+1), true
	}
	for _, name := range was.Columns {
		var off bool
		if gone, off = take(gone, name); off {
			to, ok := renamed[name]
			if !ok {
				continue
			}
			name = to
			added, _ = take(added, name)
		}
		m.Columns = append(m.Columns, name)
	}
	m.Columns = append(m.Columns, added...)
	return m
}

// patcher changes lines of a mapping file.
type patcher struct {
	lines  []string
	spec   *Spec
	before map[int][]string // lines to come before a line, by its index
}

// linewise says whether every entry has lines of its own.
func (p *patcher) linewise() bool {
	last := 0
	for i := range p.spec.Columns {
		at := p.spec.Columns[i].at["target"]
		if at.line <= last || at.line > len(p.lines) || strings.Trim(p.lines[at.line-1][:min(at.column-1, len(p.lines[at.line-1]))], " ") != "" {
			return false
		}
		last = at.line
	}
	return last > 0
}

// span are the lines of an entry, as indexes: first and the one after the last.
func (p *patcher) span(e *Entry) (first, end int) {
	at := e.at["target"]
	first, end = at.line-1, at.line
	for i := end; i < len(p.lines); i++ {
		text := strings.TrimLeft(p.lines[i], " ")
		switch {
		case text == "" || text[0] == '#':
			continue
		case len(p.lines[i])-len(text) < at.column:
			return first, end
		}
		end = i + 1
	}
	return first, end
}

// entries changes those that have become others.
func (p *patcher) entries(now *Spec) {
	for i := range p.spec.Columns {
		was := &p.spec.Columns[i]
		first, end := p.span(was)
		indent := strings.Repeat(" ", was.at["target"].column-1)
		j := slices.IndexFunc(now.Columns, func(e Entry) bool { return e.Target == was.Target })
		switch {
		case j < 0:
			for n := first; n < end; n++ {
				p.lines[n] = indent + "#" + strings.TrimPrefix(p.lines[n], indent)
			}
		case entryLine(&now.Columns[j]) == entryLine(was):
		case p.renameInPlace(was, &now.Columns[j]):
		default:
			p.insert(first, indent+entryLine(&now.Columns[j]))
			for n := first; n < end; n++ {
				p.lines[n] = removed
			}
		}
	}
}

// removed marks a line that is taken out; no file has it.
const removed = "\x00"

// renameInPlace writes the new name of an entry's column where the old one
// stands, if that is all that has changed.
func (p *patcher) renameInPlace(was, now *Entry) bool {
	same := *was
	same.Column = now.Column
	at, ok := was.at["column"]
	if entryLine(&same) != entryLine(now) || !ok || at.column < 1 {
		return false
	}
	line := []rune(p.lines[at.line-1])
	if at.column > len(line) {
		return false
	}
	head, rest := string(line[:at.column-1]), string(line[at.column-1:])
	for _, written := range []string{yamlText(was.Column), "'" + was.Column + "'", was.Column} {
		if after, ok := strings.CutPrefix(rest, written); ok {
			p.lines[at.line-1] = head + yamlText(now.Column) + after
			return true
		}
	}
	return false
}

// add writes new entries, and what is in doubt, below the last one.
func (p *patcher) add(d *Draft, now *Spec) {
	last := &p.spec.Columns[len(p.spec.Columns)-1]
	_, end := p.span(last)
	indent := strings.Repeat(" ", last.at["target"].column-1)
	for i := range now.Columns {
		e := &now.Columns[i]
		if !slices.ContainsFunc(p.spec.Columns, func(was Entry) bool { return was.Target == e.Target }) {
			p.insert(end, indent+entryLine(e))
		}
	}
	for i := range d.doubts {
		w := draftWriter{draft: d}
		w.doubt(indent, &d.doubts[i])
		p.insert(end, strings.Split(strings.TrimRight(w.String(), "\n"), "\n")...)
	}
}

func (p *patcher) insert(before int, lines ...string) {
	if p.before == nil {
		p.before = map[int][]string{}
	}
	p.before[before] = append(p.before[before], lines...)
}

// lineOf is the index of the line with a key of the file's top level; the
// number of lines where it has none.
func (p *patcher) lineOf(key string) int {
	return cmp.Or(slices.IndexFunc(p.lines, func(l string) bool {
		return strings.HasPrefix(strings.Trim(l, `"'`), key+":") || strings.HasPrefix(l, `"`+key+`":`)
	})+1, len(p.lines)+1) - 1
}

// madeFor puts the block in the place of the old one.
func (p *patcher) madeFor(m *MadeFor) {
	first := p.lineOf("madeFor")
	if first == len(p.lines) {
		p.insert(first, append([]string{""}, m.yaml()...)...)
		return
	}
	p.insert(first, m.yaml()...)
	p.lines[first] = removed
	for i := first + 1; i < len(p.lines); i++ {
		text := strings.TrimLeft(p.lines[i], " ")
		if text != "" && text[0] != '#' && text == p.lines[i] {
			return
		}
		if text != "" && text[0] != '#' {
			p.lines[i] = removed
		}
	}
}

// file is the text as it is now.
func (p *patcher) file(crlf bool) []byte {
	end := "\n"
	if crlf {
		end = "\r\n"
	}
	return []byte(strings.TrimRight(strings.Join(p.text(), end), end) + end)
}

// text are the lines as they are now.
func (p *patcher) text() []string {
	var all []string
	for i, line := range p.lines {
		all = append(all, p.before[i]...)
		if line != removed {
			all = append(all, line)
		}
	}
	return append(all, p.before[len(p.lines)]...)
}
