package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/mapping/phone"
)

// Env is what a mapping takes from its surroundings.
type Env struct {
	Region   string    // of numbers without a country code, ISO alpha-2; comes before the mapping's own
	Timezone string    // the campaign's, IANA; "" for UTC
	Now      time.Time // when the run began
}

// Compile fits a mapping to a header and a record type. All faults are in the
// error, each an [*Error].
func Compile(spec *Spec, header []string, rt RecordType, env Env) (*Mapper, error) {
	c := &compiler{spec: spec, header: newHeader(header), rt: &rt, env: env, zones: &zones{},
		m: &Mapper{identity: spec.Identity, onBlank: spec.OnBlank, slots: map[string]int{}, key: -1}}
	if c.m.identity == "" {
		c.m.identity = targetPhone
	}
	if c.m.onBlank == "" {
		c.m.onBlank = "keep"
	}
	c.entries()
	c.unmapped()
	c.checkIdentity()
	if len(c.faults) > 0 {
		return nil, errors.Join(c.faults...)
	}
	c.finish()
	return c.m, nil
}

type compiler struct {
	spec   *Spec
	header *header
	rt     *RecordType
	env    Env
	zones  *zones
	m      *Mapper
	faults []error
}

func (c *compiler) fault(at position, hint, format string, args ...any) {
	c.faults = append(c.faults, c.spec.file.fault(at, hint, format, args...))
}

// evaluation is the order in which fields are evaluated: the phone number
// needs the country, a time needs its zone.
var evaluation = []string{targetCountry, targetPhone, targetZone}

func (c *compiler) entries() {
	entries := slices.Clone(c.spec.Columns)
	if c.m.identity == targetUUID && !slices.ContainsFunc(entries, func(e Entry) bool { return e.Target == targetUUID }) {
		if name := c.uuidColumn(); name != "" {
			entries = append(entries, Entry{Target: targetUUID, Column: name})
		}
	}
	rank := func(e Entry) int {
		if i := slices.Index(evaluation, e.Target); i >= 0 {
			return i
		}
		return len(evaluation)
	}
	ordered := slices.Clone(entries)
	slices.SortStableFunc(ordered, func(a, b Entry) int { return rank(a) - rank(b) })
	for i := range ordered {
		e := &ordered[i]
		if _, twice := c.m.slots[e.Target]; twice {
			c.fault(e.at["target"], "", "the target %s stands twice", quote(e.Target))
			continue
		}
		if message, hint := c.rt.checkTarget(e.Target); message != "" {
			c.fault(e.at["target"], hint, "%s", message)
			continue
		}
		c.m.slots[e.Target] = len(c.m.fields)
		c.m.fields = append(c.m.fields, c.field(e))
	}
	c.members(entries)
}

// uuidColumn is the column that plainly holds the records' UUIDs.
func (c *compiler) uuidColumn() string {
	for _, n := range c.header.names {
		if f := foldString(n); f == "recorduuid" || f == "uuid" {
			return n
		}
	}
	return ""
}

// members lists the record's JSON: the base fields in their fixed order, then
// the parameters in the mapping's.
func (c *compiler) members(entries []Entry) {
	for _, t := range recordTargets {
		if slot, ok := c.m.slots[t]; ok {
			c.m.members = append(c.m.members, member{slot: slot, prefix: string(appendJSON(nil, t)) + ":"})
		}
	}
	for _, e := range entries {
		slot, ok := c.m.slots[e.Target]
		if id, isParameter := strings.CutPrefix(e.Target, parameterPrefix); ok && isParameter {
			c.m.members = append(c.m.members, member{slot: slot, prefix: string(appendJSON(nil, id)) + ":", parameter: true,
				literal: literal(c.sentType(&e, c.rt.field(id)))})
		}
	}
}

// sentType is the type as which a parameter is sent: the record type's, or
// where it leaves that open the mapping's.
func (c *compiler) sentType(e *Entry, f *Field) string {
	if f != nil {
		return f.Type
	}
	return e.Type
}

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
	id, isParameter := strings.CutPrefix(e.Target, parameterPrefix)
	var rule *Field
	if isParameter {
		rule = c.rt.field(id)
	}
	typ := c.valueType(e, rule)
	f.convert = c.converter(e, typ, rule, false)
	f.raw = typ == "phone" || e.Take != ""
	c.require(e, &f, rule, typ)
	return f
}

// require gives the field its rules: what it needs and what fills it in.
func (c *compiler) require(e *Entry, f *field, rule *Field, typ string) {
	switch {
	case e.Target == targetPhone && c.m.identity != targetUUID:
		f.required, f.missing = "and without a number nobody can be called", "phone-missing"
	case rule != nil && rule.Required:
		f.required, f.missing = "and the record type"+named(c.rt.Name)+" requires "+rule.ID, "required"
	}
	if rule != nil && rule.Validation != "" {
		f.pattern, f.refusal = newPattern(rule.ID, rule.Validation), refusal(rule)
		c.m.patterns = append(c.m.patterns, f.pattern)
	}
	if e.Default != "" {
		v, bad := c.defaultValue(e, typ, rule, e.Default)
		if bad != nil {
			c.fault(e.at["default"], bad.hint, "the default of %s, %s, %s", e.Target, show(e.Default), bad.message)
		}
		f.fallback = v
	} else if rule != nil && rule.Default != "" {
		f.fallback = c.ruleDefault(rule)
	}
}

func refusal(rule *Field) string {
	if rule.Error != "" {
		return "does not fit: " + escape(rule.Error)
	}
	return "does not match the rule of " + rule.ID + ", " + show(rule.Validation)
}

// defaultValue converts a default, which is written the way it is sent:
// without the marks and formats of the column.
func (c *compiler) defaultValue(e *Entry, typ string, rule *Field, text string) (string, *fault) {
	plain := Entry{Target: e.Target, Type: e.Type, Decimal: "."}
	f := field{convert: c.converter(&plain, typ, rule, true)}
	if rule != nil && rule.Validation != "" {
		f.pattern, f.refusal = newPattern(rule.ID, rule.Validation), refusal(rule)
	}
	var r row
	return f.check(&r, text, trim(text))
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

func (c *compiler) checkIdentity() {
	slots := c.m.slots
	if _, ok := slots[targetPhone]; !ok && c.m.identity != targetUUID {
		c.faults = append(c.faults, noPhone(c.spec, c.header.names))
	}
	if _, ok := slots[targetUUID]; ok && c.m.identity != targetUUID {
		c.fault(c.spec.at["columns"], `write "identity: recordUuid", or take recordUuid out`, "recordUuid is mapped, but the identity is %s", c.m.identity)
	}
	slot, ok := slots[c.m.identity]
	if !ok && c.m.identity != targetPhone {
		c.fault(c.spec.at["identity"], fmt.Sprintf("write which column it is under columns:\n  %s: one of %s", c.m.identity, list(c.header.names)),
			"the identity is %s, and no column is mapped to it", c.m.identity)
	}
	c.m.key = slot
}

// noPhone is the fault of a mapping without a phone number.
func noPhone(spec *Spec, header []string) *Error {
	return spec.file.fault(spec.at["columns"], fmt.Sprintf("the columns are %s; name one in the mapping file:\n  columns:\n    phoneNumber: %s", list(header), yamlText(firstOr(header, "Phone"))),
		"no column is mapped to phoneNumber")
}

func firstOr(names []string, otherwise string) string {
	if len(names) > 0 {
		return names[0]
	}
	return otherwise
}

func (c *compiler) finish() {
	for i, t := range orderTargets {
		c.m.settings[i] = -1
		if slot, ok := c.m.slots[t]; ok {
			c.m.settings[i] = slot
		}
	}
}

// region is that of numbers without a country code.
func (c *compiler) region() string {
	if c.env.Region != "" {
		return strings.ToUpper(c.env.Region)
	}
	return c.spec.Region
}

// phoneConverter normalizes the number in the row's own country, else in the
// region that the run or the mapping names.
func (c *compiler) phoneConverter() converter {
	region := c.region()
	return func(r *row, text string) (string, *fault) {
		in := region
		if r.region != "" {
			in = r.region
		}
		n, err := phone.Normalize(text, in)
		if err != nil {
			var bad *phone.Error
			if errors.As(err, &bad) {
				return "", &fault{bad.Code, bad.Message, bad.Hint}
			}
			return "", &fault{phone.CodeInvalid, err.Error(), ""}
		}
		r.number, r.mend = n, n.Mended
		return n.E164, nil
	}
}
