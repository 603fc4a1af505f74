package mapping

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// valueTypes are the types of the targets that are no parameters.
var valueTypes = map[string]string{
	targetEmail: "email", targetPhone: "phone", targetCountry: "country", targetUUID: "uuid", targetTime: "time", targetZone: "timezone",
	targetDuration: "duration", targetPrice: "decimal", targetCurrency: "currency",
}

// valueType says how an entry's text is converted, and finds what does not go
// together.
func (c *compiler) valueType(e *Entry, rule *Field) string {
	typ := e.Type
	switch {
	case !strings.HasPrefix(e.Target, parameterPrefix):
		if e.Type != "" {
			c.fault(e.at["type"], "", "type goes with parameters, not with %s", e.Target)
		}
		typ = valueTypes[e.Target]
	case rule == nil:
	case !slices.Contains(fieldTypes, rule.Type):
		c.notice("the parameter %s has the type %s, which is not known here: it is sent as text", rule.ID, show(rule.Type))
	case e.Type == "" || sameType(e.Type, rule.Type):
		typ = rule.Type
	case !textual(rule.Type):
		c.fault(e.at["type"], "leave the type out", "the record type%s says that %s is of type %s, not %s", named(c.rt.Name), rule.ID, rule.Type, e.Type)
	}
	goes := func(key string, types ...string) {
		if _, given := e.at[key]; given && !slices.Contains(types, typ) {
			c.fault(e.at[key], "", "%s goes with %s, and %s is of type %s", key, strings.Join(types, ", "), e.Target, orText(typ))
		}
	}
	goes("formats", "date", "datetime", "time")
	goes("timezone", "datetime", "time")
	goes("decimal", "number", "decimal", "duration")
	goes("trueValues", "bool")
	goes("falseValues", "bool")
	if e.Take != "" && (!strings.HasPrefix(e.Target, parameterPrefix) || !textual(typ)) {
		c.fault(e.at["take"], "", "an extension goes into a parameter of text, not into %s", e.Target)
	}
	if e.Default != "" && typ == "phone" && c.m.identity != e.Target {
		c.fault(e.at["default"], "", "%s cannot have a default: everybody has another one", e.Target)
	}
	return typ
}

func sameType(a, b string) bool {
	number := []string{"number", "decimal"}
	return a == b || slices.Contains(number, a) && slices.Contains(number, b) || textual(a) && textual(b)
}

func orText(typ string) string {
	if typ == "" {
		return "text"
	}
	return typ
}

// converter makes the converter of a type.
func (c *compiler) converter(e *Entry, typ string, rule *Field) converter {
	n := number{}
	if e.Decimal != "" {
		n.decimal = e.Decimal[0]
	}
	switch typ {
	case "number", "decimal":
		return n.convert
	case "duration":
		return durationConverter(n)
	case "bool":
		convert, err := boolConverter(e.TrueValues, e.FalseValues)
		if err != nil {
			c.fault(e.at["falseValues"], "", "%v", err)
		}
		return convert
	case "select":
		if rule != nil {
			return selectConverter(rule.Options)
		}
	case "date", "datetime", "time":
		return c.dateConverter(e, typ)
	case "currency":
		return asCurrency
	case "email":
		return asEmail
	case "uuid":
		return asUUID
	case "timezone":
		return c.zones.convert
	case "phone":
		return c.phoneConverter()
	case "country":
		return asCountry
	}
	if e.Take != "" {
		return c.extensionConverter()
	}
	return asText
}

func (c *compiler) dateConverter(e *Entry, typ string) converter {
	k := &clock{midnight: len(e.Formats) > 0}
	for i, text := range e.Formats {
		f, err := parseDateFormat(text)
		switch {
		case err != nil:
			c.fault(e.at[fmt.Sprintf("formats.%d", i)], "", "%v", err)
			continue
		case typ == "time" && !f.hasTime:
			c.fault(e.at[fmt.Sprintf("formats.%d", i)], "add HH:mm", "the format %s has no time of day, and a call needs one", quote(text))
		}
		k.formats = append(k.formats, f)
	}
	if typ == "date" {
		return k.convertDate
	}
	k.zone = c.zoneRule(e)
	if typ == "datetime" {
		return k.convertDatetime
	}
	k.midnight = false
	return func(r *row, text string) (string, *fault) {
		t, zone, bad := k.instant(r, text)
		if bad != nil {
			return "", bad
		}
		r.timeZone = zone
		return t.Format(time.RFC3339Nano), nil
	}
}

func (c *compiler) zoneRule(e *Entry) zoneRule {
	rule := zoneRule{zones: c.zones, column: -1, rowsZone: true}
	name := c.env.Timezone
	whose := "the campaign's time zone"
	switch tz := e.Timezone; {
	case tz.Column != "":
		index, message, hint := c.header.find(tz.Column)
		if index < 0 {
			c.fault(e.at["timezone.column"], hint, "%s", message)
		}
		rule.column = index
	case tz.Name == fromPhone || tz.Name == fromCountry:
		rule.from, rule.doubt = tz.Name, tz.Doubt
	case tz.Name != "":
		name, whose, rule.rowsZone = tz.Name, "the time zone", false
	}
	if name == "" {
		name = "UTC"
	}
	loc, bad := c.zones.find(name)
	if bad != nil {
		c.fault(e.at["timezone"], bad.hint, "%s of %s is not known: %s", whose, e.Target, show(name))
	}
	rule.fixed = loc
	return rule
}
