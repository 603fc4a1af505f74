package mapping

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
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
	c := newCompiler(spec, header, rt, env)
	c.entries()
	c.unmapped()
	c.checkIdentity()
	c.filter()
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
	types  map[string]string // of the values, by target
	mapped []*Entry          // in the mapping's order
	m      *Mapper
	faults []error
}

func newCompiler(spec *Spec, header []string, rt RecordType, env Env) *compiler {
	c := &compiler{spec: spec, header: newHeader(header), rt: &rt, env: env, zones: &zones{}, types: map[string]string{},
		m: &Mapper{identity: spec.Identity, onBlank: spec.OnBlank, slots: map[string]int{}, key: -1}}
	if c.m.identity == "" {
		c.m.identity = targetPhone
	}
	if c.m.onBlank == "" {
		c.m.onBlank = "keep"
	}
	return c
}

// fault adds a fault, once.
func (c *compiler) fault(at position, hint, format string, args ...any) {
	f := c.spec.file.fault(at, hint, format, args...)
	if !slices.ContainsFunc(c.faults, func(known error) bool { return known.Error() == f.Error() }) {
		c.faults = append(c.faults, f)
	}
}

// entries compiles the entries, each after those that it needs.
func (c *compiler) entries() {
	entries := slices.Clone(c.spec.Columns)
	if c.m.identity == targetUUID && !slices.ContainsFunc(entries, func(e Entry) bool { return e.Target == targetUUID }) {
		if name := c.uuidColumn(); name != "" {
			entries = append(entries, Entry{Target: targetUUID, Column: name})
		}
	}
	for i := range entries {
		e := &entries[i]
		if _, twice := c.types[e.Target]; twice {
			c.fault(e.at["target"], "", "the target %s stands twice", quote(e.Target))
		} else if message, hint := c.rt.checkTarget(e.Target); message != "" {
			c.fault(e.at["target"], hint, "%s", message)
		} else {
			c.types[e.Target] = c.valueType(e, c.rule(e.Target))
			c.mapped = append(c.mapped, e)
		}
	}
	o := ordering{c: c, state: map[string]int{}}
	for _, e := range c.mapped {
		o.visit(e)
	}
	c.members()
}

// rule is the record type's word on a target, nil where it has none.
func (c *compiler) rule(target string) *Field {
	if id, ok := strings.CutPrefix(target, parameterPrefix); ok {
		return c.rt.field(id)
	}
	return nil
}

// ordering compiles entries depth first.
type ordering struct {
	c     *compiler
	state map[string]int // 1 while the entries that it needs are compiled, 2 when done
	path  []string
}

func (o *ordering) visit(e *Entry) {
	switch o.state[e.Target] {
	case 1:
		o.c.fault(e.at["expr"], "take one out", "the expressions need each other: %s", strings.Join(append(o.path, e.Target), " needs "))
		return
	case 2:
		return
	}
	o.state[e.Target] = 1
	o.path = append(o.path, e.Target)
	for _, target := range o.c.needs(e) {
		for _, other := range o.c.mapped {
			if other.Target == target {
				o.visit(other)
			}
		}
	}
	o.path = o.path[:len(o.path)-1]
	o.state[e.Target] = 2
	o.c.m.slots[e.Target] = len(o.c.m.fields)
	o.c.m.fields = append(o.c.m.fields, o.c.field(e))
}

// needs are the targets whose values an entry's conversion needs.
func (c *compiler) needs(e *Entry) []string {
	needs := usesOf(e.Expr).targets
	switch typ := c.types[e.Target]; {
	case typ == "phone" || e.Take != "":
		needs = append(needs, targetCountry)
	case e.Timezone.Name == fromPhone || e.Timezone.Name == fromCountry:
		needs = append(needs, targetCountry, targetPhone)
	case typ == "datetime" || typ == "time":
		needs = append(needs, targetZone)
	}
	return needs
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
func (c *compiler) members() {
	for _, t := range recordTargets {
		if slot, ok := c.m.slots[t]; ok {
			c.m.members = append(c.m.members, member{slot: slot, prefix: string(appendJSON(nil, t)) + ":"})
		}
	}
	for _, e := range c.mapped {
		if id, ok := strings.CutPrefix(e.Target, parameterPrefix); ok {
			// As the record type says it, or where it leaves that open, the mapping.
			sentType := e.Type
			if rule := c.rule(e.Target); rule != nil {
				sentType = rule.Type
			}
			c.m.members = append(c.m.members, member{slot: c.m.slots[e.Target], prefix: string(appendJSON(nil, id)) + ":", parameter: true, literal: literal(sentType)})
		}
	}
}

func (c *compiler) filter() {
	if c.spec.Filter == "" {
		return
	}
	c.m.filter = c.formula(c.spec.Filter, c.spec.at["filter"], expr.AsBool())
}

func (c *compiler) finish() {
	for i, t := range orderTargets {
		c.m.settings[i] = -1
		if slot, ok := c.m.slots[t]; ok {
			c.m.settings[i] = slot
		}
	}
}
