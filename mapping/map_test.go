package mapping_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/campsync/campsync/mapping"
)

func settings(t testing.TB, s *mapping.Settings) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back mapping.Settings
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(&back, s) {
		t.Fatalf("settings do not survive JSON: %s: %v", b, err)
	}
	return string(b)
}

func TestMap(t *testing.T) {
	donor := mapping.RecordType{Name: "Donor", Fields: []mapping.Field{
		{ID: "amount", Type: "decimal", Title: "Donation"},
		{ID: "city", Type: "text"},
		{ID: "lang", Type: "text", Default: "en"},
		{ID: "vip", Type: "bool", Default: "no"},
	}}
	for _, test := range []struct {
		name    string
		mapping string // without the version
		header  string
		cells   string
		env     mapping.Env
		record  string
		check   func(*testing.T, mapping.Contact)
		wrong   []string
	}{
		{
			name:    "base fields come in a fixed order, parameters in the mapping's, defaults last",
			mapping: "region: GB\ncolumns:\n  parameters.city: City\n  parameters.amount: Amount\n  phoneNumber: Phone\n  firstName: First\n",
			header:  "First,Phone,Amount,City", cells: "Ann,020 7946 0958,12.50,York",
			record: `{"firstName":"Ann","phoneNumber":"+442079460958","parameters":{"city":"York","amount":12.50,"lang":"en","vip":false}}`,
		},
		{
			name:    "blank cells are left out, a row may be short",
			mapping: "region: GB\ncolumns:\n  phoneNumber: Phone\n  firstName: First\n  parameters.city: City\n  parameters.lang: Lang\n  parameters.vip: VIP\n",
			header:  "Phone,First,City,Lang,VIP", cells: "020 7946 0958,",
			record: `{"phoneNumber":"+442079460958","parameters":{"lang":"en","vip":false}}`,
			check: func(t *testing.T, c mapping.Contact) {
				if want := []string{"firstName", "parameters.city", "parameters.lang", "parameters.vip"}; !slices.Equal(c.Blank, want) {
					t.Errorf("blank %q, want %q", c.Blank, want)
				}
			},
		},
		{
			name:    "a number is read in the country of its row",
			mapping: "region: GB\ncolumns: {phoneNumber: Phone, country: Land}\n",
			header:  "Phone,Land", cells: "030 901820,Deutschland",
			record: `{"phoneNumber":"+4930901820","country":"DE","parameters":{"lang":"en","vip":false}}`,
			check:  func(t *testing.T, c mapping.Contact) { equal(t, "region", c.Region, "DE") },
		},
		{
			name:    "the region of the run comes before the mapping's",
			mapping: "region: GB\ncolumns: {phoneNumber: Phone}\n",
			header:  "Phone", cells: "030 901820", env: mapping.Env{Region: "de"},
			record: `{"phoneNumber":"+4930901820","parameters":{"lang":"en","vip":false}}`,
		},
		{
			name:    "an unknown country rejects the row, and all else is said too",
			mapping: "region: GB\ncolumns: {phoneNumber: Phone, country: Land, parameters.amount: Amount}\n",
			header:  "Phone,Land,Amount", cells: "020 7946 0958,Atlantis,much",
			check: func(t *testing.T, c mapping.Contact) { equal(t, "key", c.Key, "+442079460958") },
			wrong: []string{
				`"Land": Atlantis is no country that is known; write its two letters, such as GB or US`,
				`"Amount": much is no number`,
			},
		},
		{
			name:    "the first number that is valid",
			mapping: "region: GB\ncolumns:\n  phoneNumber: {columns: [Mobile, Phone], first: valid}\n",
			header:  "Mobile,Phone", cells: "12,020 7946 0958",
			record: `{"phoneNumber":"+442079460958","parameters":{"lang":"en","vip":false}}`,
		},
		{
			name:    "none is valid: each says why",
			mapping: "region: GB\ncolumns:\n  phoneNumber: {columns: [Mobile, Phone], first: valid}\n",
			header:  "Mobile,Phone", cells: "4.47911E+11,0000",
			wrong: []string{`"Mobile": 4.47911E+11 has lost digits`, `"Phone": 0000 `},
		},
		{
			name:    "the first that is filled stands or falls",
			mapping: "region: GB\ncolumns:\n  phoneNumber: {columns: [Mobile, Phone], first: filled}\n",
			header:  "Mobile,Phone", cells: "0000,020 7946 0958",
			wrong: []string{`"Mobile": 0000 `},
		},
		{
			name:    "no number",
			mapping: "columns:\n  phoneNumber: {columns: [Mobile, Phone], first: filled}\n",
			header:  "Mobile,Phone", cells: ",",
			wrong: []string{`"Mobile": is blank, and so is "Phone", and without a number nobody can be called`},
		},
		{
			name:    "several columns joined",
			mapping: "region: GB\ncolumns:\n  phoneNumber: Phone\n  name: {columns: [First, Middle, Last], join: ' '}\n",
			header:  "Phone,First,Middle,Last", cells: "020 7946 0958,Ann,,Lee",
			record: `{"name":"Ann Lee","phoneNumber":"+442079460958","parameters":{"lang":"en","vip":false}}`,
		},
		{
			name:    "an extension goes to a parameter, damage that lost nothing is mended",
			mapping: "region: GB\ncolumns:\n  phoneNumber: Phone\n  parameters.city: {column: Phone, take: extension}\n",
			header:  "Phone", cells: "'020 7946 0958 ext. 77",
			record: `{"phoneNumber":"+442079460958","parameters":{"city":"77","lang":"en","vip":false}}`,
			check: func(t *testing.T, c mapping.Contact) {
				if want := []mapping.Mended{{Field: "phoneNumber", Column: "Phone", Code: "apostrophe"}}; !slices.Equal(c.Mended, want) {
					t.Errorf("mended %+v, want %+v", c.Mended, want)
				}
			},
		},
		{
			name:    "columns are found whatever their case",
			mapping: "region: GB\ncolumns: {phoneNumber: ' phone '}\n",
			header:  "PHONE", cells: "020 7946 0958",
			record: `{"phoneNumber":"+442079460958","parameters":{"lang":"en","vip":false}}`,
		},
		{
			name:    "the identity is an e-mail address, whatever its case",
			mapping: "identity: email\nregion: GB\ncolumns: {phoneNumber: Phone, email: Mail}\n",
			header:  "Phone,Mail", cells: "020 7946 0958,Ann@Example.com",
			record: `{"email":"Ann@Example.com","phoneNumber":"+442079460958","parameters":{"lang":"en","vip":false}}`,
			check:  func(t *testing.T, c mapping.Contact) { equal(t, "key", c.Key, "ann@example.com") },
		},
		{
			name:    "an identity that is blank",
			mapping: "identity: email\nregion: GB\ncolumns: {phoneNumber: Phone, email: Mail}\n",
			header:  "Phone,Mail", cells: "020 7946 0958,",
			wrong: []string{`"Mail": is blank, and nothing says who the person is; fill it in`},
		},
		{
			name:    "an identity that is wrong is said once",
			mapping: "identity: email\nregion: GB\ncolumns: {phoneNumber: Phone, email: Mail}\n",
			header:  "Phone,Mail", cells: "020 7946 0958,ann",
			wrong: []string{`"Mail": ann has no @`},
		},
		{
			name:    "the identity is a parameter, as it is sent",
			mapping: "identity: parameters.amount\nregion: GB\ncolumns: {phoneNumber: Phone, parameters.amount: Nr}\n",
			header:  "Phone,Nr", cells: "020 7946 0958,007",
			record: `{"phoneNumber":"+442079460958","parameters":{"amount":7,"lang":"en","vip":false}}`,
			check:  func(t *testing.T, c mapping.Contact) { equal(t, "key", c.Key, "7") },
		},
		{
			name:    "the record type's default is nobody's identity",
			mapping: "identity: parameters.lang\nregion: GB\ncolumns: {phoneNumber: Phone, parameters.lang: Lang}\n",
			header:  "Phone,Lang", cells: "020 7946 0958,",
			wrong: []string{`"Lang": is blank, and nothing says who the person is`},
		},
		{
			name:    "the identity is the record: no number is needed, no default is sent",
			mapping: "identity: recordUuid\ncolumns: {firstName: First}\n",
			header:  "Record UUID,First", cells: "3F2504E0-4F89-41D3-9A0C-0305E82C3301,Ann",
			record: `{"firstName":"Ann"}`,
			check: func(t *testing.T, c mapping.Contact) {
				equal(t, "key", c.Key, "3f2504e0-4f89-41d3-9a0c-0305e82c3301")
				equal(t, "record", c.RecordUUID, c.Key)
				equal(t, "phone", c.Phone, "")
			},
		},
		{
			name:    "a malformed record UUID",
			mapping: "identity: recordUuid\ncolumns: {recordUuid: Id}\n",
			header:  "Id", cells: "17",
			wrong: []string{`"Id": 17 is no UUID`},
		},
		{
			name: "order settings",
			mapping: "region: GB\ncolumns:\n  phoneNumber: Phone\n  order.scheduledTime: {column: At, formats: [\"DD/MM/YYYY HH:mm\"], timezone: {column: Zone}}\n" +
				"  order.durationSeconds: For\n  order.price: {column: Price, decimal: \",\"}\n  order.currencyCode: Currency\n  order.instructions: Say\n",
			header: "Phone,At,Zone,For,Price,Currency,Say", cells: "020 7946 0958,10/05/2026 16:30,Europe/Berlin,5m,\"1.200,50\",eur,Be brief",
			env: mapping.Env{Timezone: "America/New_York"},
			check: func(t *testing.T, c mapping.Contact) {
				equal(t, "settings", settings(t, c.Settings), `{"scheduledTime":"2026-05-10T14:30:00Z","scheduledTimeTimezone":"Europe/Berlin","scheduledDurationSeconds":300,"price":1200.50,"currencyCode":"EUR","instructions":"Be brief"}`)
			},
		},
		{
			name:    "the zone of the row, else the campaign's",
			mapping: "region: GB\ncolumns:\n  phoneNumber: Phone\n  order.scheduledTime: At\n  order.timezone: Zone\n",
			header:  "Phone,At,Zone", cells: "020 7946 0958,2026-05-10 16:30,",
			env: mapping.Env{Timezone: "America/New_York"},
			check: func(t *testing.T, c mapping.Contact) {
				equal(t, "settings", settings(t, c.Settings), `{"scheduledTime":"2026-05-10T20:30:00Z","scheduledTimeTimezone":"America/New_York"}`)
			},
		},
		{
			name:    "the zone of the row",
			mapping: "region: GB\ncolumns:\n  order.scheduledTime: At\n  order.timezone: Zone\n  phoneNumber: Phone\n",
			header:  "Phone,At,Zone", cells: "020 7946 0958,2026-05-10 16:30,Europe/Berlin",
			env: mapping.Env{Timezone: "America/New_York"},
			check: func(t *testing.T, c mapping.Contact) {
				equal(t, "settings", settings(t, c.Settings), `{"scheduledTime":"2026-05-10T14:30:00Z","scheduledTimeTimezone":"Europe/Berlin"}`)
			},
		},
		{
			name:    "defaults count as if the cells said them: the region of the number, the zone of the time, the time",
			mapping: "columns:\n  phoneNumber: Phone\n  country: {column: Land, default: Germany}\n  order.timezone: {default: Europe/Paris}\n  order.scheduledTime: {column: At, default: 2026-05-10 16:30}\n",
			header:  "Phone,Land,At", cells: "030 901820,,2026-05-10 12:00",
			record: `{"phoneNumber":"+4930901820","country":"DE","parameters":{"lang":"en","vip":false}}`,
			check: func(t *testing.T, c mapping.Contact) {
				equal(t, "settings", settings(t, c.Settings), `{"scheduledTime":"2026-05-10T10:00:00Z","scheduledTimeTimezone":"Europe/Paris"}`)
			},
		},
		{
			name:    "a default time is one for all, in the campaign's zone unless it says its offset",
			mapping: "region: GB\ncolumns:\n  phoneNumber: Phone\n  order.scheduledTime: {column: At, default: 2026-05-10 16:30}\n",
			header:  "Phone,At", cells: "020 7946 0958,", env: mapping.Env{Timezone: "Europe/Berlin"},
			check: func(t *testing.T, c mapping.Contact) {
				equal(t, "settings", settings(t, c.Settings), `{"scheduledTime":"2026-05-10T14:30:00Z","scheduledTimeTimezone":"Europe/Berlin"}`)
			},
		},
		{
			name:    "a wrong zone is a problem of the time too",
			mapping: "region: GB\ncolumns:\n  phoneNumber: Phone\n  order.scheduledTime: {column: At, timezone: {column: Zone}}\n",
			header:  "Phone,At,Zone", cells: "020 7946 0958,2026-05-10 16:30,Mars",
			wrong: []string{`"At": 2026-05-10 16:30 is in no time zone that is known: Mars; write an IANA name, such as Europe/London`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := compileText("version: 1\n"+test.mapping, strings.Split(test.header, ","), donor, test.env)
			if err != nil {
				t.Fatal(err)
			}
			var c mapping.Contact
			problems := m.Map(cut(test.cells), &c)
			if len(problems) != len(test.wrong) {
				t.Fatalf("problems %v, want %v", problems, test.wrong)
			}
			for i, p := range problems {
				if !strings.HasPrefix(p.String(), test.wrong[i]) {
					t.Errorf("problem %s, want %s", p, test.wrong[i])
				}
			}
			if test.record != "" {
				equal(t, "record", string(c.Record), test.record)
			}
			if test.check != nil {
				test.check(t, c)
			}
		})
	}
}

// The mapping file of the manual.
func TestExample(t *testing.T) {
	const file = `version: 1
identity: phoneNumber            # sharedNumbers: allow, where several people may have one number
region: GB                       # for numbers without a country
columns:                         # target: how to get it
  firstName: First Name          # a column
  lastName: {column: Surname, transform: [trim, title]}
  name: {expr: 'firstName + " " + lastName'}
  phoneNumber: {columns: [Mobile, Phone], first: valid}
  country: {column: Country, transform: [countryCode]}
  parameters.amount: {column: Donation, type: decimal, decimal: ","}
  parameters.last_visit: {column: Last visit, type: date, formats: [DD/MM/YYYY]}
  order.scheduledTime: {column: Call at, formats: ["DD/MM/YYYY HH:mm"], timezone: fromPhone}
  order.instructions: {expr: '"Mention " + columns["Product"] + "."'}
filter: 'columns["Consent"] == "yes"'
onBlank: keep                    # keep | clear | error: what an empty cell does to a value that exists
`
	header := strings.Split("First Name,Surname,Mobile,Phone,Country,Donation,Last visit,Call at,Product,Consent", ",")
	m, err := compileText(file, header, mapping.RecordType{Parameters: mapping.Free}, mapping.Env{})
	if err != nil {
		t.Fatal(err)
	}
	var c mapping.Contact
	cells := []string{"Ludwig", "VAN DER BERG", "", "020 7946 0958", "England", "1.234,50", "03/04/2024", "10/05/2026 14:30", "tea", "yes"}
	if problems := m.Map(cells, &c); len(problems) > 0 || c.Filtered {
		t.Fatalf("%v, filtered %v", problems, c.Filtered)
	}
	equal(t, "key", c.Key, "+442079460958")
	equal(t, "record", string(c.Record), `{"name":"Ludwig van der Berg","firstName":"Ludwig","lastName":"van der Berg","phoneNumber":"+442079460958","country":"GB","parameters":{"amount":1234.50,"last_visit":"2024-04-03"}}`)
	equal(t, "settings", settings(t, c.Settings), `{"scheduledTime":"2026-05-10T13:30:00Z","scheduledTimeTimezone":"Europe/London","instructions":"Mention tea."}`)
	equal(t, "onBlank", m.OnBlank(), "keep")
	cells[9] = "no"
	if m.Map(cells, &c); !c.Filtered {
		t.Error("a row without consent was not left out")
	}
}

// cut splits a row of a table above at its commas; quotes keep one.
func cut(row string) []string {
	var cells []string
	for i, part := range strings.Split(row, `"`) {
		if i%2 == 1 {
			cells[len(cells)-1] += part
			continue
		}
		for j, cell := range strings.Split(part, ",") {
			if j > 0 || i == 0 {
				cells = append(cells, "")
			}
			cells[len(cells)-1] += cell
		}
	}
	return cells
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// A contact is scratch space: what a row leaves in it does not reach the next.
func TestContactIsReset(t *testing.T) {
	m := compile(t, "phoneNumber: Phone\ncountry: Country\nemail: Mail\norder.price: Price", []string{"Phone", "Country", "Mail", "Price"}, mapping.RecordType{}, mapping.Env{Region: "GB"})
	full := []string{"'020 7946 0958", "DE", "a@b.de", "5"}
	var used, fresh mapping.Contact
	m.Map(full, &used)
	for _, cells := range [][]string{{"030 901820", "", "", ""}, {}, {"020 7946 0958"}} {
		m.Map(full, &used)
		a := m.Map(cells, &used)
		fresh = mapping.Contact{}
		b := m.Map(cells, &fresh)
		if !reflect.DeepEqual(a, b) || used.Key != fresh.Key || used.Region != fresh.Region || string(used.Record) != string(fresh.Record) ||
			!reflect.DeepEqual(used.Settings, fresh.Settings) || len(used.Mended) != len(fresh.Mended) {
			t.Errorf("%q: %+v %v after another row, %+v %v in a fresh contact", cells, used, a, fresh, b)
		}
	}
}

func TestMapperIsSafeForConcurrentUse(t *testing.T) {
	rt := mapping.RecordType{Fields: []mapping.Field{{ID: "at", Type: "datetime"}, {ID: "code", Type: "text", Validation: `^(?=\w)[a-z]+$`}}}
	m := compile(t, "phoneNumber: Phone\ncountry: Country\nparameters.at: {column: At, timezone: {column: Zone}}\nparameters.code: Code",
		[]string{"Phone", "Country", "At", "Zone", "Code"}, rt, mapping.Env{})
	var group sync.WaitGroup
	for _, zone := range []string{"Europe/London", "Europe/Paris", "Asia/Tokyo", "UTC"} {
		group.Go(func() {
			var c mapping.Contact
			var first string
			for i := range 200 {
				if problems := m.Map([]string{"020 7946 0958", "England", "2026-01-02 03:04", zone, "abc"}, &c); len(problems) > 0 {
					t.Error(problems)
					return
				}
				if i == 0 {
					first = string(c.Record)
				} else if string(c.Record) != first {
					t.Errorf("%s, then %s", first, c.Record)
				}
			}
		})
	}
	group.Wait()
}

// Whatever the cells hold, the record is valid JSON with each member once.
func FuzzMap(f *testing.F) {
	f.Add("020 7946 0958", "Ann", "ann@b.de", "5", "x")
	f.Add("\xff", "\x00\"\\", "@", "1,5", "\u2028")
	rt := mapping.RecordType{Fields: []mapping.Field{{ID: "amount", Type: "number"}, {ID: "yes \"no\"", Type: "bool"}, {ID: "free", Type: "text", Validation: `^(?!a)[^\s]*$`},
		{ID: "land", Type: "country"}, {ID: "money", Type: "currency"}, {ID: "pick", Type: "select", Options: []mapping.Option{{Value: "a"}, {Value: "b", Label: "B!"}}}}}
	m := compile(f, `phoneNumber: a
firstName: b
email: c
parameters.amount: d
parameters.free: e
parameters.yes "no": e
parameters.land: e
parameters.money: e
parameters.pick: e
order.durationSeconds: e
order.price: e
order.scheduledTime: e
order.timezone: e
order.instructions: e`, []string{"a", "b", "c", "d", "e"}, rt, mapping.Env{Region: "GB"})
	f.Fuzz(func(t *testing.T, a, b, c, d, e string) {
		var contact mapping.Contact
		problems := m.Map([]string{a, b, c, d, e}, &contact)
		if !json.Valid(contact.Record) {
			t.Fatalf("%q became %s", []string{a, b, c, d, e}, contact.Record)
		}
		for _, p := range problems {
			if p.Code == "" || p.Field == "" || p.Message == "" || strings.ContainsAny(p.String(), "\n\r\x1b\x00") {
				t.Fatalf("problem %+v", p)
			}
		}
		if contact.Settings != nil {
			if _, err := json.Marshal(contact.Settings); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkMap(b *testing.B) {
	header := strings.Split("Phone,First,Last,Email,Country,Amount,When,Consent,City", ",")
	rt := mapping.RecordType{Fields: []mapping.Field{{ID: "amount", Type: "decimal"}, {ID: "when", Type: "date"}, {ID: "consent", Type: "bool"}, {ID: "city", Type: "text"}}}
	m := compile(b, "phoneNumber: Phone\nfirstName: First\nlastName: Last\nemail: Email\ncountry: Country\nparameters.amount: Amount\nparameters.when: {column: When, formats: [DD/MM/YYYY]}\nparameters.consent: Consent\nparameters.city: City",
		header, rt, mapping.Env{})
	cells := []string{"020 7946 0958", "Ann", "Müller", "ann@example.com", "United Kingdom", "1234.50", "03/04/2024", "yes", "York"}
	run(b, m, cells)
}

// The goal is 100,000 rows a second on one core: 10 µs a row.
func BenchmarkMapHundredColumns(b *testing.B) {
	var header, cells []string
	columns := "phoneNumber: Phone"
	rt := mapping.RecordType{}
	header, cells = append(header, "Phone"), append(cells, "+442079460958")
	for i := range 99 {
		id := "p" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		header = append(header, id)
		typ, cell := "text", "some words of text"
		if i%3 == 1 {
			typ, cell = "decimal", "1234.50"
		}
		cells = append(cells, cell)
		rt.Fields = append(rt.Fields, mapping.Field{ID: id, Type: typ})
		columns += "\nparameters." + id + ": " + id
	}
	run(b, compile(b, columns, header, rt, mapping.Env{}), cells)
}

func run(b *testing.B, m *mapping.Mapper, cells []string) {
	var c mapping.Contact
	b.ReportAllocs()
	start := time.Now()
	for b.Loop() {
		if problems := m.Map(cells, &c); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "rows/s")
}
