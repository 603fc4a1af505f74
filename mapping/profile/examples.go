package profile

import (
	"cmp"
	"math"
	"slices"

	"github.com/campsync/campsync/mapping"
)

// examples are the most frequent values of a column, of equal ones those of
// the first lines, and then odd ones, which do not fit its type.
func (p *Profile) examples(column int, t *tally, v *guess) []Example {
	known := p.known(column, t)
	fit := make([]Example, 0, len(known))
	var misfits []Example
	for _, e := range known {
		if e.class == nil || v.takes(e.class) {
			fit = append(fit, e.Example)
		}
	}
	slices.SortFunc(fit, func(a, b Example) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Value, b.Value))
	})
	for i := range v.odd.texts {
		e := Example{Value: v.odd.texts[i], Count: 1, Odd: true, Line: v.odd.lines[i]}
		if same := known[e.Value]; same != nil {
			e.Count = same.Count
		}
		if !slices.ContainsFunc(misfits, func(m Example) bool { return m.Value == e.Value }) {
			misfits = append(misfits, e)
		}
	}
	misfits = misfits[:min(len(misfits), p.options.Examples-1)]
	fit = slices.DeleteFunc(fit, func(e Example) bool {
		return slices.ContainsFunc(misfits, func(m Example) bool { return m.Value == e.Value })
	})
	return append(fit[:min(len(fit), p.options.Examples-len(misfits))], misfits...)
}

// leastSeen is how often a value has to be in the sampled rows for its cells to
// be estimated: less may be by chance.
const leastSeen = 5

// counted is a value with the number of its cells.
type counted struct {
	Example
	class *class // nil where it is not known
}

// known are the values of a column whose number of cells is known: by what is
// shown of them, where values have the same beginning. Where not all values are
// kept, those that are frequent in the sampled rows come to them.
func (p *Profile) known(column int, t *tally) map[string]*counted {
	known := make(map[string]*counted)
	for _, v := range t.values.known {
		e := known[v.text]
		if e == nil {
			e = &counted{Example{Value: v.text, Line: v.line}, v.class}
			known[v.text] = e
		}
		e.Count += v.count
		e.Line = min(e.Line, v.line)
	}
	if !t.values.more {
		return known
	}
	seen := make(map[string]*counted)
	for _, row := range p.sample.rows {
		text := cut(mapping.Trim(row.cell(column)))
		e := seen[text]
		if e == nil {
			e = &counted{Example: Example{Value: text, Line: row.line}}
			seen[text] = e
		}
		e.Count++
		e.Line = min(e.Line, row.line)
	}
	for text, e := range seen {
		if known[text] == nil && text != "" && e.Count >= leastSeen {
			e.Count = int64(math.Round(share(e.Count, int64(len(p.sample.rows))) * float64(p.rows)))
			known[text] = e
		}
	}
	return known
}
