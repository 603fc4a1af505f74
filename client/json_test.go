package client_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/google/go-cmp/cmp"
)

const fullOrder = `{"uuid":"o","campaignUuid":"c","status":"on-hold","scheduledTime":"2026-05-10T14:30:00.25Z","scheduledTimeTimezone":"Europe/Berlin",
	"scheduledDurationSeconds":90,"price":12.500000000000000000001,"currencyCode":"EUR","instructions":"Say \"hi\" <b>é\u0000","attempts":[1,2],
	"record":{"uuid":"r","name":"","phoneNumber":"+1","email":"","parameters":{"n":1e400,"s":"x","z":null},"score":0.10,"createdAt":"2026-01-02T03:04:05Z"}}`

// What is read is written again: unknown statuses, unknown fields, all digits.
func TestRoundTrip(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		into func() any
	}{
		"order":   {fullOrder, func() any { return new(client.Order) }},
		"record":  {`{"uuid":"r","recordTypeUuid":"t","firstName":"A","country":"GB","status":"x","updatedAt":"2026-01-02T03:04:05.678Z","more":{"a":[]}}`, func() any { return new(client.Record) }},
		"partial": {`{"uuid":"r","name":"","phoneNumber":"+1"}`, func() any { return new(client.Record) }},
		"odd types stay": {`{"uuid":"r","name":7,"email":{"a":1},"parameters":[],"createdAt":"yesterday","updatedAt":1767322800}`,
			func() any { return new(client.Record) }},
		"odd order": {`{"uuid":"o","status":5,"scheduledTime":"soon","price":"a lot","record":"r1"}`, func() any { return new(client.Order) }},
		"campaign": {`{"uuid":"c","name":"","type":"outbound","timezone":"UTC","schedule":{"mon":{"start":"09:00","end":"17:00"}},"x":1}`,
			func() any { return new(client.Campaign) }},
		"record type": {`{"uuid":"t","name":"n","isDefault":true,"isName":"x","parameters":[{"id":"a","type":"t","required":false,"options":[{"value":"v","label":"l"}],"order":3}]}`,
			func() any { return new(client.RecordType) }},
	} {
		t.Run(name, func(t *testing.T) {
			v := c.into()
			if err := json.Unmarshal([]byte(c.text), v); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain(t, []byte(c.text)), plain(t, again)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// plain is a JSON document with its numbers as they are written.
func plain(t *testing.T, text []byte) any {
	t.Helper()
	type number struct{ json.Number }
	var walk func(raw json.RawMessage) any
	walk = func(raw json.RawMessage) any {
		var list []json.RawMessage
		var object map[string]json.RawMessage
		var s string
		switch {
		case json.Unmarshal(raw, &object) == nil && object != nil:
			out := map[string]any{}
			for k, v := range object {
				out[k] = walk(v)
			}
			return out
		case json.Unmarshal(raw, &list) == nil && list != nil:
			out := []any{}
			for _, v := range list {
				out = append(out, walk(v))
			}
			return out
		case json.Unmarshal(raw, &s) == nil && raw[0] == '"':
			return s
		}
		return number{json.Number(raw)}
	}
	return walk(text)
}

func TestOrderFields(t *testing.T) {
	var o client.Order
	if err := json.Unmarshal([]byte(fullOrder), &o); err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 5, 10, 14, 30, 0, 250e6, time.UTC); o.ScheduledTime == nil || !o.ScheduledTime.Equal(want) {
		t.Errorf("scheduled at %v", o.ScheduledTime)
	}
	if o.Status != "on-hold" || !o.Status.Protected() || o.Price.String() != "12.500000000000000000001" || string(o.Extra["attempts"]) != "[1,2]" {
		t.Errorf("got %+v", o)
	}
	for field, want := range map[string]bool{
		"uuid": true, "name": true, "email": true, "phoneNumber": true, "parameters": true, "score": true, "createdAt": true,
		"firstName": false, "country": false, "updatedAt": false, "parameters.n": false,
	} {
		if o.Record.Has(field) != want {
			t.Errorf("Has(%q) is %v", field, !want)
		}
	}
	if string(o.Record.Parameters["n"]) != "1e400" {
		t.Errorf("parameters are %v", o.Record.Parameters)
	}
}

func TestTimes(t *testing.T) {
	want := time.Date(2026, 5, 10, 14, 30, 0, 0, time.UTC)
	for text, ok := range map[string]bool{
		"2026-05-10T14:30:00Z": true, "2026-05-10T16:30:00+02:00": true, "2026-05-10T14:30:00.000Z": true,
		"2026-05-10T16:30:00+0200": true, "2026-05-10T14:30:00": true,
		"2026-05-10": false, "10/05/2026 14:30": false, "1778423400": false,
	} {
		var r client.Record
		if err := json.Unmarshal([]byte(`{"createdAt":"`+text+`"}`), &r); err != nil {
			t.Fatal(err)
		}
		if _, kept := r.Extra["createdAt"]; r.CreatedAt.Equal(want) != ok || r.CreatedAt.IsZero() == ok || kept == ok {
			t.Errorf("%s: %v, kept %v", text, r.CreatedAt, kept)
		}
	}
}
