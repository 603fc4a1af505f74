package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/google/go-cmp/cmp"
)

// Each call is one request, of this method, path, query and body.
func TestRequests(t *testing.T) {
	ctx := context.Background()
	number := func(s string) *json.Number { n := json.Number(s); return &n }
	at := time.Date(2026, 5, 10, 16, 30, 0, 0, time.FixedZone("CEST", 2*3600))
	order := `{"uuid":"` + orderID + `"}`
	record := `{"uuid":"` + recordID + `"}`
	for _, c := range []struct {
		name, want, answer string
		call               func(c *client.Client) error
	}{
		{"me", "GET /auth/me", `{"user":{"uuid":"u","permissions":["campaigns:read"]}}`, func(c *client.Client) error {
			a, err := c.Account.Me(ctx)
			if len(a.User.Permissions) != 1 {
				return fmt.Errorf("permissions are %v", a.User.Permissions)
			}
			return err
		}},
		{"campaigns", "GET /campaigns?limit=5&page=2&search=Spring+%26+co&status=active", `{"campaigns":[]}`, func(c *client.Client) error {
			_, err := c.Campaigns.Page(ctx, client.CampaignQuery{Search: "Spring & co", Status: "active"}, 2, 5)
			return err
		}},
		{"campaign", "GET /campaigns/" + campaign, `{"uuid":"c"}`, func(c *client.Client) error {
			_, err := c.Campaigns.Get(ctx, campaign)
			return err
		}},
		{"record types", "GET /record-types", `[]`, func(c *client.Client) error {
			_, err := c.RecordTypes.List(ctx)
			return err
		}},
		{"record type", "GET /record-types/r1", `{"uuid":"r1"}`, func(c *client.Client) error {
			_, err := c.RecordTypes.Get(ctx, "r1")
			return err
		}},
		{"records", "GET /records?campaignUuid=c&limit=100&page=1&recordTypeUuid=r&search=%2B44", `{"records":[]}`, func(c *client.Client) error {
			_, err := c.Records.Page(ctx, client.RecordQuery{RecordTypeUUID: "r", CampaignUUID: "c", Search: "+44"}, 0, 0)
			return err
		}},
		{"get record", "GET /records/" + recordID, record, func(c *client.Client) error {
			_, err := c.Records.Get(ctx, recordID)
			return err
		}},
		{"create record", `POST /records {"recordTypeUuid":"r","phoneNumber":"+1"}`, `{"record":` + record + `}`, func(c *client.Client) error {
			_, err := c.Records.Create(ctx, client.RecordPatch{RecordTypeUUID: "r", PhoneNumber: "+1"})
			return err
		}},
		{"update record", "PATCH /records/" + recordID + ` {"parameters":{"a":null}}`, record, func(c *client.Client) error {
			_, err := c.Records.Update(ctx, recordID, client.RecordPatch{Parameters: map[string]json.RawMessage{"a": []byte("null")}})
			return err
		}},
		{"delete record", "DELETE /records/" + recordID, ``, func(c *client.Client) error { return c.Records.Delete(ctx, recordID) }},
		{"orders", "GET /campaigns/" + campaign + "/orders?limit=100&page=1&search=x&status=no-answer", `{"orders":[]}`, func(c *client.Client) error {
			_, err := c.Orders.Page(ctx, campaign, client.OrderQuery{Search: "x", Status: client.StatusNoAnswer}, 1, 1000)
			return err
		}},
		{"create order", "POST /campaigns/" + campaign + `/orders {"status":"planned","record":{"phoneNumber":"+1"}}`, order, func(c *client.Client) error {
			_, err := c.Orders.Create(ctx, campaign, client.OrderCreate{Status: client.StatusPlanned, Record: []byte(`{"phoneNumber":"+1"}`)})
			return err
		}},
		{"create wrapped order", "POST /campaigns/" + campaign + `/orders {"record":{}}`, `{"order":` + order + `}`, func(c *client.Client) error {
			o, err := c.Orders.Create(ctx, campaign, client.OrderCreate{Record: []byte(`{}`)})
			if o.UUID != orderID {
				return fmt.Errorf("order is %q", o.UUID)
			}
			return err
		}},
		{"update order", "PATCH /campaigns/" + campaign + "/orders/" + orderID +
			` {"scheduledTime":"2026-05-10T14:30:00Z","status":"scheduled","scheduledTimeTimezone":"Europe/Berlin","scheduledDurationSeconds":90,"price":12.50}`, order,
			func(c *client.Client) error {
				_, err := c.Orders.Update(ctx, campaign, orderID, client.OrderPatch{Status: client.StatusScheduled, ScheduledTime: &at,
					ScheduledTimeTimezone: "Europe/Berlin", ScheduledDurationSeconds: number("90"), Price: number("12.50")})
				return err
			}},
		{"associate", "POST /campaigns/" + campaign + `/orders/associate {"recordUuids":["a","b"]}`, `{"orders":[` + order + `]}`, func(c *client.Client) error {
			orders, err := c.Orders.Associate(ctx, campaign, []string{"a", "b"})
			if len(orders) != 1 {
				return fmt.Errorf("%d orders", len(orders))
			}
			return err
		}},
		{"remove order", "DELETE /campaigns/" + campaign + "/orders/" + orderID, `{"ok":true}`, func(c *client.Client) error {
			return c.Orders.Remove(ctx, campaign, orderID)
		}},
		{"id is escaped", "DELETE /campaigns/a%20b%3Fc%23d%25/orders/%7Bx%7D", ``, func(c *client.Client) error {
			return c.Orders.Remove(ctx, "a b?c#d%", "{x}")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			cl := setup(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = append(got, strings.TrimSpace(r.Method+" "+strings.TrimPrefix(r.RequestURI, "/base/api")+" "+string(body)))
				for name, want := range map[string]string{"Authorization": "Bearer " + token, "User-Agent": "tests/1", "Accept": "application/json"} {
					if h := r.Header.Get(name); h != want {
						t.Errorf("%s is %q, want %q", name, h, want)
					}
				}
				if (len(body) > 0) != (r.Header.Get("Content-Type") == "application/json") {
					t.Errorf("Content-Type is %q with a body of %d bytes", r.Header.Get("Content-Type"), len(body))
				}
				if r.Header["Idempotency-Key"] != nil || r.Header["X-Idempotency-Key"] != nil {
					t.Error("has an idempotency key, which makes the transport repeat writes")
				}
				io.WriteString(w, c.answer)
			}, func(c *client.Config) { c.UserAgent = "tests/1" })
			if err := c.call(cl); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff([]string{c.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An id that would leave its place in the path is refused before anything is
// sent.
func TestIDsStayInTheirPath(t *testing.T) {
	c := setup(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s", r.RequestURI) })
	for _, id := range []string{"", ".", "..", "../x", "a/b", `a\b`, "a\nb", "x/../../y"} {
		for name, call := range map[string]func() error{
			"campaign": func() error { return c.Orders.Remove(t.Context(), id, orderID) },
			"order":    func() error { return c.Orders.Remove(t.Context(), campaign, id) },
			"record":   func() error { _, err := c.Records.Get(t.Context(), id); return err },
			"list": func() error {
				for _, err := range c.Orders.All(t.Context(), id, client.OrderQuery{}) {
					return err
				}
				return nil
			},
		} {
			err := call()
			var e *client.Error
			if !errors.As(err, &e) || e.Code != client.CodeRequest || client.Decide("DELETE", err) != client.Final {
				t.Errorf("%s %q: %v", name, id, err)
			}
		}
	}
}

// A 2xx is a success only if it is the answer that was promised.
func TestAnswersOfWrites(t *testing.T) {
	type call func(*client.Client) error
	creating := call(func(c *client.Client) error { _, err := create(c); return err })
	updating := call(func(c *client.Client) error {
		_, err := c.Orders.Update(context.Background(), campaign, orderID, client.OrderPatch{Status: client.StatusPlanned})
		return err
	})
	associating := call(func(c *client.Client) error {
		_, err := c.Orders.Associate(context.Background(), campaign, []string{recordID})
		return err
	})
	removing := call(func(c *client.Client) error { return c.Orders.Remove(context.Background(), campaign, orderID) })
	for _, c := range []struct {
		name string
		call call
		body string
		bad  string // part of the message; "": a success
	}{
		{"create", creating, `{"uuid":"o"}`, ""},
		{"create in this campaign", creating, `{"uuid":"o","campaignUuid":"` + strings.ToUpper(campaign) + `"}`, ""},
		{"create elsewhere", creating, `{"uuid":"o","campaignUuid":"other"}`, "another campaign"},
		{"create without uuid", creating, `{"status":"registered"}`, "no order uuid"},
		{"create with empty uuid", creating, `{"uuid":""}`, "no order uuid"},
		{"create with a number", creating, `{"uuid":7}`, "no order uuid"},
		{"create null", creating, `null`, "not a JSON object"},
		{"create array", creating, `[{"uuid":"o"}]`, "not a JSON object"},
		{"create empty", creating, ``, "empty"},
		{"create html", creating, `<!doctype html><title>Sign in &amp; go</title>`, "Sign in & go"},
		{"create cut", creating, `{"uuid":"o"`, "unexpected end"},
		{"create two", creating, `{"uuid":"o"}{"uuid":"p"}`, "after top-level value"},
		{"update", updating, `{"uuid":"` + strings.ToUpper(orderID) + `"}`, ""},
		{"update another", updating, `{"uuid":"x"}`, "another order"},
		{"associate nothing", associating, ``, ""},
		{"associate array", associating, `[{"uuid":"o"}]`, ""},
		{"associate count", associating, `{"count":1}`, ""},
		{"associate associated", associating, `{"associated":1}`, ""},
		{"associate number", associating, `1`, ""},
		{"associate something else", associating, `{"message":"ok"}`, "neither orders nor a count"},
		{"associate order without uuid", associating, `{"orders":[{}]}`, "item 1: no uuid"},
		{"associate text", associating, `"ok"`, "invalid number"},
		{"remove nothing", removing, ``, ""},
		{"remove anything", removing, `{"x":1}`, ""},
		{"remove html", removing, `<html><head><TITLE>Hello</TITLE>`, "Hello"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.call(setup(t, answer(http.StatusOK, c.body)))
			if c.bad == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var e *client.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Code != client.CodeUnreadable || e.Applied != client.MaybeApplied || e.Status != 200 || !strings.Contains(e.Message, c.bad) {
				t.Errorf("got %#v", e)
			}
			if d := client.Decide(http.MethodPost, err); d != client.Settle {
				t.Errorf("decision is %v", d)
			}
		})
	}
}
