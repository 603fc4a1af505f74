package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
)

type recordPage struct {
	Records                        []sandbox.Record
	Total, Page, Limit, TotalPages int
}

func TestRecords(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	customer := s.RecordTypes()[0].UUID
	r := decode[sandbox.Record](a.want(201, "POST", "/records",
		fmt.Sprintf(`{"recordTypeUuid":%q,"phoneNumber":"+447911123456","firstName":"Ada","parameters":{"company":"Engines","tier":"gold"}}`, customer)), t)
	if r.Name != "Ada" || string(r.RecordTypeUUID) != customer {
		t.Errorf("record %+v", r)
	}
	path := "/records/" + r.UUID
	patched := decode[sandbox.Record](a.want(200, "PATCH", path, `{"email":"ada@example.com","parameters":{"company":"Looms","tier":null,"donation":5}}`), t)
	got := decode[sandbox.Record](a.want(200, "GET", path, nil), t)
	for _, r := range []sandbox.Record{patched, got} {
		if string(r.Parameters) != `{"company":"Looms","donation":5,"newsletter":false}` || r.Email != "ada@example.com" || r.FirstName != "Ada" {
			t.Errorf("record %+v, parameters %s", r, r.Parameters)
		}
	}
	for body, field := range map[string]string{
		`{"recordTypeUuid":"` + customer + `"}`:   "recordTypeUuid",
		`{"phoneNumber":null}`:                    "phoneNumber",
		`{"phoneNumber":"1"}`:                     "phoneNumber",
		`{"parameters":{"company":1}}`:            "parameters.company",
		`{"parameters":{"unknown":"1"}}`:          "parameters.unknown",
		`{"uuid":"x"}`:                            "uuid",
		`{"status":"archived"}`:                   "status",
		`{"email":"not an address@example.com "}`: "email",
	} {
		if got := a.want(422, "PATCH", path, body); !strings.Contains(got.body, `"field":"`+field+`"`) {
			t.Errorf("%s: %s; want %s", body, got.body, field)
		}
	}
	for body, field := range map[string]string{
		`{"phoneNumber":"+447911123456"}`:                                                                        "recordTypeUuid",
		`{"phoneNumber":"+447911123456","recordTypeUuid":"x"}`:                                                   "recordTypeUuid",
		`{"phoneNumber":"+447911123456","recordTypeUuid":"00000000-0000-4000-8000-000000000000"}`:                "recordTypeUuid",
		fmt.Sprintf(`{"recordTypeUuid":%q}`, customer):                                                           "phoneNumber",
		fmt.Sprintf(`{"recordTypeUuid":%q,"phoneNumber":"+447911123456","parameters":{"tier":"tin"}}`, customer): "parameters.tier",
	} {
		if got := a.want(422, "POST", "/records", body); !strings.Contains(got.body, `"field":"`+field+`"`) {
			t.Errorf("%s: %s; want %s", body, got.body, field)
		}
	}
	name := decode[sandbox.Record](a.want(200, "PATCH", path, `{"name":null,"lastName":"Lovelace"}`), t)
	if name.Name != "Ada Lovelace" {
		t.Errorf("name %q; want it generated again", name.Name)
	}

	campaign := demo(t, s)
	a.want(200, "POST", ordersPath(campaign)+"/associate", map[string]any{"recordUuids": []string{r.UUID}})
	a.want(204, "DELETE", path, nil)
	a.want(404, "DELETE", path, nil)
	a.want(404, "PATCH", path, `{}`)
	a.want(404, "GET", path, nil)
	if orders, err := s.Orders(campaign); err != nil || len(orders) != 0 {
		t.Errorf("orders %v, %v; want none of a record that is gone", orders, err)
	}
	journal, err := s.Journal(0)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for i, c := range journal {
		actions = append(actions, string(c.Action))
		if c.Seq != int64(i+1) || c.Record != r.UUID {
			t.Errorf("commit %+v", c)
		}
	}
	if got := strings.Join(actions, " "); got != "record-create record-update record-update associate remove record-delete" {
		t.Errorf("journal %s", got)
	}
}

func TestListRecords(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	campaign := demo(t, s)
	customer := s.RecordTypes()[0].UUID
	for i := range 25 {
		recordType := sandbox.Text(customer)
		if i%5 == 0 {
			recordType = ""
		}
		r, err := s.AddRecord(sandbox.Record{RecordTypeUUID: recordType, PhoneNumber: number(i)})
		if err != nil {
			t.Fatal(err)
		}
		if i >= 20 {
			if _, err := s.AddOrder(sandbox.Order{CampaignUUID: campaign, Record: r}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for query, want := range map[string]string{
		"":                            "10 of 25",
		"?page=3":                     "5 of 25",
		"?recordTypeUuid=" + customer: "10 of 20",
		"?campaignUuid=" + campaign:   "5 of 5",
		"?search=%2B4479&limit=7":     "7 of 25",
		"?search=0004&page=1":         "1 of 1",
		"?campaignUuid=" + campaign + "&recordTypeUuid=" + customer: "4 of 4",
		"?campaignUuid=" + campaign + "&search=00024":               "1 of 1",
	} {
		p := decode[recordPage](a.want(200, "GET", "/records"+query, nil), t)
		if got := fmt.Sprintf("%d of %d", len(p.Records), p.Total); got != want {
			t.Errorf("%s: %s; want %s", query, got, want)
		}
	}
}
