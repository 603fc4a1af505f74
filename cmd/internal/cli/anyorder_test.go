package cli_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/campsync/campsync/client/sandbox"
)

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
