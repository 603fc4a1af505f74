package clienttest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/client"
)

// ask sends a request as it is, and answers status and body.
func (s *suite) ask(t *testing.T, method, path, token, contentType, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(s.target.BaseURL, "/")+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<22))
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func (s *suite) account(t *testing.T) {
	me, err := s.client.Account.Me(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(me.User.Permissions) > 0 && !slices.Contains(me.User.Permissions, "campaigns:read") {
		t.Errorf("the token can read campaigns, but its permissions are %q", me.User.Permissions)
	}
	for _, token := range []string{"", "no-such-token"} {
		if status, body := s.ask(t, "GET", "/auth/me", token, "", ""); status != http.StatusUnauthorized {
			t.Errorf("token %q: %d %s; want 401", token, status, body)
		}
		if status, body := s.ask(t, "POST", "/campaigns/"+s.campaign.UUID+"/orders", token, "application/json", "{}"); status != http.StatusUnauthorized {
			t.Errorf("create with token %q: %d %s; want 401", token, status, body)
		}
	}
}

func (s *suite) campaigns(t *testing.T) {
	got, err := s.client.Campaigns.Get(t.Context(), s.campaign.UUID)
	if err != nil || got.Name != s.campaign.Name || got.RecordTypeUUID != s.campaign.RecordTypeUUID {
		t.Errorf("%+v, %v; want %+v", got, err, s.campaign)
	}
	for _, query := range []client.CampaignQuery{{}, {Search: strings.ToUpper(s.campaign.Name)}, {Status: s.campaign.Status}} {
		found := false
		for c, err := range s.client.Campaigns.All(t.Context(), query) {
			if err != nil {
				t.Fatal(err)
			}
			found = found || c.UUID == s.campaign.UUID
			if query.Status != "" && c.Status != query.Status {
				t.Errorf("campaigns of status %q: there is %q of %q", query.Status, c.Name, c.Status)
			}
		}
		if !found {
			t.Errorf("campaigns by %+v: %q is not among them", query, s.campaign.Name)
		}
	}
	if _, err := s.client.Campaigns.Get(t.Context(), nobody); statusOf(err) != 404 {
		t.Errorf("a campaign that is not there: %v; want 404", err)
	}
}

func (s *suite) recordTypes(t *testing.T) {
	status, body := s.ask(t, "GET", "/record-types", s.target.Token, "", "")
	var bare []json.RawMessage
	if err := json.Unmarshal([]byte(body), &bare); status != 200 || err != nil {
		t.Fatalf("%d, %v; want a bare array", status, err)
	}
	types, err := s.client.RecordTypes.List(t.Context())
	if err != nil || len(types) != len(bare) {
		t.Fatalf("%d record types, %v; want %d", len(types), err, len(bare))
	}
	for _, listed := range types {
		got, err := s.client.RecordTypes.Get(t.Context(), listed.UUID)
		if err != nil {
			t.Error(err)
		} else if diff := cmp.Diff(listed, got); diff != "" {
			t.Errorf("record type %q is another one alone than in the list (-list +alone):\n%s", listed.Name, diff)
		}
	}
	if s.campaign.RecordTypeUUID != "" && !slices.ContainsFunc(types, func(r client.RecordType) bool { return r.UUID == s.campaign.RecordTypeUUID }) {
		t.Errorf("the campaign's record type %s is not listed", s.campaign.RecordTypeUUID)
	}
}

// refusals are errors that must be told from answers, and 4xx that must not
// change anything.
func (s *suite) refusals(t *testing.T) {
	orders := "/campaigns/" + s.campaign.UUID + "/orders"
	for _, test := range []struct {
		name, method, path, body string
		statuses                 []int
	}{
		{"unknown path", "GET", "/no-such-thing", "", []int{404}},
		{"unknown campaign", "GET", "/campaigns/" + nobody + "/orders", "", []int{404}},
		{"unknown record", "GET", "/records/" + nobody, "", []int{404}},
		{"malformed JSON", "POST", orders, `{"record":`, []int{400, 422}},
		{"no record", "POST", orders, `{}`, []int{400, 422}},
		{"array", "POST", orders, `[]`, []int{400, 422}},
	} {
		if status, body := s.ask(t, test.method, test.path, s.target.Token, "application/json", test.body); !slices.Contains(test.statuses, status) {
			t.Errorf("%s: %d %.200s; want one of %v", test.name, status, body, test.statuses)
		}
	}
}

// pagingLimits: a page never has more than a hundred, whether more is refused or cut.
func (s *suite) pagingLimits(t *testing.T) {
	orders := "/campaigns/" + s.campaign.UUID + "/orders"
	for _, query := range []string{"", "?limit=1", "?limit=100", "?limit=101", "?limit=100000", "?page=1000000"} {
		status, body := s.ask(t, "GET", orders+query, s.target.Token, "", "")
		if status == 400 || status == 422 {
			continue
		}
		var page struct {
			Orders []json.RawMessage
			Total  *int
		}
		if err := json.Unmarshal([]byte(body), &page); status != 200 || err != nil || page.Orders == nil || page.Total == nil {
			t.Errorf("%s: %d %.200s, %v; want a page", query, status, body, err)
			continue
		}
		most := map[string]int{"": 10, "?limit=1": 1, "?page=1000000": 0}
		if n, ok := most[query]; len(page.Orders) > 100 || ok && len(page.Orders) > n {
			t.Errorf("%s: %d orders on a page", query, len(page.Orders))
		}
	}
}

func (s *suite) search(t *testing.T) {
	c := s.newContact()
	o := s.order(t, c, "")
	other := s.order(t, s.newContact(), "")
	for _, search := range []string{
		c.PhoneNumber, c.PhoneNumber[1:], c.PhoneNumber[4:], c.FirstName + " " + c.LastName, strings.ToUpper(c.LastName), strings.ToLower(c.FirstName),
	} {
		s.holds(t, client.OrderQuery{Search: search}, o.UUID, true)
	}
	s.holds(t, client.OrderQuery{Search: c.PhoneNumber}, other.UUID, false)
	s.holds(t, client.OrderQuery{Search: s.marker + "%"}, o.UUID, false)
	s.holds(t, client.OrderQuery{Search: "_" + s.marker[1:]}, o.UUID, false)
	found, err := s.listed(t, client.OrderQuery{Search: s.marker + " is not a name"})
	if err != nil || len(found) != 0 {
		t.Errorf("a search for nothing found %v, %v", found, err)
	}
}

// paging: page by page, every order comes once.
func (s *suite) paging(t *testing.T) {
	const n = 23
	made := map[string]bool{}
	for range n {
		made[s.order(t, s.newContact(), "").UUID] = true
	}
	for _, limit := range []int{1, 10, client.MaxLimit} {
		s.eventually(t, func() error { return s.pagesHold(t, made, limit) })
	}
}

func (s *suite) pagesHold(t *testing.T, made map[string]bool, limit int) error {
	seen := map[string]bool{}
	for page := 1; ; page++ {
		p, err := s.client.Orders.Page(t.Context(), s.campaign.UUID, client.OrderQuery{Search: s.marker}, page, limit)
		if err != nil {
			return err
		}
		if p.Total != len(made) || p.Page != page {
			return fmt.Errorf("by %d: page %d of a total of %d; want page %d of %d", limit, p.Page, p.Total, page, len(made))
		}
		for _, o := range p.Items {
			if seen[o.UUID] || !made[o.UUID] {
				return fmt.Errorf("by %d: page %d has order %s, which is there twice, or is another's", limit, page, o.UUID)
			}
			seen[o.UUID] = true
		}
		if len(p.Items) < limit {
			break
		}
	}
	if len(seen) != len(made) {
		return fmt.Errorf("by %d: %d orders on all pages; want %d", limit, len(seen), len(made))
	}
	return nil
}
