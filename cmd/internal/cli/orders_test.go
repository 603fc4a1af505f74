package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

// serve serves a sandbox and returns the environment that leads to it, and
// what it is asked.
func serve(t *testing.T, c sandbox.Config) (*sandbox.Server, []string, func() []string) {
	t.Helper()
	s, err := sandbox.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var asked []string
	handler := s.Handler()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Method+" "+r.RequestURI)
		mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		api.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, []string{"CAMPSYNC_BASE_URL=" + api.URL + sandbox.BasePath, "CAMPSYNC_TOKEN=sandbox", "HOME=" + t.TempDir()}, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return asked
	}
}

// anything draws values that a record or an order may have.
type anything struct{ *rand.Rand }

func (r anything) one(of ...string) string { return of[r.IntN(len(of))] }

// text has no white space around it, and everything inside.
func (r anything) text() string {
	pieces := []string{"Ann", "007", "a,b", `"so"`, "'", ";", "\t", "\n", "\r\n", "\r", "=1+1", "+44", "-5", "@x", " ", "  ", "\n\n", "Straße", "日本", "\u202e", "😀", "\\", "1.234", "phoneNumber,name", "0.5", "|"}
	for {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			b.WriteString(r.one(pieces...))
		}
		if text := b.String(); strings.TrimSpace(text) == text {
			return text
		}
	}
}

func (r anything) number() string {
	return r.one("0", "7", "12.50", "1.234", "-12.345", "0.125", "1234567.891", "5e3", "1.25E-2", "123456789012345678901234567890.5")
}

func (r anything) value(typ string) any {
	switch typ {
	case "number", "decimal":
		return json.Number(r.number())
	case "bool":
		return r.IntN(2) == 0
	case "date":
		return r.one("2024-03-04", "1969-12-31", "2024-02-29")
	case "datetime":
		return r.one("2024-03-04T05:06:07Z", "2024-03-04T05:06:07.089+02:00", "2024-10-27T01:30:00Z")
	case "currency":
		return r.one("EUR", "GBP")
	case "country":
		return r.one("GB", "NO")
	case "select":
		return r.one("true", "0", "gold, 1")
	}
	return r.text()
}

// blankable is nothing in one of three cases.
func (r anything) blankable(text string) sandbox.Text {
	if r.IntN(3) == 0 {
		return ""
	}
	return sandbox.Text(text)
}

func (r anything) orderOf(i int, campaign string, fields []sandbox.Field) sandbox.Order {
	parameters := map[string]any{}
	for _, f := range fields {
		if r.IntN(3) > 0 {
			parameters[f.ID] = r.value(f.Type)
		}
	}
	raw, err := json.Marshal(parameters)
	if err != nil {
		panic(err)
	}
	o := sandbox.Order{CampaignUUID: campaign, Status: r.one("registered", "planned", "contacted", "do-not-call"), Record: sandbox.Record{
		PhoneNumber: fmt.Sprintf("+4479111%05d", i), Name: r.text(), FirstName: r.blankable(r.text()), LastName: r.blankable(r.text()),
		Email: r.blankable("o'neil+x@example.com"), Country: r.blankable(r.one("GB", "NO", "IN")), Parameters: raw,
	}}
	o.CurrencyCode, o.Instructions = r.blankable("EUR"), r.blankable(r.text())
	o.ScheduledTimeTimezone = r.blankable("Europe/Berlin")
	if r.IntN(2) == 0 {
		at := time.Date(2030, 3, 4, 5, 6, 7, r.IntN(2)*890_000_000, time.UTC)
		o.ScheduledTime = &at
	}
	for _, n := range []**json.Number{&o.Price, &o.ScheduledDurationSeconds} {
		if r.IntN(2) == 0 {
			number := json.Number(r.one("0", "90", "1.234", "12.5", "2.5e2"))
			*n = &number
		}
	}
	return o
}

var allFields = []sandbox.Field{
	{ID: "company", Type: "input", Title: "Status"}, {ID: "status", Type: "text", Title: "Order UUID"}, {ID: "uuid", Type: "textarea", Title: "order_Uuid"},
	{ID: "phone_number", Type: "string", Title: "Mobile"}, {ID: "amount", Type: "decimal", Title: "Price"}, {ID: "employees", Type: "number", Title: "Employees"},
	{ID: "vip", Type: "bool", Title: "VIP"}, {ID: "birthday", Type: "date", Title: "Birthday"}, {ID: "callback_at", Type: "datetime", Title: "Call back"},
	{ID: "currency", Type: "currency", Title: "Currency"}, {ID: "home", Type: "country", Title: "Country"},
	{ID: "tier", Type: "select", Title: "Tier", Options: []sandbox.Option{{Value: "true", Label: "Yes"}, {Value: "0", Label: "No"}, {Value: "gold, 1", Label: "true"}}},
}

// What is exported is read back as the same values by the names of its columns,
// whatever the values are, and whether the list shows records whole or in part.
// To sync it changes nothing.
func TestExportIsReadBackAsTheSame(t *testing.T) {
	for seed := range uint64(16) {
		for _, partial := range []bool{false, true} {
			s, env, asked := serve(t, sandbox.Config{PartialRecords: partial})
			rt, err := s.AddRecordType(sandbox.RecordType{Name: "Everything", Parameters: allFields})
			if err != nil {
				t.Fatal(err)
			}
			campaign, err := s.AddCampaign(sandbox.Campaign{Name: "All", RecordTypeUUID: sandbox.Text(rt.UUID)})
			if err != nil {
				t.Fatal(err)
			}
			inFolder(t, nil)
			r := anything{rand.New(rand.NewPCG(seed, 7))}
			orders := make(map[string]sandbox.Order)
			for i := range 1 + r.IntN([]int{3, 3, 130}[seed%3]) { // few rows leave open how a column is written
				o, err := s.AddOrder(r.orderOf(i, campaign.UUID, allFields))
				if err != nil {
					t.Fatal(err)
				}
				orders[o.UUID] = o
			}
			if got := run(env, "orders", "export", "--campaign", "All", "-o", "all.csv"); got.code != 0 || got.stdout != "" {
				t.Fatalf("%+v", got)
			}
			readBack(t, "all.csv", orders)
			if got := run(env, "sync", "all.csv", "--campaign", "All", "--history", "off", "-q"); got.code != 0 {
				t.Errorf("sync: %+v", got)
			}
			for _, q := range asked() {
				if !strings.HasPrefix(q, "GET ") {
					t.Errorf("to sync what was exported took %s", q)
				}
			}
		}
	}
}

// readBack maps a file by the names of its columns and holds its rows against
// the orders.
func readBack(t *testing.T, path string, orders map[string]sandbox.Order) {
	t.Helper()
	rt := mapping.RecordType{Name: "Everything"}
	for _, f := range allFields {
		field := mapping.Field{ID: f.ID, Type: f.Type, Title: f.Title}
		for _, o := range f.Options {
			field.Options = append(field.Options, mapping.Option{Value: o.Value, Label: o.Label})
		}
		rt.Fields = append(rt.Fields, field)
	}
	file, err := source.Open(path, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	header := file.Header()
	spec, matches, err := mapping.Propose(header, rt)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range matches {
		if left := i >= len(matches)-3; left != (m.Target == "") || !left && m.Target != m.Column || m.Guess != "" {
			t.Errorf("column %+v", m)
		}
	}
	var rows [][]string
	survey := mapping.NewSurvey(spec.OpenColumns(header, rt)...)
	for {
		row, err := file.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || row.Fault != nil {
			t.Fatalf("%v, %v", err, row.Fault)
		}
		rows = append(rows, row.Cells)
		survey.Add(row.Cells)
	}
	spec.Settle(header, rt, survey)
	m, err := mapping.Compile(spec, header, rt, mapping.Env{Timezone: "America/New_York"})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(orders) {
		t.Errorf("%d rows of %d orders", len(rows), len(orders))
	}
	var c mapping.Contact
	for _, cells := range rows {
		if problems := m.Map(cells, &c); len(problems) > 0 {
			t.Fatalf("%q: %v", cells, problems)
		}
		o := orders[cells[len(cells)-2]]
		if got, want := meaning(t, c.Record), recordMeaning(t, o.Record); !reflect.DeepEqual(got, want) {
			t.Fatalf("record is\n%v, want\n%v", got, want)
		}
		if got, want := settingsMeaning(t, c.Settings), orderMeaning(t, o); !reflect.DeepEqual(got, want) {
			t.Fatalf("settings are\n%v, want\n%v", got, want)
		}
		if cells[len(cells)-3] != o.Status || cells[len(cells)-1] != o.Record.UUID {
			t.Errorf("%q of %+v", cells[len(cells)-3:], o)
		}
	}
}

// meaning is JSON without what is blank, numbers and times by their value.
func meaning(t *testing.T, text []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var all map[string]any
	if err := d.Decode(&all); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	for name, value := range all {
		switch v := value.(type) {
		case json.Number:
			exact, _ := new(big.Rat).SetString(v.String())
			all[name] = exact.RatString()
		case string:
			if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
				all[name] = at.UTC()
			}
			if v == "" {
				delete(all, name)
			}
		case map[string]any:
			inner, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if all[name] = meaning(t, inner); len(v) == 0 {
				delete(all, name)
			}
		case nil:
			delete(all, name)
		}
	}
	return all
}

func recordMeaning(t *testing.T, r sandbox.Record) map[string]any {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	all := meaning(t, text)
	for _, name := range []string{"uuid", "recordTypeUuid", "status", "createdAt", "updatedAt"} {
		delete(all, name)
	}
	return all
}

func settingsMeaning(t *testing.T, s *mapping.Settings) map[string]any {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return meaning(t, text)
}

func orderMeaning(t *testing.T, o sandbox.Order) map[string]any {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	all := meaning(t, text)
	for _, name := range []string{"uuid", "campaignUuid", "status", "record", "createdAt", "updatedAt"} {
		delete(all, name)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// Records that a list shows in part are read one by one where they are few,
// and by listing where the whole campaign is wanted.
func TestExportReadsRecordsTheCheaperWay(t *testing.T) {
	s, env, asked := serve(t, sandbox.Config{PartialRecords: true})
	campaign := s.Campaigns()[0]
	for i := range 250 {
		if _, err := s.AddOrder(sandbox.Order{CampaignUUID: campaign.UUID, Record: sandbox.Record{PhoneNumber: fmt.Sprintf("+4479111%05d", i)}}); err != nil {
			t.Fatal(err)
		}
	}
	inFolder(t, nil)
	for _, c := range []struct {
		args         []string
		pages, alone int
	}{
		{[]string{"--limit", "3"}, 0, 3},
		{[]string{"--search", "+44791110000"}, 0, 10},
		{[]string{"--format", "json"}, 3, 0},
		{[]string{"--format", "table"}, 0, 0},
		{nil, 3, 0},
	} {
		before := len(asked())
		if got := run(env, append([]string{"orders", "export", "--campaign", "Demo"}, c.args...)...); got.code != 0 {
			t.Fatalf("%+v", got)
		}
		pages, alone := 0, 0
		for _, q := range asked()[before:] {
			if strings.Contains(q, "/records?") {
				pages++
			}
			if strings.Contains(q, "/records/") {
				alone++
			}
		}
		if pages != c.pages || alone != c.alone {
			t.Errorf("%v: %d pages of records and %d alone, want %d and %d", c.args, pages, alone, c.pages, c.alone)
		}
	}
}

// A record that is gone when it is asked for does not sink the others.
func TestExportOfARecordThatIsGone(t *testing.T) {
	s, err := sandbox.Open(context.Background(), sandbox.Config{PartialRecords: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 3 {
		if _, err := s.AddOrder(sandbox.Order{CampaignUUID: s.Campaigns()[0].UUID, Record: sandbox.Record{
			PhoneNumber: fmt.Sprintf("+4479111%05d", i), Name: fmt.Sprintf("Ann %d", i), Email: "ann@example.com"}}); err != nil {
			t.Fatal(err)
		}
	}
	handler := s.Handler()
	var gone atomic.Int32
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/records/") {
			if gone.Add(1) == 1 {
				http.NotFound(w, r)
				return
			}
		}
		handler.ServeHTTP(w, r)
	}))
	defer api.Close()
	inFolder(t, nil)
	got := run([]string{"CAMPSYNC_BASE_URL=" + api.URL + sandbox.BasePath, "CAMPSYNC_TOKEN=sandbox", "HOME=" + t.TempDir()},
		"orders", "export", "--campaign", "Demo", "-o", "all.csv")
	if got.code != 0 || !strings.Contains(got.stderr, "the records of 1 order are not there any more") || !strings.Contains(got.stderr, "3 orders in all.csv\n") {
		t.Errorf("%+v", got)
	}
	text, err := os.ReadFile("all.csv")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), "\n") != 4 || strings.Count(string(text), "Ann ") != 3 || strings.Count(string(text), "ann@example.com") != 2 {
		t.Errorf("%s", text)
	}
}
