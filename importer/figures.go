package importer

import (
	"slices"
	"strings"

	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

// Figures say what became of the values of one target, over all rows that
// could be read and that the filter has not left out: each was converted, is
// blank, or was refused. A default counts as a value that was converted.
type Figures struct {
	Target    string       `json:"target"`
	Columns   []string     `json:"columns"` // that it comes from; none for an expression
	Converted int64        `json:"converted"`
	Blank     int64        `json:"blank"`
	Refused   int64        `json:"refused"`  // also where it is blank and must not be
	Mended    int64        `json:"mended"`   // of Converted: damage that lost nothing was taken off
	Examples  []Conversion `json:"examples"` // values that are sent otherwise than they stand in the file; the first three
	Refusals  []Refusal    `json:"refusals"` // the first three
}

// Conversion is a cell with what is sent for it.
type Conversion struct {
	Source string `json:"source"`
	Line   int    `json:"line"`
	Cell   string `json:"cell"`
	Value  string `json:"value"`
}

// Refusal is a cell that cannot be sent.
type Refusal struct {
	Source  string `json:"source"`
	Line    int    `json:"line"`
	Cell    string `json:"cell"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// figureExamples is how many examples of each kind are kept.
const figureExamples = 3

// figures are those of a mapping's targets, in the order of its Targets. Those
// of a batch are counted by the worker that maps it, and only added up where
// the rows are taken in order, so that they do not depend on the number of
// workers.
type figures []Figures

func newFigures(targets []mapping.Target) figures {
	f := make(figures, 0, len(targets))
	for i := range targets {
		f = append(f, Figures{Target: targets[i].Name, Columns: targets[i].Columns})
	}
	return f
}

// count counts a row that was mapped.
func (b *readBatch) count(raw *source.Row, c *mapping.Contact, problems []mapping.Problem) {
	values := c.Values()
	for i, v := range values {
		f := &b.figures[i]
		if v == "" {
			f.Blank++
			continue
		}
		f.Converted++
		if len(f.Examples) == figureExamples {
			continue
		}
		if cell := b.targets[i].Cell(raw.Cells); cell != v && cell != "" && !f.shows(cell) {
			f.Examples = append(f.Examples, Conversion{b.source.Name, raw.Line, strings.Clone(cell), strings.Clone(v)})
		}
	}
	for n, p := range problems {
		i := b.figures.index(p.Field)
		if i < 0 || repeated(problems[:n], p.Field) {
			continue
		}
		f := &b.figures[i]
		if f.Refused++; values[i] == "" {
			f.Blank--
		} else {
			f.Converted--
		}
		if len(f.Refusals) < figureExamples {
			f.Refusals = append(f.Refusals, Refusal{b.source.Name, raw.Line, strings.Clone(p.Value), p.Code, p.Message})
		}
	}
	for n, m := range c.Mended {
		i := b.figures.index(m.Field)
		if i >= 0 && (n == 0 || c.Mended[n-1].Field != m.Field) && values[i] != "" {
			b.figures[i].Mended++ // several kinds of damage to one cell follow each other
		}
	}
}

// shows says whether a cell is among the examples.
func (f *Figures) shows(cell string) bool {
	return slices.ContainsFunc(f.Examples, func(e Conversion) bool { return e.Cell == cell })
}

func repeated(problems []mapping.Problem, field string) bool {
	for i := range problems {
		if problems[i].Field == field {
			return true
		}
	}
	return false
}

func (f figures) index(target string) int {
	for i := range f {
		if f[i].Target == target {
			return i
		}
	}
	return -1
}

// merge adds the figures of a batch, whose source may have other targets.
func (f figures) merge(batch figures) figures {
	for n := range batch {
		b := &batch[n]
		i := n
		if i >= len(f) || f[i].Target != b.Target {
			if i = f.index(b.Target); i < 0 {
				f = append(f, *b)
				continue
			}
		}
		t := &f[i]
		t.Converted, t.Blank, t.Refused, t.Mended = t.Converted+b.Converted, t.Blank+b.Blank, t.Refused+b.Refused, t.Mended+b.Mended
		for _, e := range b.Examples {
			if len(t.Examples) < figureExamples && !t.shows(e.Cell) {
				t.Examples = append(t.Examples, e)
			}
		}
		t.Refusals = append(t.Refusals, b.Refusals[:min(len(b.Refusals), figureExamples-len(t.Refusals))]...)
	}
	return f
}
