package mapping

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// plainTransforms are those that are named and no more.
var plainTransforms = []string{"trim", "lower", "upper", "title", "digits", "countryCode", "currencyCode"}

// transforms reads a list of steps; one alone needs no brackets.
func (d *decoder) transforms(n ast.Node, target string) []Transform {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return []Transform{d.transform(n, target)}
	}
	var all []Transform
	for _, v := range seq.Values {
		all = append(all, d.transform(v, target))
	}
	return all
}

func (d *decoder) transform(n ast.Node, target string) Transform {
	t := Transform{at: where(n)}
	if _, ok := scalar(n); ok {
		t.Name = d.word(n, "transform of "+target, plainTransforms...)
		return t
	}
	name := func(as string) {
		if t.Name != "" {
			d.fault(n, "write them as two steps of the list", "%s and %s stand in one step", t.Name, as)
		}
		t.Name = as
	}
	d.object(n, "transform of "+target, map[string]func(ast.Node){
		"split": func(v ast.Node) {
			name("split")
			if t.Separator = *d.separator(v, "split"); t.Separator == "" {
				d.fault(v, `write the separator, such as {split: ", ", part: 1}`, "split is empty")
			}
		},
		"part": func(v ast.Node) {
			s, _ := scalar(v)
			s, t.Rest = strings.CutSuffix(s, "..")
			var err error
			if t.Part, err = strconv.Atoi(s); err != nil || t.Part == 0 {
				d.fault(v, "write 1 for the first part, -1 for the last, 2.. for all from the second on", "part cannot be %s", kind(v))
			}
		},
		"replace":   func(v ast.Node) { name("replace"); t.Table = d.table(v, "replace") },
		"lookup":    func(v ast.Node) { name("lookup"); t.Table = d.table(v, "lookup") },
		"otherwise": func(v ast.Node) { t.Otherwise = d.word(v, "otherwise", "keep", "error") },
	})
	switch {
	case len(d.faults) > 0:
	case t.Name == "":
		d.fault(n, "write split, replace or lookup", "the step of %s does nothing", target)
	case (t.Name == "split") != (t.Part != 0):
		d.fault(n, `write {split: ", ", part: 1}`, "split and part go together")
	case t.Otherwise != "" && t.Name != "lookup":
		d.fault(n, "", "otherwise goes with lookup")
	}
	return t
}

func (d *decoder) table(n ast.Node, what string) [][2]string {
	var table [][2]string
	d.pairs(n, what, func(key string, _ position, value ast.Node) {
		table = append(table, [2]string{key, *d.separator(value, what+" of "+quote(key))})
	})
	if len(table) == 0 {
		d.fault(n, "", "%s has no pairs", what)
	}
	return table
}
