package mapping_test

import (
	"testing"
	"time"

	"github.com/campsync/campsync/mapping"
)

func TestReadOneText(t *testing.T) {
	read := map[string]func(string) (string, bool){
		"number.":  func(s string) (string, bool) { return mapping.ReadNumber(s, '.') },
		"number,":  func(s string) (string, bool) { return mapping.ReadNumber(s, ',') },
		"country":  mapping.ReadCountry,
		"currency": mapping.ReadCurrency,
		"bool": func(s string) (string, bool) {
			yes, ok := mapping.ReadBool(s)
			return map[bool]string{true: "yes", false: "no"}[yes], ok
		},
	}
	for _, test := range []struct {
		as, text, want string
		ok             bool
	}{
		{"number.", "1,234.50", "1234.50", true},
		{"number,", "1,234", "1.234", true},
		{"number,", "1.234,5", "1234.5", true},
		{"number.", "1.2.3", "", false},
		{"country", "Deutschland", "DE", true},
		{"country", "Narnia", "", false},
		{"currency", "eur", "EUR", true},
		{"currency", "XX", "", false},
		{"bool", "Ja", "yes", true},
		{"bool", "0", "no", true},
	} {
		if got, ok := read[test.as](test.text); ok != test.ok || got != test.want {
			t.Errorf("%q as %s is %q, %t; want %q, %t", test.text, test.as, got, ok, test.want, test.ok)
		}
	}
	if _, ok := mapping.ReadBool("perhaps"); ok {
		t.Error("perhaps is no word for yes or no")
	}
	if !mapping.IsEmail("a@b.example") || mapping.IsEmail("a@b") || !mapping.IsUUID("6F1E8A2C-0000-4000-8000-000000000001") || mapping.IsUUID("6F1E") {
		t.Error("e-mail addresses and UUIDs are not told from others")
	}
	if got := mapping.Trim("\u00A0 a b\u200B "); got != "a b" {
		t.Errorf("trimmed to %q", got)
	}
}

func TestReadDate(t *testing.T) {
	f, err := mapping.ParseDateFormat("DD/MM/YYYY HH:mm")
	if err != nil || !f.HasTime() || f.String() != "DD/MM/YYYY HH:mm" {
		t.Fatal(f, err)
	}
	for _, test := range []struct {
		text    string
		matches bool
		want    time.Time // zero: there is no such day
	}{
		{"3/4/2024 10:30", true, time.Date(2024, 4, 3, 10, 30, 0, 0, time.UTC)},
		{"31/02/2024 10:30", true, time.Time{}},
		{"03/04/2024", false, time.Time{}},
		{"03/04/2024 10:30:00", false, time.Time{}},
	} {
		got, ok := f.Read(test.text)
		if f.Matches(test.text) != test.matches || ok == test.want.IsZero() || !got.Equal(test.want) {
			t.Errorf("%q is %v, %t", test.text, got, ok)
		}
	}
	if _, err := mapping.ParseDateFormat("DD/MM"); err == nil {
		t.Error("a format without a year is no format")
	}
}

func TestNamedTarget(t *testing.T) {
	for name, want := range map[string]string{
		"phoneNumber": "phoneNumber", "Phone 2": "phoneNumber", "Handynummer": "phoneNumber", "E-mail": "email", "Land": "country",
		"First Name": "firstName", "scheduled_time": "order.scheduledTime", "Fax": "", "": "", "2": "",
	} {
		if got := mapping.NamedTarget(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
