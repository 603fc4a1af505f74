package mapping

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// formula is a compiled expression. Its names are the targets that are mapped,
// with their converted values (number and decimal as numbers, bool as a
// boolean, all others as text, blank as nil or ""), and columns, with the
// cells, trimmed.
type formula struct {
	text    string
	program *vm.Program
	targets []formulaTarget
	columns []column
}

// formulaTarget is a target whose value an expression uses.
type formulaTarget struct {
	slot   int
	target string
	group  string // parameters or order; "" for the fields of the record
	name   string // in the group
	typ    string
}

// uses are the names that an expression has.
type uses struct {
	targets, columns []string
	whole            int // uses of a group that are not uses of one of its members
	fault            string
}

// Visit collects the names; the parts of parameters.x and columns["x"] are
// visited before the whole.
func (u *uses) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if slices.Contains(fixedTargets, n.Value) {
			u.targets = append(u.targets, n.Value)
		}
		if slices.Contains(groups, n.Value) {
			u.whole++
		}
	case *ast.MemberNode:
		group, ok := n.Node.(*ast.IdentifierNode)
		if !ok || !slices.Contains(groups, group.Value) {
			return
		}
		u.whole--
		name, ok := n.Property.(*ast.StringNode)
		switch {
		case !ok:
			u.fault = group.Value + " needs a name in quotes"
		case group.Value == "columns":
			u.columns = append(u.columns, name.Value)
		default:
			u.targets = append(u.targets, group.Value+"."+name.Value)
		}
	}
}

var groups = []string{"parameters", "order", "columns"}

// usesOf parses an expression for its names; faults of its syntax are found
// again when it is compiled.
func usesOf(text string) uses {
	var u uses
	if tree, err := parser.Parse(text); err == nil {
		ast.Walk(&tree.Node, &u)
	}
	if u.whole != 0 {
		u.fault = "columns, parameters and order are used one at a time"
	}
	return u
}

// formula compiles an expression at a place of the mapping file.
func (c *compiler) formula(text string, at position, options ...expr.Option) *formula {
	u := usesOf(text)
	if u.fault != "" {
		c.fault(at, `write it as in columns["Product"]`, "%s", u.fault)
		return nil
	}
	env := types.Map{}
	inner := map[string]types.Map{"parameters": {}, "order": {}, "columns": {}}
	for _, name := range c.header.names {
		inner["columns"][name] = types.String
	}
	for target, typ := range c.types {
		t := newFormulaTarget(target, 0, typ)
		if t.group == "" {
			env[target] = t.exprType()
		} else {
			inner[t.group][t.name] = t.exprType()
		}
	}
	for group, fields := range inner {
		env[group] = fields
	}
	now := c.env.Now
	options = append(options, expr.Env(env), expr.DisableBuiltin("now"),
		expr.Function("now", func(...any) (any, error) { return now, nil }, new(func() time.Time)))
	program, err := expr.Compile(text, options...)
	if err != nil {
		c.formulaFault(text, at, err)
		return nil
	}
	f := &formula{text: text, program: program}
	for _, target := range u.targets {
		if slot, ok := c.m.slots[target]; ok {
			f.targets = append(f.targets, newFormulaTarget(target, slot, c.types[target]))
		}
	}
	for _, name := range u.columns {
		index, message, hint := c.header.find(name)
		if index < 0 {
			c.fault(at, hint, "%s", message)
		}
		f.columns = append(f.columns, column{index, name})
	}
	return f
}

func newFormulaTarget(target string, slot int, typ string) formulaTarget {
	t := formulaTarget{slot: slot, target: target, name: target, typ: typ}
	for _, group := range groups {
		if name, ok := strings.CutPrefix(target, group+"."); ok {
			t.group, t.name = group, name
		}
	}
	return t
}

func (t *formulaTarget) exprType() types.Type {
	switch t.typ {
	case "number", "decimal", "duration":
		return types.Float64
	case "bool":
		return types.Bool
	}
	return types.String
}

// value is what an expression sees of a converted value.
func (t *formulaTarget) value(text string) any {
	switch t.exprType() {
	case types.Float64:
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return v
		}
		return nil
	case types.Bool:
		if text == "" {
			return nil
		}
		return text == "true"
	}
	return text
}

// formulaFault says what is wrong with an expression, at its place, with the
// names that exist.
func (c *compiler) formulaFault(text string, at position, err error) {
	message, hint := err.Error(), ""
	var bad *file.Error
	if errors.As(err, &bad) {
		message = bad.Message
		if c.spec.file != nil {
			at = c.spec.file.within(at, text, bad.Line, bad.Column)
		}
	}
	mapped := slices.Sorted(maps.Keys(c.types))
	if name, ok := strings.CutPrefix(message, "unknown name "); ok {
		hint = strings.Join(mapped, ", ") + ` and columns["..."] are known`
		if near := nearest(name, mapped); near != "" {
			hint = fmt.Sprintf("did you mean %s? %s", near, hint)
		}
	}
	if name, ok := strings.CutPrefix(message, "unknown field "); ok {
		hint = c.header.suggest(name) + "; the targets that are mapped are " + strings.Join(mapped, ", ")
	}
	c.fault(at, hint, "in the expression: %s", message)
}

// within is the place of a part of a value, given the value's own: exact where
// the value stands in one line as it is, else the value's.
func (f *origin) within(at position, text string, line, column int) position {
	if line > 1 || at.line < 1 || at.line > len(f.lines) || strings.Contains(text, "\n") {
		return at
	}
	shown := []rune(f.lines[at.line-1])
	if at.column > len(shown) {
		return at
	}
	if i := strings.Index(string(shown[at.column-1:]), text); i >= 0 {
		at.column += len([]rune(string(shown[at.column-1:])[:i])) + column
	}
	return at
}

// run evaluates the expression for a row. It is false where a target that it
// uses has a problem of its own: then there is nothing to say.
func (f *formula) run(r *row) (any, *fault, bool) {
	if r.scope == nil {
		r.scope = &scope{names: map[string]any{"parameters": map[string]any{}, "order": map[string]any{}, "columns": map[string]any{}}}
	}
	names := r.scope.names
	for i := range f.targets {
		t := &f.targets[i]
		if r.blames(t.target) {
			return nil, nil, false
		}
		if t.group == "" {
			names[t.name] = t.value(r.values[t.slot])
		} else {
			names[t.group].(map[string]any)[t.name] = t.value(r.values[t.slot])
		}
	}
	columns := names["columns"].(map[string]any)
	for _, c := range f.columns {
		columns[c.name] = trim(r.cell(c.index))
	}
	out, err := r.scope.machine.Run(f.program, names)
	if err != nil {
		message := err.Error()
		var bad *file.Error
		if errors.As(err, &bad) {
			message = bad.Message
		}
		return nil, &fault{"expr-failed", fmt.Sprintf("has no value: %s gives the error %s", show(f.text), escape(message)), "a value may be blank: write (value ?? 0) in its place"}, true
	}
	return out, nil, true
}

// formulaKind says whether an expression may give a type.
func formulaKind(t reflect.Type) bool {
	switch {
	case t == nil || t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[time.Duration]():
		return true
	case t.Kind() == reflect.String, t.Kind() == reflect.Bool, t.Kind() == reflect.Interface:
		return true
	}
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64
}

// resultText writes what an expression gives as text; written says that it is
// in the form in which values are sent, not in that of the column. Numbers
// that were calculated keep 15 digits, as in a spreadsheet.
func resultText(v any, fieldType string) (text string, written bool, bad *fault) {
	switch v := v.(type) {
	case nil:
		return "", false, nil
	case string:
		return trim(v), false, nil
	case bool:
		return strconv.FormatBool(v), true, nil
	case time.Time:
		if fieldType == "date" {
			return v.Format(time.DateOnly), true, nil
		}
		return v.Format(time.RFC3339Nano), true, nil
	case time.Duration:
		return strconv.FormatFloat(v.Seconds(), 'f', -1, 64), true, nil
	case float64:
		return decimalText(v), true, nil
	case int:
		return strconv.Itoa(v), true, nil
	}
	if rv := reflect.ValueOf(v); rv.CanInt() || rv.CanUint() {
		return fmt.Sprint(v), true, nil
	}
	return "", false, &fault{"expr-failed", fmt.Sprintf("has no value: the expression gives %T, which is no text, number or yes and no", v), ""}
}

func decimalText(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		rounded = v
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
