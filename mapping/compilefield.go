package mapping

import (
	"fmt"
	"slices"
)

// field compiles an entry.
func (c *compiler) field(e *Entry) field {
	f := field{target: e.Target, valid: e.First == "valid", join: e.Join}
	for i, name := range slices.Concat([]string{e.Column}, e.Columns) {
		if name == "" {
			continue
		}
		at := e.at["column"]
		if i > 0 {
			at = e.at[fmt.Sprintf("columns.%d", i-1)]
		}
		index, message, hint := c.header.find(name)
		if index < 0 {
			c.fault(at, hint, "%s", message)
			continue
		}
		f.sources = append(f.sources, column{index, c.header.names[index]})
	}
	rule, typ := c.rule(e.Target), c.types[e.Target]
	f.convert = c.converter(e, typ, rule)
	for i := range e.Transform {
		f.steps = append(f.steps, newStep(&e.Transform[i]))
	}
	f.raw = (typ == "phone" || e.Take != "") && len(f.steps) == 0
	f.written = c.converter(&Entry{Target: e.Target, Type: e.Type, Decimal: ".", Timezone: e.Timezone, at: e.at}, typ, rule)
	if e.Expr != "" {
		c.calculate(e, &f, rule, typ)
	}
	c.require(e, &f, rule, typ)
	switch e.Target {
	case targetCountry:
		f.note = func(r *row, value string) { r.region = value }
	case targetZone:
		f.note = func(r *row, value string) { r.zone, _ = c.zones.find(value) }
	}
	return f
}

// calculate gives the field its expression.
func (c *compiler) calculate(e *Entry, f *field, rule *Field, typ string) {
	f.formula, f.valueType = c.formula(e.Expr, e.at["expr"]), typ
	if f.formula != nil && !formulaKind(f.formula.program.Node().Type()) {
		c.fault(e.at["expr"], "", "the expression gives %s, and %s needs a text, a number or yes and no", f.formula.program.Node().Type(), e.Target)
	}
}

// require gives the field its rules: what it needs and what fills it in.
func (c *compiler) require(e *Entry, f *field, rule *Field, typ string) {
	switch {
	case e.Target == targetPhone && c.m.identity != targetUUID:
		f.required, f.missing = "and without a number nobody can be called", "phone-missing"
	case rule != nil && rule.Required:
		f.required, f.missing = "and the record type"+named(c.rt.Name)+" requires "+escape(rule.ID), "required"
	}
	if rule != nil && rule.Validation != "" {
		f.pattern, f.refusal = newPattern(rule.ID, rule.Validation), refusal(rule)
		c.m.patterns = append(c.m.patterns, f.pattern)
	}
	if e.Target == c.m.identity {
		// A default would make one person of all whose key is blank.
		if e.Default != "" {
			c.fault(e.at["default"], "", "%s cannot have a default: it says who the person is", e.Target)
		}
		return
	}
	if e.Default != "" {
		v, bad := c.defaultValue(e, typ, rule, e.Default)
		if bad != nil {
			c.fault(e.at["default"], bad.hint, "the default of %s, %s, %s", e.Target, show(e.Default), bad.message)
		}
		f.fallback = v
		if typ == "time" || typ == "datetime" {
			f.fallback, f.local = e.Default, true
		}
	} else if rule != nil && rule.Default != "" {
		f.fallback = c.ruleDefault(rule)
	}
}

func refusal(rule *Field) string {
	if rule.Error != "" {
		return "does not fit: " + escape(rule.Error)
	}
	return "does not match the rule of " + escape(rule.ID) + ", " + show(rule.Validation)
}

// defaultValue converts a default, which is written the way it is sent:
// without the marks and formats of the column.
func (c *compiler) defaultValue(e *Entry, typ string, rule *Field, text string) (string, *fault) {
	plain := Entry{Target: e.Target, Type: e.Type, Decimal: "."}
	if e.Default != "" {
		plain.Timezone.Name = "UTC" // only whether it can be read counts; its zone is the row's
	}
	f := field{convert: c.converter(&plain, typ, rule)}
	if rule != nil && rule.Validation != "" {
		f.pattern, f.refusal = newPattern(rule.ID, rule.Validation), refusal(rule)
	}
	var r row
	return f.check(&r, text, trim(text), f.convert)
}

// ruleDefault is the record type's default; one that does not fit its own type
// is left to the server.
func (c *compiler) ruleDefault(rule *Field) string {
	v, bad := c.defaultValue(&Entry{Target: parameterPrefix + rule.ID}, rule.Type, rule, rule.Default)
	if bad != nil {
		c.notice("the record type's default of %s, %s, %s: it is not sent", rule.ID, show(rule.Default), bad.message)
	}
	return v
}

func (c *compiler) notice(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.m.notices, text) {
		c.m.notices = append(c.m.notices, text)
	}
}

// unmapped deals with the parameters of the record type that no entry names.
// A row that names an existing record leaves them to that record.
func (c *compiler) unmapped() {
	if c.m.identity == targetUUID || c.rt.Parameters != Typed {
		return
	}
	for i := range c.rt.Fields {
		rule := &c.rt.Fields[i]
		if _, mapped := c.m.slots[parameterPrefix+rule.ID]; mapped {
			continue
		}
		value := ""
		if rule.Default != "" {
			value = c.ruleDefault(rule)
		}
		switch {
		case value == "" && rule.Required:
			c.fault(c.spec.at["columns"], fmt.Sprintf("write which column it is under columns:\n  %s%s: one of %s", parameterPrefix, rule.ID, list(c.header.names)),
				"the record type%s requires the parameter %s, and no column is mapped to it", named(c.rt.Name), quote(rule.ID))
		case value != "":
			if len(c.m.defaults) > 0 {
				c.m.defaults = append(c.m.defaults, ',')
			}
			c.m.defaults = append(appendJSON(c.m.defaults, rule.ID), ':')
			if literal(rule.Type) {
				c.m.defaults = append(c.m.defaults, value...)
			} else {
				c.m.defaults = appendJSON(c.m.defaults, value)
			}
		}
	}
}
