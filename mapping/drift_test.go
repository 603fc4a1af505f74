package mapping_test

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/campsync/campsync/mapping"
)

const driftBase = `# Donors of the spring campaign. Ask Ada before you change it.
version: 1
columns:
  name: Name
  # the number that people answer
  phoneNumber: Mobile            # not the fax
  parameters.last_visit:
    column: Last visit
    formats: [DD/MM/YYYY]

  parameters.gift: {columns: [Gift, Gift 2], first: filled}
  order.instructions: {expr: '"Mention " + columns["Shoe size"] + "."'}
filter: 'columns["Consent"] == "yes"'

# Not used:
#   "Tier" (no target has this name)
madeFor:
  recordType: Visitor
  columns:
    - Name
    - Mobile
    - Last visit
    - Gift
    - Gift 2
    - Shoe size
    - Consent
    - Tier
  fields:
    last_visit: date
    gift: decimal

# The end.
`

// What has changed, what is said about it, and what changes in the file.
func TestDrift(t *testing.T) {
	header := "Name|Mobile|Last visit|Gift|Gift 2|Shoe size|Consent|Tier"
	fields := []mapping.Field{{ID: "last_visit", Type: "date"}, {ID: "gift", Type: "decimal"}}
	for _, test := range []struct {
		name, header string
		fields       []mapping.Field
		says, patch  string
	}{
		{name: "nothing", header: header},
		{name: "another order, case and spaces", header: "Tier|NAME| Mobile |Last visit|Gift|Gift 2|Shoe size|Consent"},
		{
			name: "a column is new", header: header + "|Town",
			says: `the column "Town" is new`, patch: "+    - Town",
		},
		{
			name: "a column is new and has a target", header: header + "|E-mail",
			says: `the column "E-mail" is new`, patch: "+  email: E-mail\n+    - E-mail",
		},
		{
			name: "a column is written another way", header: "Name|Mobile|last_visit|Gift|Gift 2|Shoe size|Consent|Tier",
			says:  `the column "Last visit" is now called "last_visit"`,
			patch: "-    column: Last visit\n+    column: last_visit\n-    - Last visit\n+    - last_visit",
		},
		{
			name: "a column has a name that means the same", header: "Name|Cell phone|Last visit|Gift|Gift 2|Shoe size|Consent|Tier",
			says:  `the column "Mobile" is now called "Cell phone"`,
			patch: "-  phoneNumber: Mobile            # not the fax\n+  phoneNumber: Cell phone            # not the fax\n-    - Mobile\n+    - Cell phone",
		},
		{ // it may be the same column, but nobody has said so
			name: "a column may have another name", header: "Name|Mobilee|Last visit|Gift|Gift 2|Shoe size|Consent|Tier",
			says: "the column \"Mobile\" is gone, and phoneNumber used it\nthe column \"Mobilee\" is new",
			patch: "-  phoneNumber: Mobile            # not the fax\n+  #phoneNumber: Mobile            # not the fax\n" +
				"+\n+  # Needed: which column is phoneNumber?\n+  # without a number nobody can be called\n+  # Take the line that is right, without its first #:\n" +
				"+  #phoneNumber: Mobilee\n+  #phoneNumber: Name\n+  #phoneNumber: Last visit\n+  #phoneNumber: Gift\n+  #phoneNumber: Gift 2\n+  #phoneNumber: Shoe size\n+  #phoneNumber: Consent\n+  #phoneNumber: Tier\n" +
				"-    - Mobile\n+    - Mobilee",
		},
		{
			name: "a column is gone", header: "Name|Mobile|Gift|Gift 2|Consent|Tier",
			says:  "the column \"Last visit\" is gone, and parameters.last_visit used it\nthe column \"Shoe size\" is gone, and order.instructions used it",
			patch: "-  parameters.last_visit:\n-    column: Last visit\n-    formats: [DD/MM/YYYY]\n+  #parameters.last_visit:\n+  #  column: Last visit\n+  #  formats: [DD/MM/YYYY]\n-  order.instructions: {expr: '\"Mention \" + columns[\"Shoe size\"] + \".\"'}\n+  #order.instructions: {expr: '\"Mention \" + columns[\"Shoe size\"] + \".\"'}\n-    - Last visit\n-    - Shoe size",
		},
		{ // a filter that cannot be checked is not taken out: more people would be called
			name: "the filter's column is gone", header: "Name|Mobile|Last visit|Gift|Gift 2|Shoe size|Tier",
			says: `the column "Consent" is gone, and the filter used it`, patch: "-    - Consent",
		},
		{
			name: "a field is new and a column has its name", header: header, fields: append([]mapping.Field{{ID: "tier", Type: "text"}}, fields...),
			says: `the field "tier", of type text, is new`, patch: "+  parameters.tier: Tier\n-#   \"Tier\" (no target has this name)\n+    tier: text",
		},
		{
			name: "fields are gone or of another type", header: header, fields: []mapping.Field{{ID: "last_visit", Type: "datetime"}},
			says:  "the field \"last_visit\" was of type date and is of type datetime\nthe field \"gift\" is gone, and the mapping fills it",
			patch: "-  parameters.gift: {columns: [Gift, Gift 2], first: filled}\n+  #parameters.gift: {columns: [Gift, Gift 2], first: filled}\n-    last_visit: date\n-    gift: decimal\n+    last_visit: datetime",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			rt := mapping.RecordType{Name: "Visitor", Fields: fields}
			if test.fields != nil {
				rt.Fields = test.fields
			}
			spec, err := mapping.ParseSpec("mapping.yaml", []byte(driftBase))
			if err != nil {
				t.Fatal(err)
			}
			names := strings.Split(test.header, "|")
			if got := strings.Join(spec.Drift(names, rt), "\n"); got != test.says {
				t.Errorf("says\n%s\nwant\n%s", got, test.says)
			}
			patched := brought(spec, names, rt).Patched()
			if got := changes(driftBase, string(patched)); got != test.patch {
				t.Errorf("changes\n%s\nwant\n%s", got, test.patch)
			}
			again, err := mapping.ParseSpec("again.yaml", patched)
			if err != nil {
				t.Fatalf("%v\n%s", err, patched)
			}
			if got := again.Drift(names, rt); len(got) > 0 {
				t.Errorf("brought up to date, it has drifted: %s", got)
			}
		})
	}
}

// The lines of a file end as they did, also where one was changed in place.
func TestPatchedKeepsLineEnds(t *testing.T) {
	windows := strings.ReplaceAll(driftBase, "\n", "\r\n")
	spec, err := mapping.ParseSpec("mapping.yaml", []byte(windows))
	if err != nil {
		t.Fatal(err)
	}
	rt := mapping.RecordType{Name: "Visitor", Fields: []mapping.Field{{ID: "last_visit", Type: "date"}, {ID: "gift", Type: "decimal"}}}
	header := strings.Split("Name|Cell|Last visit|Gift|Gift 2|Shoe size|Consent|Tier", "|")
	want := strings.ReplaceAll(strings.ReplaceAll(windows, "phoneNumber: Mobile", "phoneNumber: Cell"), "- Mobile", "- Cell")
	if got := string(brought(spec, header, rt).Patched()); got != want {
		t.Errorf("%q, want\n%q", got, want)
	}
}

// brought is the draft that brings a mapping up to date by names alone.
func brought(spec *mapping.Spec, header []string, rt mapping.RecordType) *mapping.Draft {
	var columns []mapping.Column
	for _, name := range header {
		columns = append(columns, mapping.Column{Name: name, Filled: 1})
	}
	return mapping.UpdateDraft(spec, columns, nil, mapping.NewSurvey(), rt, mapping.Env{})
}

// changes are the lines that differ, without those around them.
func changes(old, now string) string {
	var lines []string
	for line := range strings.Lines(string(diff.Diff("a", []byte(old), "b", []byte(now)))) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && strings.Contains("+-", line[:1]) && !strings.HasPrefix(line, "--- ") && !strings.HasPrefix(line, "+++ ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Brought up to date, a mapping has not drifted, can be read, and says nothing
// that it did not say before, but for columns that say it by their names.
func FuzzPatched(f *testing.F) {
	f.Add("Name,Mobile,Gift", "Name,Cell,gift total", true)
	f.Add("Mobile,Mobile,#,- x", "Mobile,: y,Mobile,Mobile", false)
	f.Add("Phone, phone ,PHONE", "phone", true)
	f.Fuzz(func(t *testing.T, before, now string, long bool) {
		if strings.ToValidUTF8(before+now, "") != before+now {
			t.Skip()
		}
		was, header := strings.Split(before, ","), strings.Split(now, ",")
		text := "version: 1\ncolumns:\n"
		for i, name := range was[:min(len(was), 3)] {
			if strings.TrimSpace(name) == "" || i > 0 && strings.Contains(name, "\n") {
				t.Skip()
			}
			line := strings.Split(string((&mapping.Spec{Columns: []mapping.Entry{{Target: []string{"phoneNumber", "name", "email"}[i], Column: name}}}).YAML()), "\n")[2]
			if target, column, ok := strings.Cut(line, ": "); ok && long {
				line = target + ":   # here\n\n    column: " + column
			}
			text += line + "\n"
		}
		made := &mapping.Spec{Columns: []mapping.Entry{{Target: "x", Column: "y"}}, MadeFor: &mapping.MadeFor{Columns: was}}
		_, block, _ := strings.Cut(string(made.YAML()), "madeFor:")
		text += "madeFor:" + block
		spec, err := mapping.ParseSpec("mapping.yaml", []byte(text))
		if err != nil {
			t.Skip(err) // a name that no file has
		}
		patched := brought(spec, header, mapping.RecordType{}).Patched()
		again, err := mapping.ParseSpec("again.yaml", patched)
		if err != nil {
			if strings.Contains(err.Error(), "this is nothing") || strings.Contains(err.Error(), "has no columns") {
				return // nothing of it holds any more
			}
			t.Fatalf("%v\n%s\n%s", err, text, patched)
		}
		if drift := again.Drift(header, mapping.RecordType{}); len(drift) > 0 {
			t.Fatalf("%s\n%s\n%s", drift, text, patched)
		}
	})
}
