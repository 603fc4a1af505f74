package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

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
