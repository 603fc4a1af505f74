package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
)

type orderPage struct {
	Orders                         []sandbox.Order
	Total, Page, Limit, TotalPages int
}

func TestCreateOrder(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	campaign := demo(t, s)
	body := `{"status":"planned","record":{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","phoneNumber":"+447911123456","country":"GB",
		"parameters":{"company":"Engines","employees":12,"donation":12.50,"birthday":"1815-12-10","callback_at":"2026-05-10T14:30:00+02:00",
		"currency":"EUR","billing_country":"DE","tier":"gold","notes":null}}}`
	o := decode[sandbox.Order](a.want(201, "POST", ordersPath(campaign), body), t)
	r := o.Record
	if o.Status != "planned" || o.CampaignUUID != campaign || r.Name != "Ada Lovelace" || r.PhoneNumber != "+447911123456" ||
		string(r.RecordTypeUUID) != s.RecordTypes()[0].UUID || r.Email != "ada@example.com" || o.ScheduledTime != nil {
		t.Errorf("order %+v", o)
	}
	const parameters = `{"billing_country":"DE","birthday":"1815-12-10","callback_at":"2026-05-10T14:30:00+02:00","company":"Engines",` +
		`"currency":"EUR","donation":12.50,"employees":12,"newsletter":false,"tier":"gold"}`
	if string(r.Parameters) != parameters {
		t.Errorf("parameters %s; want %s", r.Parameters, parameters)
	}

	// Sent again, it is there twice.
	again := decode[sandbox.Order](a.want(201, "POST", ordersPath(campaign), body), t)
	orders, err := s.Orders(campaign)
	if err != nil || len(orders) != 2 || orders[1].UUID != again.UUID || again.UUID == o.UUID || again.Record.UUID == r.UUID {
		t.Errorf("orders %+v, %v", orders, err)
	}
	journal, err := s.Journal(0)
	if err != nil || len(journal) != 2 {
		t.Fatalf("journal %+v, %v", journal, err)
	}
	want := sandbox.Commit{
		Seq: 1, At: o.CreatedAt, Action: sandbox.ActionCreate, Campaign: campaign, Order: o.UUID,
		Record: r.UUID, PhoneNumber: "+447911123456", Status: "planned",
	}
	if journal[0] != want {
		t.Errorf("commit %+v; want %+v", journal[0], want)
	}
}

func TestCreateOrderRefused(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	customer := s.RecordTypes()[0]
	pledge, err := s.AddRecordType(sandbox.RecordType{Name: "Pledge", Parameters: []sandbox.Field{
		{ID: "amount", Type: "decimal", Required: true},
		{ID: "code", Type: "text", Validation: `^(?=.*\d)[A-Z0-9]{4}$`},
		{ID: "size", Type: "select"},
		{ID: "odd", Type: "colour"},
		{ID: "kind", Type: "text", Required: true, Default: "single"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	campaigns := map[string]string{}
	for name, recordType := range map[string]string{"customers": customer.UUID, "pledges": pledge.UUID, "none": ""} {
		c, err := s.AddCampaign(sandbox.Campaign{Name: name, RecordTypeUUID: sandbox.Text(recordType)})
		if err != nil {
			t.Fatal(err)
		}
		campaigns[name] = c.UUID
	}
	with := func(parameters string) string {
		return `{"record":{"phoneNumber":"+447911123456","parameters":` + parameters + `}}`
	}
	for _, test := range []struct {
		campaign, body string
		fields         string // of the errors; "" created
	}{
		{"customers", `{"record":{"phoneNumber":"+447911123456"}}`, ""},
		{"customers", `{"status":null,"record":{"phoneNumber":"+447911123456","name":null}}`, ""},
		{"customers", `{}`, "record"},
		{"customers", `{"record":[]}`, "record"},
		{"customers", `{"record":{}}`, "phoneNumber"},
		{"customers", `{"record":{"phoneNumber":null}}`, "phoneNumber"},
		{"customers", `{"record":{"phoneNumber":447911123456}}`, "phoneNumber"},
		{"customers", `{"record":{"phoneNumber":""}}`, "phoneNumber"},
		{"customers", `{"record":{"phoneNumber":"07911123456"}}`, "phoneNumber"},
		{"customers", `{"record":{"phoneNumber":"+44 7911 123456"}}`, "phoneNumber"},
		{"customers", `{"record":{"phoneNumber":"+0447911123456"}}`, "phoneNumber"},
		{"customers", `{"record":{"phoneNumber":"+1234567890123456"}}`, "phoneNumber"},
		{"customers", `{"price":3,"status":"lost","record":{"phoneNumber":"+447911123456"},"instructions":"x"}`, "instructions price status"},
		{"customers", `{"status":"Planned","record":{"phoneNumber":"+447911123456"}}`, "status"},
		{"customers", `{"record":{"phoneNumber":"+447911123456","email":"ada","country":"UK","firstName":1,"mobile":"1"}}`, "country email firstName mobile"},
		{"customers", `{"record":{"phoneNumber":"+447911123456","email":"","country":"gb"}}`, "country email"},
		{"customers", with(`[]`), "parameters"},
		{"customers", with(`null`), ""},
		{"customers", with(`{"nickname":"A"}`), "parameters.nickname"},
		{"customers", with(`{"employees":"12","donation":"1.5","newsletter":"yes","company":5}`), "parameters.company parameters.donation parameters.employees parameters.newsletter"},
		{"customers", with(`{"birthday":"10/12/1815","callback_at":"2026-05-10 14:30","currency":"euro","billing_country":"Germany","tier":"platinum"}`), "parameters.billing_country parameters.birthday parameters.callback_at parameters.currency parameters.tier"},
		{"customers", with(`{"birthday":"2026-02-30","tier":"","currency":"","billing_country":""}`), "parameters.billing_country parameters.birthday parameters.currency parameters.tier"},
		{"customers", with(`{"employees":-1}`), "parameters.employees"},
		{"customers", with(`{"employees":1.5}`), "parameters.employees"},
		{"pledges", with(`{"amount":1.5}`), ""},
		{"pledges", with(`{"amount":1e3,"code":"AB1C","size":"any","odd":"red"}`), ""},
		{"pledges", with(`{}`), "parameters.amount"},
		{"pledges", `{"record":{"phoneNumber":"+447911123456"}}`, "parameters.amount"},
		{"pledges", with(`{"amount":null}`), "parameters.amount"},
		{"pledges", with(`{"amount":1,"code":"ABCD"}`), "parameters.code"},
		{"pledges", with(`{"amount":1,"kind":""}`), "parameters.kind"},
		{"pledges", with(`{"amount":1,"odd":7}`), "parameters.odd"},
		{"none", with(`{}`), ""},
		{"none", with(`{"amount":1}`), "parameters.amount"},
	} {
		t.Run(test.campaign+" "+test.body, func(t *testing.T) {
			got := a.ask("POST", ordersPath(campaigns[test.campaign]), test.body)
			if test.fields == "" {
				if got.status != 201 {
					t.Errorf("%d %s; want 201", got.status, got.body)
				}
				return
			}
			refused := decode[struct{ Errors []sandbox.FieldError }](got, t)
			var fields []string
			for _, e := range refused.Errors {
				fields = append(fields, e.Field)
			}
			slices.Sort(fields)
			if names := strings.Join(fields, " "); got.status != 422 || names != test.fields {
				t.Errorf("%d %s; want 422 for %s", got.status, got.body, test.fields)
			}
		})
	}
}

func TestOwnErrorText(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	got := a.want(422, "POST", ordersPath(demo(t, s)), `{"record":{"phoneNumber":"+447911123456","parameters":{"employees":1234567}}}`)
	const want = `{"errors":[{"field":"parameters.employees","message":"Employees must be a whole number below one million"}]}`
	if got.body != want {
		t.Errorf("%s; want %s", got.body, want)
	}
}

// A hostile pattern must not hang the server.
func TestPatternTimeout(t *testing.T) {
	s, a := open(t, sandbox.Config{Empty: true})
	recordType, err := s.AddRecordType(sandbox.RecordType{Name: "Slow", Parameters: []sandbox.Field{{ID: "a", Type: "text", Validation: `^(a+)+$`}}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.AddCampaign(sandbox.Campaign{Name: "Slow", RecordTypeUUID: sandbox.Text(recordType.UUID)})
	if err != nil {
		t.Fatal(err)
	}
	a.want(422, "POST", ordersPath(c.UUID), `{"record":{"phoneNumber":"+447911123456","parameters":{"a":"`+strings.Repeat("a", 64)+`!"}}}`)
}

func TestUpdateOrder(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	campaign := demo(t, s)
	o, err := s.AddOrder(sandbox.Order{CampaignUUID: campaign, Record: sandbox.Record{PhoneNumber: "+447911123456"}})
	if err != nil {
		t.Fatal(err)
	}
	path := ordersPath(campaign) + "/" + o.UUID
	state := func() string {
		orders, err := s.Orders(campaign)
		if err != nil || len(orders) != 1 {
			t.Fatalf("orders %v, %v", orders, err)
		}
		text, _ := json.Marshal(orders[0])
		var fields map[string]any
		_ = json.Unmarshal(text, &fields)
		return fmt.Sprintf("%v %v %v %v %v %v %v", fields["status"], fields["scheduledTime"], fields["scheduledTimeTimezone"],
			fields["scheduledDurationSeconds"], fields["price"], fields["currencyCode"], fields["instructions"])
	}
	for _, test := range []struct{ body, fields, after string }{
		{`{}`, "", "registered <nil> <nil> <nil> <nil> <nil> <nil>"},
		{`{"status":"planned"}`, "", "planned <nil> <nil> <nil> <nil> <nil> <nil>"},
		{
			`{"status":"scheduled","scheduledTime":"2026-05-10T16:30:00+02:00","scheduledTimeTimezone":"Europe/Berlin","scheduledDurationSeconds":90,` +
				`"price":12.50,"currencyCode":"EUR","instructions":"Be kind."}`,
			"", "scheduled 2026-05-10T14:30:00Z Europe/Berlin 90 12.5 EUR Be kind.",
		},
		{`{"price":null}`, "", "scheduled 2026-05-10T14:30:00Z Europe/Berlin 90 <nil> EUR Be kind."},
		{`{"status":null}`, "status", ""},
		{`{"status":"lost","price":"3"}`, "price status", ""},
		{`{"scheduledTime":"tomorrow","scheduledTimeTimezone":"London","currencyCode":"euro"}`, "currencyCode scheduledTime scheduledTimeTimezone", ""},
		{`{"scheduledTimeTimezone":"Local"}`, "scheduledTimeTimezone", ""},
		{`{"scheduledDurationSeconds":-5}`, "scheduledDurationSeconds", ""},
		{`{"record":{"name":"x"}}`, "record", ""},
		{`{"instructions":7}`, "instructions", ""},
		{`{"status":"do-not-call"}`, "", "do-not-call 2026-05-10T14:30:00Z Europe/Berlin 90 <nil> EUR Be kind."},
		{`{"status":"planned"}`, "", "planned 2026-05-10T14:30:00Z Europe/Berlin 90 <nil> EUR Be kind."},
	} {
		before := state()
		got := a.ask("PATCH", path, test.body)
		if test.fields == "" {
			if got.status != 200 || state() != test.after {
				t.Errorf("%s: %d, %s; want %s", test.body, got.status, state(), test.after)
			}
			continue
		}
		for _, field := range strings.Fields(test.fields) {
			if got.status != 422 || !strings.Contains(got.body, `"field":"`+field+`"`) {
				t.Errorf("%s: %d %s; want 422 for %s", test.body, got.status, got.body, field)
			}
		}
		if state() != before {
			t.Errorf("%s: refused, and changed to %s", test.body, state())
		}
	}
	if body := a.want(200, "PATCH", path, `{"price":12.50}`).body; !strings.Contains(body, `"price":12.50,`) {
		t.Errorf("%s; want the price as it was written", body)
	}
}

func TestRemoveOrder(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	campaign := demo(t, s)
	o := decode[sandbox.Order](a.want(201, "POST", ordersPath(campaign), `{"record":{"phoneNumber":"+447911123456"}}`), t)
	if got := a.want(204, "DELETE", ordersPath(campaign)+"/"+o.UUID, nil); got.body != "" {
		t.Errorf("204 with %q", got.body)
	}
	a.want(404, "DELETE", ordersPath(campaign)+"/"+o.UUID, nil)
	a.want(200, "GET", "/records/"+o.Record.UUID, nil)
	if p := decode[orderPage](a.want(200, "GET", ordersPath(campaign), nil), t); p.Total != 0 || len(p.Orders) != 0 {
		t.Errorf("page %+v", p)
	}
	other, err := s.AddCampaign(sandbox.Campaign{Name: "other"})
	if err != nil {
		t.Fatal(err)
	}
	kept := decode[sandbox.Order](a.want(201, "POST", ordersPath(campaign), `{"record":{"phoneNumber":"+447911123456"}}`), t)
	a.want(404, "DELETE", ordersPath(other.UUID)+"/"+kept.UUID, nil) // an order of another campaign
}

func TestAssociate(t *testing.T) {
	s, a := open(t, sandbox.Config{MaxBatch: 3})
	campaign := demo(t, s)
	customer := sandbox.Text(s.RecordTypes()[0].UUID)
	var ids []string
	for i := range 4 {
		r, err := s.AddRecord(sandbox.Record{RecordTypeUUID: customer, PhoneNumber: number(i)})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.UUID)
	}
	stranger, err := s.AddRecord(sandbox.Record{PhoneNumber: number(9)})
	if err != nil {
		t.Fatal(err)
	}
	path := ordersPath(campaign) + "/associate"
	list := func(ids ...string) map[string]any { return map[string]any{"recordUuids": ids} }
	const nobody = "00000000-0000-4000-8000-000000000000"
	for _, test := range []struct {
		body    any
		status  int
		message string
	}{
		{list(ids[0], nobody), 400, "there is no record " + nobody},
		{list(ids[0], stranger.UUID), 400, "record " + stranger.UUID + " is not of the campaign's record type"},
		{list(ids[0], "x"), 400, "not a UUID"},
		{list(ids...), 413, "at most 3"},
		{list(), 422, "recordUuids"},
		{`{}`, 422, "recordUuids"},
		{`{"recordUuids":"x"}`, 422, "recordUuids"},
		{`{"recordUuids":[],"status":"planned"}`, 422, `"field":"status"`},
	} {
		if got := a.want(test.status, "POST", path, test.body); !strings.Contains(got.body, test.message) {
			t.Errorf("%v: %s; want %q", test.body, got.body, test.message)
		}
	}
	if commits, err := s.Journal(0); err != nil || len(commits) != 0 {
		t.Fatalf("journal %+v, %v; want nothing of what was refused", commits, err)
	}

	first := decode[orderPage](a.want(200, "POST", path, list(ids[0], ids[1])), t).Orders
	second := decode[orderPage](a.want(200, "POST", path, list(ids[2], strings.ToUpper(ids[1]), ids[2])), t).Orders
	if len(first) != 2 || len(second) != 3 || second[1].UUID != first[1].UUID || second[0].UUID != second[2].UUID {
		t.Errorf("first %+v, second %+v", first, second)
	}
	if first[0].Status != "registered" || first[0].Record.UUID != ids[0] || first[0].Record.PhoneNumber != number(0) {
		t.Errorf("order %+v", first[0])
	}
	orders, err := s.Orders(campaign)
	if err != nil || len(orders) != 3 {
		t.Errorf("orders %+v, %v; want 3", orders, err)
	}
}

func TestListOrders(t *testing.T) {
	for _, newest := range []bool{false, true} {
		t.Run(fmt.Sprintf("newest first %v", newest), func(t *testing.T) {
			s, a := open(t, sandbox.Config{NewestFirst: newest})
			campaign := demo(t, s)
			var want, planned []string
			for i := range 57 {
				status := "registered"
				if i%3 == 0 {
					status = "planned"
				}
				o, err := s.AddOrder(sandbox.Order{CampaignUUID: campaign, Status: status, Record: sandbox.Record{PhoneNumber: number(i)}})
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, o.UUID)
				if status == "planned" {
					planned = append(planned, o.UUID)
				}
			}
			check := func(query string, want []string) {
				t.Helper()
				want = slices.Clone(want)
				if newest {
					slices.Reverse(want)
				}
				for _, limit := range []int{1, 7, 10, 57, 100} {
					var got []string
					for page := 1; ; page++ {
						p := decode[orderPage](a.want(200, "GET", fmt.Sprintf("%s?page=%d&limit=%d%s", ordersPath(campaign), page, limit, query), nil), t)
						if p.Total != len(want) || p.Page != page || p.Limit != limit || p.TotalPages != (len(want)+limit-1)/limit {
							t.Fatalf("page %d by %d: %d %d %d %d", page, limit, p.Total, p.Page, p.Limit, p.TotalPages)
						}
						if len(p.Orders) == 0 {
							break
						}
						for _, o := range p.Orders {
							got = append(got, o.UUID)
						}
					}
					if !slices.Equal(got, want) {
						t.Errorf("by %d%s: %v; want %v", limit, query, got, want)
					}
				}
			}
			check("", want)
			check("&status=planned", planned)
			check("&status=busy", nil)

			// What is removed, added and changed moves the pages.
			a.want(204, "DELETE", ordersPath(campaign)+"/"+want[3], nil)
			added := decode[sandbox.Order](a.want(201, "POST", ordersPath(campaign), `{"record":{"phoneNumber":"+447911123456"}}`), t)
			if err := s.SetStatus(campaign, want[6], "contacted"); err != nil {
				t.Fatal(err)
			}
			planned = slices.DeleteFunc(planned, func(id string) bool { return id == want[3] || id == want[6] })
			want = append(slices.Delete(want, 3, 4), added.UUID)
			check("", want)
			check("&status=planned", planned)
		})
	}
}

func TestSearch(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	campaign := demo(t, s)
	for i, name := range []string{"Ärzte 100%", "ärzte_x", "Plus +4479", "Ada"} {
		_, err := s.AddOrder(sandbox.Order{CampaignUUID: campaign, Record: sandbox.Record{
			Name: name, PhoneNumber: "+44791112345" + fmt.Sprint(i), Email: sandbox.Text(fmt.Sprintf("Ada+%d@example.com", i)),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.AddRecord(sandbox.Record{Name: "Ada elsewhere", PhoneNumber: "+447911123459"}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		search          string
		orders, records int
	}{
		{"ÄRZTE", 2, 2},
		{"100%", 1, 1},
		{"%", 1, 1},
		{"_", 1, 1},
		{"ada", 1, 5},
		{"+447911123451", 1, 1},
		{"+44791112345", 4, 5},
		{"+4479", 4, 5},
		{"+44 79", 0, 0},
		{"447911123450", 1, 1},
		{"3452", 1, 1},
		{"+3@EXAMPLE", 0, 1},
		{"+", 4, 5},
		{"'", 0, 0},
	} {
		query := "?search=" + url.QueryEscape(test.search)
		orders := decode[orderPage](a.want(200, "GET", ordersPath(campaign)+query, nil), t)
		records := decode[recordPage](a.want(200, "GET", "/records"+query, nil), t)
		if orders.Total != test.orders || len(orders.Orders) != test.orders {
			t.Errorf("%q: %d orders, total %d; want %d", test.search, len(orders.Orders), orders.Total, test.orders)
		}
		if records.Total != test.records || len(records.Records) != test.records {
			t.Errorf("%q: %d records, total %d; want %d", test.search, len(records.Records), records.Total, test.records)
		}
	}
	second := decode[orderPage](a.want(200, "GET", ordersPath(campaign)+"?search=%2B44&limit=3&page=2", nil), t)
	if len(second.Orders) != 1 || second.Total != 4 || second.TotalPages != 2 || second.Orders[0].Record.Name != "Ada" {
		t.Errorf("second page %+v", second)
	}
}

func TestPartialRecords(t *testing.T) {
	s, a := open(t, sandbox.Config{PartialRecords: true})
	campaign := demo(t, s)
	a.want(201, "POST", ordersPath(campaign), `{"record":{"phoneNumber":"+447911123456","email":"ada@example.com"}}`)
	page := decode[struct{ Orders []map[string]json.RawMessage }](a.want(200, "GET", ordersPath(campaign), nil), t)
	var record map[string]any
	if err := json.Unmarshal(page.Orders[0]["record"], &record); err != nil || len(record) != 3 || record["phoneNumber"] != "+447911123456" {
		t.Errorf("record %v, %v", record, err)
	}
	if string(page.Orders[0]["status"]) != `"registered"` {
		t.Errorf("order %v", page.Orders[0])
	}
}
