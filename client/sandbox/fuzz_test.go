package sandbox_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
)

// Whatever is sent, an order is made and shown, or the body is refused: nothing
// fails inside, and nothing that was refused is there.
func FuzzCreateOrder(f *testing.F) {
	for _, body := range []string{
		`{"record":{"phoneNumber":"+447911123456"}}`,
		`{"status":"planned","record":{"name":"a\u0000b","phoneNumber":"+447911123456","parameters":{"employees":1e3,"notes":"\ud800","newsletter":true}}}`,
		`{"record":{"phoneNumber":"+447911123456","email":"ä@ö","parameters":{"birthday":"2026-02-29","callback_at":"2026-05-10T14:30:00Z"}}}`,
		`{"record":{"parameters":{"tier":{"value":"gold"}}}}`,
		`{"record":`, `[]`, `null`, ``, "\x00",
	} {
		f.Add(body)
	}
	s, a := open(f, sandbox.Config{})
	campaign := demo(f, s)
	f.Fuzz(func(t *testing.T, body string) {
		a := api{t, a.handler, a.token}
		before, err := s.Journal(0)
		if err != nil {
			t.Fatal(err)
		}
		got := a.ask("POST", ordersPath(campaign), body)
		commits, err := s.Journal(int64(len(before)))
		if err != nil {
			t.Fatal(err)
		}
		switch got.status {
		case 201:
			made := decode[sandbox.Order](got, t)
			page := decode[orderPage](a.want(200, "GET", ordersPath(campaign)+"?limit=100&search="+url.QueryEscape(made.Record.PhoneNumber), nil), t)
			i := slices.IndexFunc(page.Orders, func(o sandbox.Order) bool { return o.UUID == made.UUID })
			if len(commits) != 1 || commits[0].Order != made.UUID || i < 0 || !same(page.Orders[i], made) {
				t.Errorf("%s: made %+v, committed %+v, listed %+v", body, made, commits, page.Orders)
			}
			a.want(204, "DELETE", "/records/"+made.Record.UUID, nil)
		case 400, 413, 422:
			if len(commits) != 0 || !json.Valid([]byte(got.body)) {
				t.Errorf("%s: refused with %s, committed %+v", body, got.body, commits)
			}
		default:
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	})
}

func same(a, b sandbox.Order) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

func FuzzUpdateOrder(f *testing.F) {
	for _, body := range []string{
		`{"status":"scheduled","scheduledTime":"2026-05-10T14:30:00.123456+02:00","scheduledTimeTimezone":"Europe/Berlin","scheduledDurationSeconds":1e9,"price":-0,"currencyCode":"EUR","instructions":"\u0000"}`,
		`{"scheduledTime":"0000-01-01T00:00:00+23:59"}`, `{"scheduledTime":"9999-12-31T23:59:59-23:59"}`,
		`{"scheduledTimeTimezone":"../../etc/passwd"}`, `{"price":null}`, `{}`,
	} {
		f.Add(body)
	}
	s, a := open(f, sandbox.Config{})
	campaign := demo(f, s)
	o, err := s.AddOrder(sandbox.Order{CampaignUUID: campaign, Record: sandbox.Record{PhoneNumber: number(1)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		a := api{t, a.handler, a.token}
		before, err := s.Orders(campaign)
		if err != nil {
			t.Fatal(err)
		}
		got := a.ask("PATCH", ordersPath(campaign)+"/"+o.UUID, body)
		after, err := s.Orders(campaign)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		switch got.status {
		case 200:
			if !same(decode[sandbox.Order](got, t), after[0]) {
				t.Errorf("%s: answered %s, and is %+v", body, got.body, after[0])
			}
		case 400, 413, 422:
			if !same(before[0], after[0]) {
				t.Errorf("%s: refused with %s, and changed to %+v", body, got.body, after[0])
			}
		default:
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	})
}

// A search finds what a plain comparison of name and number finds, in order.
func TestSearchIsContains(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func(alphabet string, most int) string {
		letters := []rune(alphabet)
		var b strings.Builder
		for range random.IntN(most + 1) {
			b.WriteRune(letters[random.IntN(len(letters))])
		}
		return b.String()
	}
	s, a := open(t, sandbox.Config{})
	campaign := demo(t, s)
	for range 60 {
		_, err := s.AddOrder(sandbox.Order{CampaignUUID: campaign, Record: sandbox.Record{
			Name: text("aAäÄ+4%_ '", 6), PhoneNumber: "+4" + text("0123456789", 4),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	orders, err := s.Orders(campaign)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		search := text("aAäÄ+4+4%_ '0", 3)
		var want, got []string
		for _, o := range orders {
			if strings.Contains(strings.ToLower(o.Record.Name), strings.ToLower(search)) || strings.Contains(o.Record.PhoneNumber, search) {
				want = append(want, o.UUID)
			}
		}
		p := decode[orderPage](a.want(200, "GET", ordersPath(campaign)+"?limit=100&search="+url.QueryEscape(search), nil), t)
		for _, o := range p.Orders {
			got = append(got, o.UUID)
		}
		if p.Total != len(want) || !slices.Equal(got, want) {
			t.Errorf("%q: found %d, total %d; want %d", search, len(got), p.Total, len(want))
		}
	}
}
