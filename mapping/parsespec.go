package mapping

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// fieldTypes are the types that a mapping may give a parameter.
var fieldTypes = []string{"text", "input", "textarea", "string", "select", "number", "decimal", "bool", "date", "datetime", "currency", "country"}

func (d *decoder) spec(root ast.Node) *Spec {
	s := &Spec{file: d.file, at: places{}}
	d.object(root, "the mapping", map[string]func(ast.Node){
		"version": func(n ast.Node) {
			if s.Version = d.number(n, "version"); s.Version != 1 && s.Version != 0 {
				d.fault(n, "this campsync reads version 1", "version %d of mapping files is not known", s.Version)
			}
		},
		"identity": func(n ast.Node) {
			s.Identity, s.at["identity"] = d.text(n, "identity"), where(n)
			if !identityPossible(s.Identity) {
				d.fault(n, didYouMean(s.Identity, identities), "identity cannot be %s", quote(s.Identity))
			}
		},
		"sharedNumbers": func(n ast.Node) { s.SharedNumbers = d.word(n, "sharedNumbers", "allow") },
		"region":        func(n ast.Node) { s.Region = d.region(n) },
		"columns":       func(n ast.Node) { s.Columns = d.columns(n); s.at["columns"] = where(n) },
		"filter":        func(n ast.Node) { s.Filter = d.text(n, "filter"); s.at["filter"] = where(n) },
		"onBlank":       func(n ast.Node) { s.OnBlank = d.word(n, "onBlank", "keep", "clear", "error") },
		"madeFor":       func(n ast.Node) { s.MadeFor = d.madeFor(n); s.at["madeFor"] = where(n) },
	})
	if s.Version == 0 && len(d.faults) == 0 {
		d.fault(root, "write \"version: 1\" at the top", "the mapping says no version")
	}
	if s.at["columns"] == (position{}) && len(d.faults) == 0 {
		d.fault(root, "write which target gets which column, such as\n  columns:\n    phoneNumber: Mobile", "the mapping has no columns")
	}
	return s
}

var identities = []string{"phoneNumber", "email", "recordUuid", "parameters.<id>"}

func identityPossible(s string) bool {
	id, ok := strings.CutPrefix(s, parameterPrefix)
	return ok && id != "" && id != "<id>" || slices.Contains(identities[:3], s)
}

func (d *decoder) region(n ast.Node) string {
	s := d.text(n, "region")
	code, ok := countries().find(s)
	switch {
	case !ok:
		d.fault(n, "write two letters, such as GB or US", "region %s is no country", quote(s))
	case len(s) != 2:
		d.fault(n, "write "+code, "region is two letters, not %s", quote(s))
	}
	return code
}

func (d *decoder) columns(n ast.Node) []Entry {
	var entries []Entry
	d.pairs(n, "columns", func(target string, at position, value ast.Node) {
		entries = append(entries, d.entry(target, at, value))
	})
	return entries
}

func (d *decoder) entry(target string, at position, n ast.Node) Entry {
	e := Entry{Target: target, at: places{"target": at}}
	if _, ok := scalar(n); ok {
		e.Column, e.at["column"] = d.text(n, "the column of "+target), where(n)
		return e
	}
	switch n.(type) {
	case *ast.SequenceNode:
		d.fault(n, "write {columns: [A, B], first: valid}", "%s is a column, or keys with values, not a list", target)
		return e
	case *ast.NullNode:
		d.fault(n, "write the name of the column", "%s has no column", target)
		return e
	}
	set := func(key string, into *string, words ...string) func(ast.Node) {
		return func(n ast.Node) {
			e.at[key] = where(n)
			if len(words) > 0 {
				*into = d.word(n, key+" of "+target, words...)
			} else {
				*into = d.text(n, key+" of "+target)
			}
		}
	}
	lists := func(key string, into *[]string) func(ast.Node) {
		return func(n ast.Node) { *into = d.texts(n, key+" of "+target, e.at, key); e.at[key] = where(n) }
	}
	d.object(n, target, map[string]func(ast.Node){
		"column":      set("column", &e.Column),
		"columns":     lists("columns", &e.Columns),
		"first":       set("first", &e.First, "valid", "filled"),
		"expr":        set("expr", &e.Expr),
		"type":        set("type", &e.Type, fieldTypes...),
		"decimal":     set("decimal", &e.Decimal, ",", "."),
		"default":     set("default", &e.Default),
		"take":        set("take", &e.Take, "extension"),
		"formats":     lists("formats", &e.Formats),
		"trueValues":  lists("trueValues", &e.TrueValues),
		"falseValues": lists("falseValues", &e.FalseValues),
		"join":        func(n ast.Node) { e.Join, e.at["join"] = d.separator(n, "join of "+target), where(n) },
		"transform":   func(n ast.Node) { e.Transform, e.at["transform"] = d.transforms(n, target), where(n) },
		"timezone":    func(n ast.Node) { e.Timezone, e.at["timezone"] = d.timezone(n, target, e.at), where(n) },
	})
	d.sources(n, &e)
	return e
}

// sources checks that an entry says in one way where its value comes from.
func (d *decoder) sources(n ast.Node, e *Entry) {
	ways := 0
	for _, given := range []bool{e.Column != "", len(e.Columns) > 0, e.Expr != ""} {
		if given {
			ways++
		}
	}
	switch {
	case len(d.faults) > 0:
	case ways == 0 && e.Default == "":
		d.fault(n, "write column, columns, expr or default", "%s does not say where its value comes from", e.Target)
	case ways > 1:
		d.fault(n, "keep one of column, columns and expr", "%s says in several ways where its value comes from", e.Target)
	case len(e.Columns) > 0 && (e.First == "") == (e.Join == nil):
		d.fault(n, `write "first: valid" (the first that can be sent), "first: filled" (the first that is not blank) or "join: ' '" (all of them)`,
			"%s has several columns and needs one rule for them", e.Target)
	case len(e.Columns) == 0 && (e.First != "" || e.Join != nil):
		d.fault(n, `write "columns: [A, B]"`, "%s has no columns to choose from", e.Target)
	}
}

// separator reads a text in which white space counts.
func (d *decoder) separator(n ast.Node, what string) *string {
	s, ok := scalar(n)
	if !ok {
		d.fault(n, "", "%s is a text, this is %s", what, kind(n))
	}
	return &s
}

func (d *decoder) timezone(n ast.Node, target string, at places) Timezone {
	var tz Timezone
	if _, ok := scalar(n); ok {
		tz.Name = d.text(n, "timezone of "+target)
		return tz
	}
	d.object(n, "timezone of "+target, map[string]func(ast.Node){
		"column": func(n ast.Node) { tz.Column = d.text(n, "the timezone's column"); at["timezone.column"] = where(n) },
		"from":   func(n ast.Node) { tz.Name = d.word(n, "from", "phone", "country") },
		"doubt":  func(n ast.Node) { tz.Doubt = d.word(n, "doubt", "earliest", "latest", "campaign") },
	})
	if words := map[string]string{"phone": fromPhone, "country": fromCountry}; words[tz.Name] != "" {
		tz.Name = words[tz.Name]
	}
	if len(d.faults) == 0 && (tz.Name == "") == (tz.Column == "") {
		d.fault(n, `write a name such as Europe/London, {column: Zone}, or {from: phone, doubt: campaign}`, "timezone of %s needs one of column and from", target)
	}
	return tz
}
