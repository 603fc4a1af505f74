package mapping_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/campsync/campsync/mapping"
)

func TestConvert(t *testing.T) {
	colours := mapping.Field{Type: "select", Options: []mapping.Option{{Value: "r", Label: "Red"}, {Value: "g", Label: "Green"}, {Value: "R2", Label: "RED 2"}, {Value: "x", Label: "G"}}}
	for _, test := range []struct {
		field           mapping.Field
		cell, how, want string
	}{
		{mapping.Field{Type: "text"}, "  two  words\u00A0", "", `"two  words"`},
		{mapping.Field{Type: "textarea"}, "a\nb\t\"c\" \\ \x01 ü 😀 \u2028", "", `"a\nb\t\"c\" \\ \u0001 ü 😀"`},
		{mapping.Field{Type: "string"}, "a\xffb", "", "\"a\uFFFDb\""},
		{mapping.Field{Type: "input"}, "='x", "", `"='x"`},
		{mapping.Field{Type: "hologram"}, "x", "", `"x"`},

		{mapping.Field{Type: "bool"}, "Yes", "", "true"},
		{mapping.Field{Type: "bool"}, "NEIN", "", "false"},
		{mapping.Field{Type: "bool"}, "oui", "", "true"},
		{mapping.Field{Type: "bool"}, "Sí", "", "true"},
		{mapping.Field{Type: "bool"}, "não", "", "false"},
		{mapping.Field{Type: "bool"}, "Tak", "", "true"},
		{mapping.Field{Type: "bool"}, "0", "", "false"},
		{mapping.Field{Type: "bool"}, "maybe", "", "bool-invalid: is neither yes nor no"},
		{mapping.Field{Type: "bool"}, "-1", "", "bool-invalid: is neither yes nor no"},
		{mapping.Field{Type: "bool"}, "x", "trueValues: [x]", "true"},
		{mapping.Field{Type: "bool"}, "yes", "trueValues: [x]", "bool-invalid: is neither yes nor no"},
		{mapping.Field{Type: "bool"}, "no", "trueValues: [x]", "false"},
		{mapping.Field{Type: "bool"}, "out", "trueValues: [in], falseValues: [out]", "false"},

		{mapping.Field{Type: "select"}, "anything", "", `"anything"`},
		{colours, "r", "", `"r"`},
		{colours, "Red", "", `"r"`},
		{colours, "red", "", `"r"`},
		{colours, "GREEN", "", `"g"`},
		{colours, "red 2", "", `"R2"`},
		{colours, "G", "", `"x"`},
		{colours, "g", "", `"g"`},
		{colours, "blue", "", "select-unknown: is not one of the choices"},

		{mapping.Field{Type: "currency"}, "eur", "", `"EUR"`},
		{mapping.Field{Type: "currency"}, "€", "", `"EUR"`},
		{mapping.Field{Type: "currency"}, "VES", "", `"VES"`},
		{mapping.Field{Type: "currency"}, "$", "", "currency-unknown: is no currency code of ISO 4217"},
		{mapping.Field{Type: "currency"}, "DEM", "", "currency-unknown: is no currency code of ISO 4217"},

		{mapping.Field{Type: "country"}, "de", "", `"DE"`},
		{mapping.Field{Type: "country"}, "DEU", "", `"DE"`},
		{mapping.Field{Type: "country"}, "Deutschland", "", `"DE"`},
		{mapping.Field{Type: "country"}, "Allemagne", "", `"DE"`},
		{mapping.Field{Type: "country"}, "niemcy", "", `"DE"`},
		{mapping.Field{Type: "country"}, "UK", "", `"GB"`},
		{mapping.Field{Type: "country"}, "U.S.A.", "", `"US"`},
		{mapping.Field{Type: "country"}, "England", "", `"GB"`},
		{mapping.Field{Type: "country"}, "Holland", "", `"NL"`},
		{mapping.Field{Type: "country"}, "Czech Republic", "", `"CZ"`},
		{mapping.Field{Type: "country"}, "Viet Nam", "", `"VN"`},
		{mapping.Field{Type: "country"}, "Türkei", "", `"TR"`},
		{mapping.Field{Type: "country"}, "Côte d'Ivoire", "", `"CI"`},
		{mapping.Field{Type: "country"}, "Österreich", "", `"AT"`},
		{mapping.Field{Type: "country"}, "Ελλάδα", "", `"GR"`},
		{mapping.Field{Type: "country"}, "日本", "", `"JP"`},
		{mapping.Field{Type: "country"}, "Korea", "", `"KR"`},
		{mapping.Field{Type: "country"}, "XK", "", `"XK"`},
		{mapping.Field{Type: "country"}, "Saint Kitts and Nevis", "", `"KN"`},
		{mapping.Field{Type: "country"}, "Bolivia, Plurinational State of", "", `"BO"`},
		{mapping.Field{Type: "country"}, "Congo", "", "country-unknown: is no country that is known"},
		{mapping.Field{Type: "country"}, "Congo (DRC)", "", "country-unknown: is no country that is known"},
		{mapping.Field{Type: "country"}, "Yugoslavia", "", "country-unknown: is no country that is known"},
		{mapping.Field{Type: "country"}, "SU", "", "country-unknown: is no country that is known"},
		{mapping.Field{Type: "country"}, "ZZ", "", "country-unknown: is no country that is known"},
		{mapping.Field{Type: "country"}, "?!", "", "country-unknown: is no country that is known"},

		{mapping.Field{Type: "text"}, "1.234,50", `type: decimal, decimal: ","`, `"1234.50"`},
		{mapping.Field{Type: "text"}, "ja", "type: bool", `"true"`},
		{mapping.Field{Type: "text"}, "020 7946 0958 ext. 12", "take: extension", ``},
		{mapping.Field{Type: "text"}, "+44 20 7946 0958 ext. 12", "take: extension", `"12"`},

		{mapping.Field{Type: "text", Required: true}, "", "", "required: is blank, and the record type requires x"},
		{mapping.Field{Type: "text", Required: true, Default: "d"}, " ", "", `"d"`},
		{mapping.Field{Type: "number", Default: "1.250"}, "", "", "1.250"},
		{mapping.Field{Type: "number", Default: "1.250"}, "", `decimal: ",", default: "2.5"`, "2.5"},
		{mapping.Field{Type: "number", Default: "many"}, "", "", ""},
		{mapping.Field{Type: "text"}, "", "default: none", `"none"`},
		{mapping.Field{Type: "decimal", Validation: `^\d+\.\d\d$`, Error: "two digits after the point"}, "12,50", "", "12.50"},
		{mapping.Field{Type: "decimal", Validation: `^\d+\.\d\d$`, Error: "two digits after the point"}, "12,5", "", "validation: does not fit: two digits after the point"},
		{mapping.Field{Type: "text", Validation: `^(?!x)\w+$`}, "xy", "", `validation: does not match the rule of x, ^(?!x)\w+$`},
		{mapping.Field{Type: "text", Validation: `b`}, "abc", "", `"abc"`},
		{mapping.Field{Type: "text", Validation: `b`}, "", "", ``},
	} {
		if got := sent(t, test.field, test.how, test.cell); got != test.want {
			t.Errorf("%s %q {%s}: sent %s, want %s", test.field.Type, test.cell, test.how, got, test.want)
		}
	}
}

// base maps one cell to a target that is no parameter.
func base(t testing.TB, target, cell string) string {
	t.Helper()
	m := compile(t, "phoneNumber: Phone\n"+target+": Cell", []string{"Phone", "Cell"}, mapping.RecordType{}, mapping.Env{})
	var c mapping.Contact
	for _, p := range m.Map([]string{"+442079460958", cell}, &c) {
		return p.Code + ": " + p.Message
	}
	if c.Settings != nil {
		return settings(t, c.Settings)
	}
	var record map[string]any
	if err := json.Unmarshal(c.Record, &record); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(record[target])
}

func TestBaseTargets(t *testing.T) {
	for _, test := range []struct{ target, cell, want string }{
		{"firstName", " Ann\u00A0", `Ann`},
		{"lastName", "O'Neil", `O'Neil`},
		{"name", "", `<nil>`},
		{"email", " Ann.Lee+x@Example.co.uk ", `Ann.Lee+x@Example.co.uk`},
		{"email", "ann@müller.de", `ann@müller.de`},
		{"email", "ann", "email-invalid: has no @"},
		{"email", "a@b@c.de", "email-invalid: has more than one @"},
		{"email", "@b.de", "email-invalid: has nothing before the @"},
		{"email", "a@localhost", "email-invalid: has no complete domain after the @"},
		{"email", "a@b..de", "email-invalid: has no complete domain after the @"},
		{"email", "a b@c.de", "email-invalid: has a character that an e-mail address cannot have"},
		{"email", "a@b.de, c@d.de", "email-invalid: has more than one @"},
		{"country", "Italia", `IT`},

		{"order.durationSeconds", "90", `{"scheduledDurationSeconds":90}`},
		{"order.durationSeconds", "5m", `{"scheduledDurationSeconds":300}`},
		{"order.durationSeconds", "1h30m", `{"scheduledDurationSeconds":5400}`},
		{"order.durationSeconds", "5 min", `{"scheduledDurationSeconds":300}`},
		{"order.durationSeconds", "2 hours 10 seconds", `{"scheduledDurationSeconds":7210}`},
		{"order.durationSeconds", "00:05:00", `{"scheduledDurationSeconds":300}`},
		{"order.durationSeconds", "05:00", "duration-ambiguous: may be 5m0s or 5h0m"},
		{"order.durationSeconds", "00:65:00", "duration-invalid: is no duration"},
		{"order.durationSeconds", "-5", "duration-invalid: is no duration of a call"},
		{"order.durationSeconds", "long", "duration-invalid: is no duration"},
		{"order.durationSeconds", "99999999999999999999", "duration-invalid: is no duration of a call"},
		{"order.price", "€ 12,50", `{"price":12.50}`},
		{"order.price", "1.234", "number-ambiguous: may be 1.234 or 1234"},
		{"order.currencyCode", "usd", `{"currencyCode":"USD"}`},
		{"order.instructions", "Say \"hi\".", `{"instructions":"Say \"hi\"."}`},
		{"order.timezone", "Europe/Paris", `{"scheduledTimeTimezone":"Europe/Paris"}`},
		{"order.timezone", "Local", "timezone-unknown: is no time zone"},
		{"order.timezone", "../etc/passwd", "timezone-unknown: is no time zone"},
		{"order.scheduledTime", "2026-05-10 14:30", `{"scheduledTime":"2026-05-10T14:30:00Z","scheduledTimeTimezone":"UTC"}`},
		{"order.scheduledTime", "2026-05-10T14:30:00+02:00", `{"scheduledTime":"2026-05-10T12:30:00Z"}`},
		{"order.scheduledTime", "2026-05-10", "date-invalid: has no time of day"},
	} {
		if got := base(t, test.target, test.cell); got != test.want {
			t.Errorf("%s %q: sent %s, want %s", test.target, test.cell, got, test.want)
		}
	}
}
