package mapping_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/campsync/campsync/mapping"
)

func TestDate(t *testing.T) {
	for _, test := range []struct{ cell, how, want string }{
		{"2024-03-04", "", `"2024-03-04"`},
		{"2024/3/4", "", `"2024-03-04"`},
		{"2024-03-04", "formats: [DD/MM/YYYY]", `"2024-03-04"`},
		{"2024-03-04 00:00:00", "", `"2024-03-04"`},
		{"2024-03-04T00:00:00Z", "", `"2024-03-04"`},
		{"2024-03-04 15:30", "", "date-invalid: has a time of day, which a date cannot keep"},
		{"2024-03-04 15:30", `formats: ["YYYY-MM-DD HH:mm"]`, `"2024-03-04"`},
		{"2024-03-04 15:30", `formats: [DD/MM/YYYY]`, "date-invalid: has a time of day, which a date cannot keep"},

		{"03/04/2024", "", "date-ambiguous: may be 2024-04-03 or 2024-03-04"},
		{"3.4.2024", "", "date-ambiguous: may be 2024-04-03 or 2024-03-04"},
		{"03/03/2024", "", `"2024-03-03"`},
		{"25/12/2024", "", `"2024-12-25"`},
		{"12/25/2024", "", `"2024-12-25"`},
		{"03/04/2024", "formats: [DD/MM/YYYY]", `"2024-04-03"`},
		{"3/4/2024", "formats: [DD/MM/YYYY]", `"2024-04-03"`},
		{"03/04/2024", "formats: [MM/DD/YYYY]", `"2024-03-04"`},
		{"03/04/2024", "formats: [DD/MM/YYYY, MM/DD/YYYY]", "date-ambiguous: may be 2024-04-03 or 2024-03-04"},
		{"12/25/2024", "formats: [DD/MM/YYYY]", "date-invalid: is no date in the form DD/MM/YYYY"},

		{"4 March 2024", "", `"2024-03-04"`},
		{"Mar 4, 2024", "", `"2024-03-04"`},
		{"4. März 2024", "", `"2024-03-04"`},
		{"4 août 2024", "", `"2024-08-04"`},
		{"4 grudnia 2024", "", `"2024-12-04"`},
		{"04-ENE-2024", "", `"2024-01-04"`},
		{"04-Okt-24", "formats: [DD-MMM-YY]", `"2024-10-04"`},
		{"04.03.69", "formats: [DD.MM.YY]", `"1969-03-04"`},
		{"04.03.68", "formats: [DD.MM.YY]", `"2068-03-04"`},
		{"20240304", "formats: [YYYYMMDD]", `"2024-03-04"`},
		{"20240304", "", "date-invalid: is no date that can be read"},
		{"04/03/24", "", "date-invalid: is no date that can be read"},
		{"4 de março de 2024", `formats: ["D [de] MMMM [de] YYYY"]`, `"2024-03-04"`},

		{"2024-02-30", "", "date-invalid: is no date that can be read"},
		{"2024-02-29", "", `"2024-02-29"`},
		{"2023-02-29", "", "date-invalid: is no date that can be read"},
		{"0000-01-01", "", "date-invalid: is no date that can be read"},
		{"45355", "", "date-invalid: is no date but a spreadsheet's number of a day"},
		{"soon", "", "date-invalid: is no date that can be read"},
	} {
		if got := sent(t, mapping.Field{Type: "date"}, test.how, test.cell); got != test.want {
			t.Errorf("%q {%s}: sent %s, want %s", test.cell, test.how, got, test.want)
		}
	}
}

// The campaign is in Berlin.
func TestDatetime(t *testing.T) {
	for _, test := range []struct{ cell, how, want string }{
		{"2024-03-04T15:30:00Z", "", `"2024-03-04T15:30:00Z"`},
		{"2024-03-04T15:30:00+02:00", "", `"2024-03-04T13:30:00Z"`},
		{"2024-03-04 15:30:00.250 -0500", "", `"2024-03-04T20:30:00.25Z"`},
		{"2024-03-04 15:30", "", `"2024-03-04T14:30:00Z"`},
		{"2024-07-04 15:30", "", `"2024-07-04T13:30:00Z"`},
		{"2024-07-04 3:30 pm", "", `"2024-07-04T13:30:00Z"`},
		{"2024-07-04 12:05 a. m.", "", `"2024-07-03T22:05:00Z"`},
		{"2024-07-04 15:30", "timezone: America/New_York", `"2024-07-04T19:30:00Z"`},
		{"25/12/2024 08:00", "", `"2024-12-25T07:00:00Z"`},
		{"03/04/2024 08:00", "", "date-ambiguous: may be 2024-04-03 08:00 or 2024-03-04 08:00"},
		{"03/04/2024 08:00", `formats: ["DD/MM/YYYY HH:mm"]`, `"2024-04-03T06:00:00Z"`},
		{"03/04/2024 08:00 PM", `formats: ["MM/DD/YYYY hh:mm A"]`, `"2024-03-04T19:00:00Z"`},
		{"03/04/2024 13:00 PM", `formats: ["MM/DD/YYYY hh:mm A"]`, "date-invalid: is no date in the form MM/DD/YYYY hh:mm A"},
		{"03/04/2024", `formats: [DD/MM/YYYY]`, `"2024-04-02T22:00:00Z"`},
		{"2024-03-04", "", "date-invalid: has no time of day"},
		{"2024-03-04 24:00", "", "date-invalid: is no date that can be read"},
		{"2024-03-31 02:30", "", "time-skipped: does not exist in Europe/Berlin, where the clocks go forward over it"},
		{"2024-03-31 03:00", "", `"2024-03-31T01:00:00Z"`},
		{"2024-10-27 02:30", "", "time-twice: happens twice in Europe/Berlin, where the clocks go back over it"},
		{"2024-10-27 02:30 +01:00", "", `"2024-10-27T01:30:00Z"`},
		{"2024-10-27 03:00", "", `"2024-10-27T02:00:00Z"`},
		{"2024-10-27 01:59", "", `"2024-10-26T23:59:00Z"`},
	} {
		if got := sent(t, mapping.Field{Type: "datetime"}, test.how, test.cell); got != test.want {
			t.Errorf("%q {%s}: sent %s, want %s", test.cell, test.how, got, test.want)
		}
	}
}

// Whatever is taken for a local time is that time again in its zone, and the
// only instant that is.
func TestDatetimeProperty(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "UTC"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		m := compile(t, "phoneNumber: Phone\nparameters.x: {column: Cell, timezone: "+zone+"}", []string{"Phone", "Cell"},
			mapping.RecordType{Fields: []mapping.Field{{ID: "x", Type: "datetime"}}}, mapping.Env{})
		for at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() == 2024; at = at.Add(30 * time.Minute) {
			if at.Month() != time.March && at.Month() != time.April && at.Month() != time.October && at.Month() != time.November {
				continue // no zone here changes its clocks in other months
			}
			local := at.Format("2006-01-02 15:04")
			instants := 0
			for offset := -15 * time.Hour; offset <= 15*time.Hour; offset += 30 * time.Minute {
				instant := at.Add(offset)
				if _, east := instant.In(loc).Zone(); instant.Unix()+int64(east) == at.Unix() {
					instants++
				}
			}
			got := sentBy(t, m, []string{"+442079460958", local})
			var instant time.Time
			if err := json.Unmarshal([]byte(got), &instant); (err == nil) != (instants == 1) {
				t.Fatalf("%s in %s is %d instants, and became %s", local, zone, instants, got)
			}
			if instants == 1 && instant.In(loc).Format("2006-01-02 15:04") != local {
				t.Fatalf("%s in %s became %s", local, zone, got)
			}
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2024-03-04", "03/04/2024 10:00", "4. März 2024", "Mar 4, 2024 3 PM", "2024-03-04T15:30:00.123456789+02:00", "99/99/9999", "\xff/1/2024"} {
		f.Add(s)
	}
	rt := mapping.RecordType{Fields: []mapping.Field{{ID: "x", Type: "date"}, {ID: "y", Type: "datetime"}, {ID: "z", Type: "date"}}}
	m := compile(f, "phoneNumber: Phone\nparameters.x: Cell\nparameters.y: Cell\nparameters.z: {column: Cell, formats: [DD/MM/YYYY, D MMMM YY, \"YYYYMMDD HH:mm:ss Z\"]}",
		[]string{"Phone", "Cell"}, rt, mapping.Env{})
	f.Fuzz(func(t *testing.T, cell string) {
		var c mapping.Contact
		m.Map([]string{"+442079460958", cell}, &c)
		var record struct{ Parameters map[string]string }
		if err := json.Unmarshal(c.Record, &record); err != nil {
			t.Fatalf("%q became %s: %v", cell, c.Record, err)
		}
		for id, layout := range map[string]string{"x": "2006-01-02", "y": time.RFC3339, "z": "2006-01-02"} {
			if v, ok := record.Parameters[id]; ok {
				if _, err := time.Parse(layout, v); err != nil {
					t.Fatalf("%q became %s, which is no time: %v", cell, v, err)
				}
			}
		}
	})
}
