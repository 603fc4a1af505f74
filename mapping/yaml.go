package mapping

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

// YAML writes the mapping as a mapping file, a line for each target;
// [ParseSpec] reads the same mapping again.
func (s *Spec) YAML() []byte {
	var b strings.Builder
	add := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, yamlText(value))
		}
	}
	b.WriteString("version: 1\n")
	add("identity", s.Identity)
	add("sharedNumbers", s.SharedNumbers)
	add("region", s.Region)
	b.WriteString("columns:\n")
	for i := range s.Columns {
		b.WriteString("  " + entryLine(&s.Columns[i]) + "\n")
	}
	add("filter", s.Filter)
	add("onBlank", s.OnBlank)
	if s.MadeFor != nil {
		b.WriteString(strings.Join(s.MadeFor.yaml(), "\n") + "\n")
	}
	return []byte(b.String())
}

// entryLine is an entry as it stands in a mapping file.
func entryLine(e *Entry) string { return yamlText(e.Target) + ": " + yamlFlow(e.yaml()) }

// yaml is the name of a column where the entry says no more than that.
func (e *Entry) yaml() any {
	var m yaml.MapSlice
	add := func(key string, value any, given bool) {
		if given {
			m = append(m, yaml.MapItem{Key: key, Value: value})
		}
	}
	add("column", e.Column, e.Column != "")
	add("columns", e.Columns, len(e.Columns) > 0)
	add("first", e.First, e.First != "")
	if e.Join != nil {
		add("join", *e.Join, true)
	}
	add("expr", e.Expr, e.Expr != "")
	add("take", e.Take, e.Take != "")
	var steps []any
	for i := range e.Transform {
		steps = append(steps, e.Transform[i].yaml())
	}
	add("transform", steps, len(steps) > 0)
	add("default", e.Default, e.Default != "")
	add("type", e.Type, e.Type != "")
	add("formats", e.Formats, len(e.Formats) > 0)
	add("decimal", e.Decimal, e.Decimal != "")
	add("trueValues", e.TrueValues, len(e.TrueValues) > 0)
	add("falseValues", e.FalseValues, len(e.FalseValues) > 0)
	add("timezone", e.Timezone.yaml(), e.Timezone != Timezone{})
	if len(m) == 1 && e.Column != "" {
		return e.Column
	}
	return m
}

func (tz Timezone) yaml() any {
	switch {
	case tz.Column != "":
		return yaml.MapSlice{{Key: "column", Value: tz.Column}}
	case tz.Doubt != "":
		return yaml.MapSlice{{Key: "from", Value: strings.ToLower(strings.TrimPrefix(tz.Name, "from"))}, {Key: "doubt", Value: tz.Doubt}}
	}
	return tz.Name
}

func (t *Transform) yaml() any {
	var table yaml.MapSlice
	for _, p := range t.Table {
		table = append(table, yaml.MapItem{Key: p[0], Value: p[1]})
	}
	switch t.Name {
	case "split":
		part := fmt.Sprint(t.Part)
		if t.Rest {
			part += ".."
		}
		return yaml.MapSlice{{Key: "split", Value: t.Separator}, {Key: "part", Value: part}}
	case "replace":
		return yaml.MapSlice{{Key: "replace", Value: table}}
	case "lookup":
		m := yaml.MapSlice{{Key: "lookup", Value: table}}
		if t.Otherwise != "" {
			m = append(m, yaml.MapItem{Key: "otherwise", Value: t.Otherwise})
		}
		return m
	}
	return t.Name
}

// yamlFlow writes a value in one line.
func yamlFlow(v any) string {
	var parts []string
	switch v := v.(type) {
	case yaml.MapSlice:
		for _, item := range v {
			parts = append(parts, yamlText(item.Key.(string))+": "+yamlFlow(item.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []string:
		for _, s := range v {
			parts = append(parts, yamlText(s))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []any:
		for _, e := range v {
			parts = append(parts, yamlFlow(e))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return yamlText(fmt.Sprint(v))
}

var (
	yamlPlain = regexp.MustCompile(`^[\pL_][\pL\pN_./-]*( [\pL\pN_./-]+)*$`)
	yamlWords = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n|nan|inf)$`)
)

// yamlText writes text as a YAML scalar of one line, in quotes where anything
// else could be read in it.
func yamlText(text string) string {
	if yamlPlain.MatchString(text) && !yamlWords.MatchString(text) {
		return text
	}
	// Strings of JSON are strings of YAML.
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return fmt.Sprintf("%q", text)
	}
	// What could fool the eye (right-to-left marks, no-break spaces) is seen.
	return escape(strings.TrimSuffix(b.String(), "\n"))
}
