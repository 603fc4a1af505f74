package mapping

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// MadeFor is what a mapping was made for: the columns of its file and the
// fields of its record type. A run holds it against what it finds, see [Spec.Drift].
type MadeFor struct {
	Columns    []string    // the whole header, also the columns that are not used
	RecordType string      // its name; "" where none was known
	Fields     []FieldType // of the record type, where one was known
}

// FieldType is a field of a record type with its type.
type FieldType struct{ ID, Type string }

// newMadeFor remembers a header and a record type.
func newMadeFor(columns []string, rt *RecordType) *MadeFor {
	m := &MadeFor{Columns: columns}
	if rt.Parameters == Typed {
		m.RecordType = rt.Name
		for _, f := range rt.Fields {
			m.Fields = append(m.Fields, FieldType{f.ID, f.Type})
		}
	}
	return m
}

// yaml is the block of the mapping file, a line for each column and field, so
// that a difference is a line too.
func (m *MadeFor) yaml() []string {
	lines := []string{"madeFor:"}
	if m.RecordType != "" {
		lines = append(lines, "  recordType: "+yamlText(m.RecordType))
	}
	lines = append(lines, "  columns:")
	for _, c := range m.Columns {
		lines = append(lines, "    - "+yamlText(c))
	}
	if len(m.Fields) > 0 {
		lines = append(lines, "  fields:")
	}
	for _, f := range m.Fields {
		lines = append(lines, fmt.Sprintf("    %s: %s", yamlText(f.ID), yamlText(f.Type)))
	}
	return lines
}

func (d *decoder) madeFor(n ast.Node) *MadeFor {
	m := &MadeFor{}
	d.object(n, "madeFor", map[string]func(ast.Node){
		"recordType": func(n ast.Node) { m.RecordType = d.text(n, "recordType of madeFor") },
		"columns":    func(n ast.Node) { m.Columns = d.names(n) },
		"fields": func(n ast.Node) {
			d.pairs(n, "fields of madeFor", func(id string, _ position, value ast.Node) {
				m.Fields = append(m.Fields, FieldType{id, d.text(value, "the type of "+quote(id))})
			})
		},
	})
	if m.Columns == nil && len(d.faults) == 0 {
		d.fault(n, "write them as campsync map does, or take madeFor out: then nothing is checked", "madeFor does not say the columns")
	}
	return m
}

// names reads a header; a column may have no name.
func (d *decoder) names(n ast.Node) []string {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fault(n, "", "columns of madeFor is a list of names, this is %s", kind(n))
		return nil
	}
	names := []string{}
	for _, v := range seq.Values {
		name, ok := scalar(v)
		if !ok {
			d.fault(v, "", "a column of madeFor is a name, this is %s", kind(v))
		}
		names = append(names, name)
	}
	return names
}
