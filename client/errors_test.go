package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
)

func TestErrorBodies(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		code   string
		text   string
	}{
		{"message", 422, `{"message":"validation failed"}`, "http-422", "create order: 422 validation failed"},
		{"error text", 400, `{"error":"no such field"}`, "http-400", "create order: 400 no such field"},
		{"error object", 409, `{"error":{"code":"duplicate","message":"exists already"}}`, "duplicate", "create order: 409 exists already"},
		{"error object with fields", 422, `{"error":{"code":"E17","message":"bad","errors":[{"field":"a","message":"b"}]}}`, "E17", "create order: 422 bad: a: b"},
		{"fields", 422, `{"errors":[{"field":"phoneNumber","message":"is not E.164"},{"field":"email","message":"is no address"}]}`,
			"http-422", "create order: 422 phoneNumber: is not E.164; email: is no address"},
		{"message and fields", 422, `{"message":"validation failed","errors":[{"field":"phoneNumber","message":"is not E.164"}]}`,
			"http-422", "create order: 422 validation failed: phoneNumber: is not E.164"},
		{"message and code", 400, `{"code":1042,"message":"no"}`, "1042", "create order: 400 no"},
		{"many messages", 400, `{"statusCode":400,"message":["a is bad","b is bad"],"error":"Bad Request"}`, "http-400", "create order: 400 a is bad; b is bad"},
		{"errors are texts", 422, `{"errors":["one","two"]}`, "http-422", "create order: 422 one; two"},
		{"errors by field", 422, `{"errors":{"b":["x","y"],"a":"z"}}`, "http-422", "create order: 422 b: x; y; a: z"},
		{"plain", 413, "too\r\nlarge  by far\n", "http-413", "create order: 413 too large by far"},
		{"html", 502, "<html>\n<head><title>502 Bad &amp; Gateway</title></head><body>x</body></html>", "http-502", "create order: 502 Bad & Gateway (a page of HTML)"},
		{"html without title", 503, "<!DOCTYPE html><p>Sorry", "http-503", "create order: 503 a page of HTML instead of the API's answer"},
		{"empty", 404, ``, "http-404", "create order: 404 not found"},
		{"empty and unknown", 499, ``, "http-499", "create order: 499 http-499"},
		{"other object", 400, `{"detail":"x"}`, "http-400", `create order: 400 {"detail":"x"}`},
		{"array", 400, `["x"]`, "http-400", `create order: 400 ["x"]`},
		{"cut", 400, `{"message":"x`, "http-400", `create order: 400 {"message":"x`},
		{"null parts", 400, `{"message":null,"error":null,"errors":null}`, "http-400", `create order: 400 {"message":null,"error":null,"errors":null}`},
		{"control characters", 400, `{"message":"a\u001b[31mred\u0007\u202eb\u0000\u009b"}`, "http-400", `create order: 400 a\x1b[31mred\x07\u202eb\x00\u009b`},
		{"not UTF-8", 400, "caf\xe9", "http-400", `create order: 400 caf\xe9`},
		{"code with spaces is none", 400, `{"code":"not a word","message":"m"}`, "http-400", "create order: 400 m"},
		{"nested", 400, strings.Repeat(`{"error":`, 20000) + `1` + strings.Repeat(`}`, 20000), "http-400", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := create(setup(t, answer(c.status, c.body)))
			var e *client.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Status != c.status || e.Code != c.code || e.Op != "create order" {
				t.Errorf("got %#v", e)
			}
			if c.text != "" && err.Error() != c.text {
				t.Errorf("got  %q\nwant %q", err.Error(), c.text)
			}
		})
	}
}

func TestErrorsAreBounded(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	var fields strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&fields, `{"field":"f%d","message":"m"},`, i)
	}
	for _, body := range []string{
		long, `{"message":"` + long[:60000] + `"}`, `{"code":"` + long[:60000] + `"}`,
		`{"errors":[` + fields.String() + `{}]}`, "<html><title>" + long,
	} {
		_, err := create(setup(t, answer(400, body)))
		if n := len(err.Error()); n > 600 {
			t.Errorf("%.30s: an error of %d bytes", body, n)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Now()
	date := func(d time.Duration) string { return now.Add(d).UTC().Format(http.TimeFormat) }
	for _, c := range []struct {
		name     string
		status   int
		header   []string
		from, to time.Duration
	}{
		{"seconds", 429, []string{"Retry-After", "7"}, 7 * time.Second, 7 * time.Second},
		{"part of a second", 429, []string{"Retry-After", "0.25"}, 250 * time.Millisecond, 250 * time.Millisecond},
		{"space", 429, []string{"Retry-After", " 7 "}, 7 * time.Second, 7 * time.Second},
		{"date", 429, []string{"Retry-After", date(time.Minute)}, 58 * time.Second, 61 * time.Second},
		{"past date", 429, []string{"Retry-After", date(-time.Hour)}, 0, 0},
		{"date by a clock that is an hour ahead", 429, []string{"Date", date(time.Hour), "Retry-After", date(time.Hour + time.Minute)}, 58 * time.Second, 61 * time.Second},
		{"zero", 429, []string{"Retry-After", "0"}, 0, 0},
		{"negative", 429, []string{"Retry-After", "-5"}, 0, 0},
		{"garbage", 429, []string{"Retry-After", "soon"}, 0, 0},
		{"infinity", 429, []string{"Retry-After", "Infinity"}, 0, 0},
		{"NaN", 429, []string{"Retry-After", "NaN"}, 0, 0},
		{"a year", 429, []string{"Retry-After", "31536000"}, 365 * 24 * time.Hour, 365 * 24 * time.Hour},
		{"huge", 429, []string{"Retry-After", "99999999999999999999999999"}, 1<<63 - 1, 1<<63 - 1},
		{"huger", 429, []string{"Retry-After", strings.Repeat("9", 400)}, 1<<63 - 1, 1<<63 - 1},
		{"none", 429, nil, 0, 0},
		{"reset in seconds", 429, []string{"X-RateLimit-Reset", "30"}, 30 * time.Second, 30 * time.Second},
		{"reset as Unix time", 429, []string{"X-RateLimit-Reset", fmt.Sprint(now.Unix() + 60)}, 58 * time.Second, 61 * time.Second},
		{"reset as Unix time in milliseconds", 429, []string{"X-RateLimit-Reset", fmt.Sprint(now.UnixMilli() + 60000)}, 58 * time.Second, 61 * time.Second},
		{"reset long ago", 429, []string{"X-RateLimit-Reset", "1000000000"}, 0, 0},
		{"Retry-After before reset", 429, []string{"Retry-After", "7", "X-RateLimit-Reset", "30"}, 7 * time.Second, 7 * time.Second},
		{"reset where Retry-After says nothing", 429, []string{"Retry-After", "x", "X-RateLimit-Reset", "30"}, 30 * time.Second, 30 * time.Second},
		{"unavailable", 503, []string{"Retry-After", "7", "X-RateLimit-Reset", "30"}, 7 * time.Second, 7 * time.Second},
		{"not of an error of another kind", 400, []string{"Retry-After", "7"}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := create(setup(t, answer(c.status, "", c.header...)))
			var e *client.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.RetryAfter < c.from || e.RetryAfter > c.to {
				t.Errorf("RetryAfter is %s, want %s to %s", e.RetryAfter, c.from, c.to)
			}
		})
	}
}
