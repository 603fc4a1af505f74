package client_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"unicode"
	"unicode/utf8"

	"github.com/campsync/campsync/client"
)

// Whatever a server answers, every call ends in what was promised or in an
// error that is fit to be shown.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		``, `null`, `{}`, `[]`, `1`, `"x"`, fullOrder, `{"order":` + fullOrder + `}`, `{"orders":[` + fullOrder + `],"total":1}`,
		`{"error":{"code":"x","message":["a"]},"errors":[{"field":"f","message":"m"},"t",7]}`, `{"errors":{"a":["b"]}}`,
		"<html><title>\x1b]0;x\x07</title>", "caf\xe9 \u202e" + token, `{"recordTypes":[{"uuid":"t","parameters":[{"id":"a","options":["x",1]}]}]}`,
		`{"user":{"permissions":["` + token + `"]}}`, `{"count":1}`, strings.Repeat("[", 10001),
	} {
		for _, status := range []uint16{200, 204, 302, 400, 422, 500} {
			f.Add(status, body, "")
		}
	}
	f.Add(uint16(302), "", "https://"+token+"@x/\x00")
	f.Fuzz(func(t *testing.T, status uint16, body, location string) {
		c, err := client.New(client.Config{BaseURL: "https://api.test/base", Token: token, Patience: 1,
			Transport: always(int(status%1000), body, "Location", location)})
		if err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		order, err := create(c)
		if err == nil && order.UUID == "" {
			t.Error("created an order without a uuid")
		}
		checkShown(t, err)
		if text, err := json.Marshal(order); err != nil || strings.Contains(string(text), token) {
			t.Errorf("order becomes %s, %v", text, err)
		}
		if status%1000 >= 500 {
			return // each costs a read a pause
		}
		page, err := c.Orders.Page(ctx, campaign, client.OrderQuery{}, 1, 100)
		checkShown(t, err)
		for _, o := range page.Items {
			if o.UUID == "" || err != nil {
				t.Errorf("page has %+v beside %v", o, err)
			}
		}
		orders, err := c.Orders.Associate(ctx, campaign, []string{recordID})
		checkShown(t, err)
		for _, o := range orders {
			if o.UUID == "" {
				t.Error("associated an order without a uuid")
			}
		}
		_, err = c.RecordTypes.List(ctx)
		checkShown(t, err)
		_, err = c.Account.Me(ctx)
		checkShown(t, err)
	})
}

// What this package does not know of an order is kept as encoding/json would.
func FuzzOrder(f *testing.F) {
	for _, s := range []string{fullOrder, `{}`, `null`, `{"a\u0062":1,"ab":[{"x":"}"}],"uuid":"\"","z":-1.5e3 , "":{} }`, `{"record":{"k":"\\"},"\xff":1}`, `{"a":`, `{"a" 1}`, `{1:2}`, `[`, `{"a":}`} {
		f.Add(s)
	}
	known := map[string]bool{"uuid": true, "campaignUuid": true, "status": true, "scheduledTime": true, "scheduledTimeTimezone": true,
		"scheduledDurationSeconds": true, "price": true, "currencyCode": true, "instructions": true, "record": true}
	f.Fuzz(func(t *testing.T, text string) {
		var o client.Order
		o.UnmarshalJSON([]byte(text)) // must not panic, whatever it is
		var want map[string]json.RawMessage
		err := json.Unmarshal([]byte(text), &want)
		if isObject := err == nil && want != nil; isObject != (json.Unmarshal([]byte(text), &o) == nil) && text != "null" {
			t.Fatalf("read as an order: %v", !isObject)
		} else if !isObject || !json.Valid([]byte(text)) {
			return
		}
		for key, raw := range want {
			if got := o.Extra[key]; !known[key] && string(got) != string(raw) {
				t.Errorf("%q is kept as %q, was %q", key, got, raw)
			}
		}
		for key := range o.Extra {
			if _, there := want[key]; !there {
				t.Errorf("%q comes from nowhere", key)
			}
		}
	})
}

// checkShown checks that an error is one line of printable text, bounded, and
// without the token.
func checkShown(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var e *client.Error
	if !errors.As(err, &e) || e.Code == "" || e.Applied == client.WasApplied {
		t.Errorf("got %#v", err)
	}
	text := err.Error() + e.Code
	if len(text) > 30000 || !utf8.ValidString(text) || strings.Contains(text, token) {
		t.Errorf("shows %q", text)
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			t.Errorf("shows %q", text)
		}
	}
}

// Whatever stands in the headers of a limit, the wait is not negative, and the
// gate lives on.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "0", "1", "-1", "1.5", "1e9", "99999999999999999999", "Wed, 21 Oct 2015 07:28:00 GMT", "soon", "Infinity", "0x10", "1778423400", "1778423400000"} {
		for _, status := range []uint16{200, 429, 503} {
			f.Add(status, s, s, s, s, "Wed, 21 Oct 2015 07:28:00 GMT")
		}
	}
	f.Fuzz(func(t *testing.T, status uint16, retryAfter, limit, remaining, reset, date string) {
		synctest.Test(t, func(t *testing.T) {
			c, err := client.New(client.Config{BaseURL: "https://api.test/base", Token: token,
				Transport: tripper(func(*http.Request) (*http.Response, error) {
					return response(int(status%1000), created, "Retry-After", retryAfter, "X-RateLimit-Limit", limit,
						"X-RateLimit-Remaining", remaining, "X-RateLimit-Reset", reset, "Date", date), nil
				})})
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				_, err := create(c)
				var e *client.Error
				if errors.As(err, &e) && e.RetryAfter < 0 {
					t.Errorf("waits %s", e.RetryAfter)
				}
				if client.Decide(http.MethodPost, err) == client.Again && e.RetryAfter > client.MaxWait {
					t.Errorf("again after %s", e.RetryAfter)
				}
			}
		})
	})
}
