package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/campsync/campsync/client"
)

func TestPageAnswers(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       string // items, total, page, limit, pages; or the message of an error
	}{
		{"whole", `{"orders":[{"uuid":"a"}],"total":7,"page":3,"limit":2,"totalPages":4}`, "1 7 3 2 4"},
		{"without totalPages", `{"orders":[{"uuid":"a"}],"total":7,"page":3,"limit":2}`, "1 7 3 2 4"},
		{"without total", `{"orders":[{"uuid":"a"}]}`, "1 -1 3 2 0"},
		{"total as text", `{"orders":[],"total":"7"}`, "0 7 3 2 4"},
		{"total as nonsense", `{"orders":[],"total":-1,"page":"x","limit":null}`, "0 -1 3 2 0"},
		{"empty", `{"orders":[],"total":0}`, "0 0 3 2 0"},
		{"null and none", `{"orders":null,"total":0}`, "0 0 3 2 0"},
		{"null", `{"orders":null}`, "orders: not a JSON array"},
		{"null and some", `{"orders":null,"total":3}`, "orders: not a JSON array"},
		{"other key", `{"records":[],"total":0}`, `no "orders"`},
		{"message", `{"message":"try later"}`, `no "orders"`},
		{"object", `{"orders":{"uuid":"a"}}`, "orders: not a JSON array"},
		{"item is a text", `{"orders":["a"]}`, "orders: item 1: not a JSON object"},
		{"item is null", `{"orders":[null]}`, "not a JSON object"},
		{"item without uuid", `{"orders":[{"uuid":"a"},{"status":"do-not-call"}]}`, "orders: item 2: no uuid"},
		{"bare array", `[{"uuid":"a"}]`, "not a JSON object"},
		{"null alone", `null`, "not a JSON object"},
		{"nothing", ``, "empty"},
		{"html", `<!DOCTYPE html><title>Log in</title>`, "Log in"},
		{"cut", `{"orders":[{"uuid":"a"}`, "unexpected end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := setup(t, answer(200, c.body), impatient)
			p, err := cl.Orders.Page(t.Context(), campaign, client.OrderQuery{}, 3, 2)
			if err == nil {
				if got := fmt.Sprint(len(p.Items), p.Total, p.Page, p.Limit, p.TotalPages); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
				return
			}
			var e *client.Error
			if !errors.As(err, &e) || e.Code != client.CodeUnreadable || !strings.Contains(e.Message, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// All yields every item once, however the server counts its pages, and asks
// for no page too many that it could have known of.
func TestAll(t *testing.T) {
	for _, c := range []struct {
		name     string
		items    int
		cap      int // what the server makes of a limit of 100
		meta     string
		requests int
	}{
		{"total pages", 250, 100, "total totalPages limit", 3},
		{"total", 250, 100, "total limit", 3},
		{"total, exactly full", 200, 100, "total limit", 2},
		{"nothing said", 250, 100, "", 3},
		{"nothing said, exactly full", 200, 100, "", 3},
		{"smaller pages, said", 250, 50, "limit", 6},
		{"smaller pages, total", 250, 50, "total limit", 5},
		{"none", 0, 100, "", 1},
		{"none, said", 0, 100, "total totalPages", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			requests := 0
			cl := setup(t, func(w http.ResponseWriter, r *http.Request) {
				requests++
				page, _ := strconv.Atoi(r.URL.Query().Get("page"))
				var items []string
				for i := (page - 1) * c.cap; i < min(page*c.cap, c.items); i++ {
					items = append(items, fmt.Sprintf(`{"uuid":"r%d"}`, i))
				}
				fmt.Fprintf(w, `{"records":[%s]`, strings.Join(items, ","))
				for key, n := range map[string]int{"total": c.items, "limit": c.cap, "totalPages": (c.items + c.cap - 1) / c.cap} {
					for _, said := range strings.Fields(c.meta) {
						if said == key {
							fmt.Fprintf(w, `,%q:%d`, key, n)
						}
					}
				}
				fmt.Fprint(w, "}")
			})
			n := 0
			for r, err := range cl.Records.All(t.Context(), client.RecordQuery{}) {
				if err != nil {
					t.Fatal(err)
				}
				if r.UUID != fmt.Sprintf("r%d", n) {
					t.Fatalf("item %d is %s", n, r.UUID)
				}
				n++
			}
			if n != c.items || requests != c.requests {
				t.Errorf("%d items in %d requests, want %d in %d", n, requests, c.items, c.requests)
			}
		})
	}
}

// A server that gives the same page for ever does not keep All for ever.
func TestAllEndsWithoutTurning(t *testing.T) {
	cl := setup(t, answer(200, `{"campaigns":[{"uuid":"a"},{"uuid":"b"}],"limit":2}`))
	n := 0
	for _, err := range cl.Campaigns.All(t.Context(), client.CampaignQuery{}) {
		if err != nil {
			if !strings.Contains(err.Error(), "does not turn pages") || n != 2 {
				t.Errorf("after %d items: %v", n, err)
			}
			return
		}
		n++
	}
	t.Errorf("ended without an error after %d items", n)
}

// Whoever has seen enough stops, and no further page is asked for.
func TestAllStops(t *testing.T) {
	requests := 0
	cl := setup(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		answer(200, `{"orders":[{"uuid":"a"},{"uuid":"b"}],"limit":2}`)(w, r)
	})
	for range cl.Orders.All(t.Context(), campaign, client.OrderQuery{}) {
		break
	}
	if requests != 1 {
		t.Errorf("%d requests", requests)
	}
}

func TestRecordTypes(t *testing.T) {
	const types = `[{"uuid":"t","name":"Donor","isDefault":true,"icon":"x","parameters":[
		{"id":"amount","type":"decimal","required":true,"default":5,"title":"Amount"},
		{"id":"tier","type":"select","options":["gold",{"value":"s","label":"Silver"},3]}]}]`
	for _, body := range []string{types, `{"recordTypes":` + types + `}`} {
		got, err := setup(t, answer(200, body)).RecordTypes.List(t.Context())
		if err != nil || len(got) != 1 {
			t.Fatalf("%v, %v", got, err)
		}
		r := got[0]
		if !r.IsDefault || len(r.Parameters) != 2 || string(r.Extra["icon"]) != `"x"` {
			t.Errorf("got %+v", r)
		}
		if f := r.Parameters[0]; f.ID != "amount" || !f.Required || f.Default != "5" || f.Title != "Amount" {
			t.Errorf("got %+v", f)
		}
		if o := fmt.Sprint(r.Parameters[1].Options); o != "[{gold gold} {s Silver} {3 3}]" {
			t.Errorf("options are %s", o)
		}
	}
	for _, body := range []string{``, `null`, `{}`, `{"recordTypes":null}`, `[{"name":"x"}]`, `[{"uuid":"t","parameters":[{"type":"text"}]}]`, `[1]`} {
		_, err := setup(t, answer(200, body), impatient).RecordTypes.List(t.Context())
		var e *client.Error
		if !errors.As(err, &e) || e.Code != client.CodeUnreadable {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestAccount(t *testing.T) {
	for body, want := range map[string]string{
		`{"user":{"uuid":"u","email":"a@b.c","permissions":["x"],"team":1},"rateLimit":{"limit":5},"plan":"p"}`: `a@b.c [x] {"limit":5} 1 1`,
		`{"uuid":"u","email":"a@b.c"}`: `a@b.c []  0 0`,
	} {
		a, err := setup(t, answer(200, body)).Account.Me(t.Context())
		if got := fmt.Sprint(a.User.Email, " ", a.User.Permissions, " ", string(a.Usage), " ", len(a.User.Extra), " ", len(a.Extra)); err != nil || got != want {
			t.Errorf("got %s, %v", got, err)
		}
	}
	for _, body := range []string{`{}`, `{"user":null}`, `{"user":1}`, `[]`, `<html>`} {
		if _, err := setup(t, answer(200, body), impatient).Account.Me(t.Context()); err == nil {
			t.Errorf("%s passes for an account", body)
		}
	}
}
