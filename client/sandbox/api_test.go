package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/client/sandbox"
)

func TestTokens(t *testing.T) {
	now := time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC)
	s, a := open(t, sandbox.Config{
		Clock: func() time.Time { return now },
		Tokens: []sandbox.Token{
			{Value: "all"},
			{Value: "reader", Permissions: []string{"campaigns:read"}},
			{Value: "nothing", Permissions: []string{}},
			{Value: "valid", Expires: now.Add(time.Second)},
			{Value: "expired", Expires: now},
		},
	})
	orders := ordersPath(demo(t, s))
	for _, test := range []struct {
		authorization, method, path string
		status                      int
	}{
		{"", "GET", "/auth/me", 401},
		{"Bearer", "GET", "/auth/me", 401},
		{"Bearer unknown", "GET", "/auth/me", 401},
		{"Basic all", "GET", "/auth/me", 401},
		{"Bearer expired", "GET", "/auth/me", 401},
		{"", "GET", "/nothing/here", 401},
		{"Bearer all", "GET", "/auth/me", 200},
		{"bearer all", "GET", "/auth/me", 200},
		{"Bearer valid", "GET", "/auth/me", 200},
		{"Bearer nothing", "GET", "/auth/me", 200},
		{"Bearer nothing", "GET", "/campaigns", 403},
		{"Bearer reader", "GET", "/campaigns", 200},
		{"Bearer reader", "GET", orders, 200},
		{"Bearer reader", "POST", orders, 403},
		{"Bearer reader", "GET", "/records", 403},
		{"Bearer reader", "GET", "/record-types", 403},
	} {
		t.Run(test.authorization+" "+test.method+" "+test.path, func(t *testing.T) {
			scheme, token, _ := strings.Cut(test.authorization, " ")
			a := api{t, a.handler, token}
			var got answer
			if scheme == "Bearer" && token != "" {
				got = a.ask(test.method, test.path, nil)
			} else {
				got = raw(t, a.handler, test.method, sandbox.BasePath+test.path, test.authorization)
			}
			if got.status != test.status {
				t.Errorf("%d %s; want %d", got.status, got.body, test.status)
			}
			if got.status == 401 && got.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("no WWW-Authenticate in %v", got.header)
			}
		})
	}
}

func TestMe(t *testing.T) {
	_, a := open(t, sandbox.Config{Tokens: []sandbox.Token{{Value: "sandbox", Permissions: []string{"campaigns:read"}}}, RateLimit: 5})
	me := decode[struct {
		User      struct{ Permissions []string }
		RateLimit struct{ Limit, Remaining int }
	}](a.want(200, "GET", "/auth/me", nil), t)
	if fmt.Sprint(me.User.Permissions) != "[campaigns:read]" || me.RateLimit.Limit != 5 || me.RateLimit.Remaining != 4 {
		t.Errorf("me = %+v", me)
	}
}

func TestRateLimit(t *testing.T) {
	now := time.Date(2026, 5, 10, 12, 0, 0, 300e6, time.UTC)
	_, a := open(t, sandbox.Config{
		RateLimit: 2, Clock: func() time.Time { return now },
		Tokens: []sandbox.Token{{Value: "sandbox"}, {Value: "other"}},
	})
	a.want(200, "GET", "/auth/me", nil)
	if left := a.want(200, "GET", "/auth/me", nil).header.Get("X-RateLimit-Remaining"); left != "0" {
		t.Errorf("remaining %q; want 0", left)
	}
	refused := a.want(429, "GET", "/auth/me", nil)
	for name, want := range map[string]string{
		"Retry-After": "1", "X-RateLimit-Limit": "2", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(now.Unix() + 1),
	} {
		if got := refused.header.Get(name); got != want {
			t.Errorf("%s: %q; want %q", name, got, want)
		}
	}
	api{t, a.handler, "other"}.want(200, "GET", "/auth/me", nil) // its own share
	now = now.Add(700 * time.Millisecond)
	a.want(200, "GET", "/auth/me", nil)
}

func TestMalformedRequests(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	campaign := demo(t, s)
	orders := ordersPath(campaign)
	const nobody = "00000000-0000-4000-8000-000000000000"
	for _, test := range []struct {
		name, method, path, contentType, body string
		status                                int
		message                               string
	}{
		{"unknown path", "GET", "/nothing", "", "", 404, "nothing at"},
		{"unclean path", "GET", "/campaigns//orders", "", "", 404, "nothing at"},
		{"unclean post", "POST", "/campaigns/../campaigns/x/orders", "application/json", "{}", 404, "nothing at"},
		{"wrong method", "PUT", orders, "", "", 405, "PUT is not possible"},
		{"no body method", "DELETE", "/campaigns", "", "", 405, "DELETE is not possible"},
		{"malformed campaign", "GET", "/campaigns/12/orders", "", "", 400, "not a UUID"},
		{"unknown campaign", "GET", ordersPath(nobody), "", "", 404, "there is no campaign"},
		{"unknown record type", "GET", "/record-types/" + nobody, "", "", 404, "there is no record type"},
		{"unknown record", "GET", "/records/" + nobody, "", "", 404, "there is no record"},
		{"unknown order", "PATCH", orders + "/" + nobody, "application/json", "{}", 404, "there is no order"},
		{"unknown order removed", "DELETE", orders + "/" + nobody, "", "", 404, "there is no order"},
		{"malformed order", "DELETE", orders + "/x", "", "", 400, "not a UUID"},
		{"form", "POST", orders, "application/x-www-form-urlencoded", "a=b", 415, "application/json"},
		{"no content type", "POST", orders, "", "{}", 415, "application/json"},
		{"charset", "POST", orders, "application/json; charset=utf-8", "{}", 422, "is required"},
		{"no JSON", "POST", orders, "application/json", "{", 400, "not JSON"},
		{"more than JSON", "POST", orders, "application/json", "{} {}", 400, "not JSON"},
		{"array", "POST", orders, "application/json", "[]", 400, "object"},
		{"null", "POST", orders, "application/json", "null", 400, "object"},
		{"empty body", "POST", orders, "application/json", "", 400, "not JSON"},
		{"too large", "POST", orders, "application/json", `"` + strings.Repeat("x", 1<<20) + `"`, 413, "larger than"},
		{"limit 0", "GET", orders + "?limit=0", "", "", 400, "limit must be"},
		{"limit 101", "GET", orders + "?limit=101", "", "", 400, "limit must be"},
		{"limit text", "GET", orders + "?limit=ten", "", "", 400, "limit must be"},
		{"page 0", "GET", orders + "?page=0", "", "", 400, "page must be"},
		{"page huge", "GET", orders + "?page=9223372036854775807", "", "", 400, "page must be"},
		{"status unknown", "GET", orders + "?status=lost", "", "", 400, "status must be"},
		{"campaign status unknown", "GET", "/campaigns?status=registered", "", "", 400, "status must be"},
		{"record type of records", "GET", "/records?recordTypeUuid=x", "", "", 400, "not a UUID"},
		{"campaign of records", "GET", "/records?campaignUuid=" + nobody, "", "", 404, "there is no campaign"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := a.send(test.method, test.path, test.contentType, strings.NewReader(test.body))
			if got.status != test.status || !strings.Contains(got.body, test.message) {
				t.Errorf("%d %s; want %d with %q", got.status, got.body, test.status, test.message)
			}
			if got.status == 405 && got.header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
			if got.header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("content type %q", got.header.Get("Content-Type"))
			}
		})
	}
	if commits, err := s.Journal(0); err != nil || len(commits) != 0 {
		t.Errorf("journal %v, %v; want empty", commits, err)
	}
}

func TestCampaigns(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	for i := range 12 {
		status := "active"
		if i%2 == 0 {
			status = "paused"
		}
		if _, err := s.AddCampaign(sandbox.Campaign{Name: fmt.Sprintf("ÄRGER %d", i), Status: status}); err != nil {
			t.Fatal(err)
		}
	}
	type page struct {
		Campaigns                      []sandbox.Campaign
		Total, Page, Limit, TotalPages int
	}
	for query, want := range map[string]string{
		"":                             "10 of 13, page 1 of 2 by 10",
		"?page=2":                      "3 of 13, page 2 of 2 by 10",
		"?page=3":                      "0 of 13, page 3 of 2 by 10",
		"?limit=100":                   "13 of 13, page 1 of 1 by 100",
		"?search=%C3%A4rger&limit=4":   "4 of 12, page 1 of 3 by 4",
		"?status=paused":               "6 of 6, page 1 of 1 by 10",
		"?search=demo&status=paused":   "0 of 0, page 1 of 0 by 10",
		"?search=nothing+of+that+name": "0 of 0, page 1 of 0 by 10",
	} {
		p := decode[page](a.want(200, "GET", "/campaigns"+query, nil), t)
		if got := fmt.Sprintf("%d of %d, page %d of %d by %d", len(p.Campaigns), p.Total, p.Page, p.TotalPages, p.Limit); got != want {
			t.Errorf("%s: %s; want %s", query, got, want)
		}
	}
	c := decode[sandbox.Campaign](a.want(200, "GET", "/campaigns/"+strings.ToUpper(demo1(s)), nil), t)
	if c.Name != "Demo" || c.Timezone != "Europe/London" || c.Schedule["fri"].End != "17:00" {
		t.Errorf("campaign %+v", c)
	}
	free := s.Campaigns()[1]
	if body := a.want(200, "GET", "/campaigns/"+free.UUID, nil).body; !strings.Contains(body, `"recordTypeUuid":null`) {
		t.Errorf("%s; want a record type that is null", body)
	}
}

func demo1(s *sandbox.Server) string { return s.Campaigns()[0].UUID }

func TestRecordTypes(t *testing.T) {
	s, a := open(t, sandbox.Config{})
	types := decode[[]sandbox.RecordType](a.want(200, "GET", "/record-types", nil), t)
	if len(types) != 1 || types[0].Name != "Customer" {
		t.Fatalf("types %+v", types)
	}
	kinds := map[string]bool{}
	for _, f := range types[0].Parameters {
		kinds[f.Type] = true
		if f.Required {
			t.Errorf("%s is required", f.ID)
		}
	}
	for _, kind := range strings.Fields("text input number decimal textarea bool date datetime currency country select string") {
		if !kinds[kind] {
			t.Errorf("Demo has no field of type %s", kind)
		}
	}
	one := decode[sandbox.RecordType](a.want(200, "GET", "/record-types/"+types[0].UUID, nil), t)
	if len(one.Parameters) != len(types[0].Parameters) {
		t.Errorf("type %+v", one)
	}
	for _, bad := range []sandbox.RecordType{
		{},
		{Name: "twice", Parameters: []sandbox.Field{{ID: "a", Type: "text"}, {ID: "a", Type: "text"}}},
		{Name: "pattern", Parameters: []sandbox.Field{{ID: "a", Type: "text", Validation: "("}}},
		{Name: "default", Parameters: []sandbox.Field{{ID: "a", Type: "number", Default: "ten"}}},
	} {
		if _, err := s.AddRecordType(bad); err == nil {
			t.Errorf("record type %+v was taken", bad)
		}
	}
	if _, err := s.AddRecordType(sandbox.RecordType{Name: "Bare"}); err != nil {
		t.Fatal(err)
	}
	if body := a.want(200, "GET", "/record-types", nil).body; strings.Count(body, `"parameters"`) != 1 {
		t.Errorf("%s; want no parameters where there are none", body)
	}
}

// raw sends a request with an Authorization header as it is.
func raw(t *testing.T, handler http.Handler, method, path, authorization string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return record(handler, r)
}
