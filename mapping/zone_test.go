package mapping_test

import (
	"testing"
	"time"

	"github.com/campsync/campsync/mapping"
)

// A local time in the zone where the person is.
func TestTimezoneOfThePerson(t *testing.T) {
	for _, test := range []struct{ phone, country, at, zone, want string }{
		{"+442079460958", "", "2026-05-10 14:30", "fromPhone", `{"scheduledTime":"2026-05-10T13:30:00Z","scheduledTimeTimezone":"Europe/London"}`},
		{"+4930901820", "", "2026-05-10 14:30", "fromPhone", `{"scheduledTime":"2026-05-10T12:30:00Z","scheduledTimeTimezone":"Europe/Berlin"}`},
		{"+12125550123", "", "2026-05-10 14:30", "fromPhone", `{"scheduledTime":"2026-05-10T18:30:00Z","scheduledTimeTimezone":"America/New_York"}`},
		{"+12125550123", "", "2026-05-10T14:30:00Z", "fromPhone", `{"scheduledTime":"2026-05-10T14:30:00Z"}`},
		{"+61412345678", "", "2026-05-10 14:30", "fromPhone", "timezone-ambiguous: may be in Australia/Lord_Howe or in Indian/Cocos"},
		{"+61412345678", "", "2026-05-10 14:30", "{from: phone, doubt: earliest}", `{"scheduledTime":"2026-05-10T04:00:00Z","scheduledTimeTimezone":"Australia/Lord_Howe"}`},
		{"+61412345678", "", "2026-05-10 14:30", "{from: phone, doubt: campaign}", `{"scheduledTime":"2026-05-10T12:30:00Z","scheduledTimeTimezone":"Europe/Berlin"}`},
		{"+442079460958", "Spain", "2026-05-10 14:30", "fromCountry", "timezone-ambiguous: may be in Europe/Madrid or in Atlantic/Canary"},
		{"+442079460958", "Spain", "2026-05-10 14:30", "{from: country, doubt: latest}", `{"scheduledTime":"2026-05-10T13:30:00Z","scheduledTimeTimezone":"Atlantic/Canary"}`},
		{"+442079460958", "Germany", "2026-05-10 14:30", "fromCountry", `{"scheduledTime":"2026-05-10T12:30:00Z","scheduledTimeTimezone":"Europe/Berlin"}`},
		{"+442079460958", "", "2026-05-10 14:30", "fromCountry", `{"scheduledTime":"2026-05-10T13:30:00Z","scheduledTimeTimezone":"Europe/London"}`},
		{"+80012345678", "", "2026-05-10 14:30", "fromCountry", "timezone-unknown: is in a time zone that cannot be told from the country"},
		{"+442079460958", "Germany", "2026-03-29 02:30", "fromCountry", "time-skipped: does not exist in Europe/Berlin, where the clocks go forward over it"},
	} {
		m := compile(t, "order.scheduledTime: {column: At, timezone: "+test.zone+"}\nphoneNumber: Phone\ncountry: Country", []string{"Phone", "Country", "At"},
			mapping.RecordType{}, mapping.Env{Timezone: "Europe/Berlin"})
		var c mapping.Contact
		got := ""
		for _, p := range m.Map([]string{test.phone, test.country, test.at}, &c) {
			got += p.Code + ": " + p.Message
		}
		if got == "" {
			got = settings(t, c.Settings)
		}
		if got != test.want {
			t.Errorf("%s %s %s %s: %s, want %s", test.phone, test.country, test.at, test.zone, got, test.want)
		}
	}
}

// Every country has a zone, and every zone can be loaded.
func TestZonesOfCountries(t *testing.T) {
	for _, country := range []string{"GB", "US", "DE", "IN", "BR", "XK", "ZA", "JP", "AX", "BQ", "NL", "NO"} {
		m := compile(t, "order.scheduledTime: {column: At, timezone: {from: country, doubt: earliest}}\nphoneNumber: Phone\ncountry: Country", []string{"Phone", "Country", "At"},
			mapping.RecordType{}, mapping.Env{})
		var c mapping.Contact
		if problems := m.Map([]string{"+442079460958", country, "2026-05-10 14:30"}, &c); len(problems) > 0 || c.Settings.ScheduledTime.Equal(time.Time{}) {
			t.Errorf("%s: %v", country, problems)
		}
	}
}
