package mapping_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/campsync/campsync/mapping"
)

const everything = `version: 1
identity: parameters.nr
sharedNumbers: allow
region: GB
columns:
  phoneNumber: {columns: [Mobile, "Tel: home"], first: valid}
  firstName: {column: "Name #1", transform: [trim, {split: ", ", part: 2..}, title]}
  lastName: {column: " spaced ", transform: [{replace: {"-": " ", "\t": ""}}, {lookup: {a: b, "true": "no"}, otherwise: keep}]}
  name: {columns: [A, B], join: " "}
  parameters.nr: "007"
  parameters.ext: {column: Mobile, take: extension}
  parameters.note: {expr: '"a: " + columns["true"]', default: "null"}
  parameters.ok: {column: "yes", type: bool, trueValues: [x, "1"], falseValues: ["~"]}
  parameters.when: {column: 2024-01-01, type: datetime, formats: ["DD/MM/YYYY HH:mm", "D [de] MMMM YYYY"], timezone: Europe/London}
  order.price: {column: "12", decimal: ","}
  order.scheduledTime: {column: At, timezone: {from: phone, doubt: earliest}}
  parameters.then: {column: At, type: datetime, timezone: {column: Zone}}
filter: 'columns["Consent"] == "yes"'
onBlank: clear
madeFor:
  recordType: "Donor: #1"
  columns:
    - Mobile
    - "yes"
    - ""
    - "12"
  fields:
    nr: text
    "null": decimal
`

var exported = cmpopts.IgnoreUnexported(mapping.Spec{}, mapping.Entry{}, mapping.Transform{})

func TestYAMLRoundTrip(t *testing.T) {
	spec, err := mapping.ParseSpec("mapping.yaml", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, spec)
}

func roundTrip(t *testing.T, spec *mapping.Spec) {
	t.Helper()
	text := spec.YAML()
	again, err := mapping.ParseSpec("again.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(spec, again, exported); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
}

// A mapping file is the same whatever the end of its lines, and with the mark
// that some editors put at its beginning.
func TestLineEnds(t *testing.T) {
	want, err := mapping.ParseSpec("mapping.yaml", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	crlf := "\uFEFF"
	for _, r := range everything {
		if r == '\n' {
			crlf += "\r"
		}
		crlf += string(r)
	}
	got, err := mapping.ParseSpec("mapping.yaml", []byte(crlf))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, exported); diff != "" {
		t.Error(diff)
	}
	_, err = mapping.ParseSpec("mapping.yaml", []byte("# one\r\nversion: 1\r\n# three\r\ncolums: {}\r\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "mapping.yaml:4:1: unknown key") {
		t.Error(err)
	}
}

func TestProposalRoundTrip(t *testing.T) {
	spec, _, err := mapping.Propose([]string{"E-Mail: work", "Phone", "yes", "first name", "# land", "Country"}, mapping.RecordType{Fields: []mapping.Field{{ID: "yes"}}})
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, spec)
}

func FuzzYAML(f *testing.F) {
	f.Add("Name #1: \t\"x\"", "a, b]", "= 1 }")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, s := range []*string{&a, &b, &c} {
			if *s = strings.TrimSpace(strings.ToValidUTF8(*s, "")); *s == "" {
				*s = "x"
			}
		}
		roundTrip(t, &mapping.Spec{Version: 1, Columns: []mapping.Entry{
			{Target: "phoneNumber", Column: a},
			{Target: "parameters." + b, Columns: []string{b, c}, Join: &c, Default: a, Transform: []mapping.Transform{{Name: "lookup", Table: [][2]string{{a, b}}}}},
		}})
	})
}
