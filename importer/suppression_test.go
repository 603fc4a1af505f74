package importer_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/source"
)

// addList adds a list to a suppression.
func addList(t *testing.T, s *importer.Suppression, name, text, region string) error {
	t.Helper()
	r, err := source.NewReader(io.NopCloser(strings.NewReader(text)), name, source.Options{NoHeader: true})
	must(t, err)
	return s.AddFile(t.Context(), name, time.Time{}, r, region)
}

func TestSuppressionFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		text, region string
		numbers      []string
		fault        string
	}{
		"a number a line":            {text: "+447400000001\n+44 7400 000002\n", numbers: []string{number(1), number(2)}},
		"a column among others":      {text: "Name,Phone,Since\nAnn,(07400) 000001,yesterday\n", region: "GB", numbers: []string{number(1)}},
		"several numbers in a row":   {text: "a,b\n07400000001,07400000002\n", region: "GB", numbers: []string{number(1), number(2)}},
		"a short row with a number":  {text: "a;b\nx;y\n07400000001\n", region: "GB", fault: "line 2"},
		"no region":                  {text: "Phone\n07400000001\n", fault: "needs a country"},
		"a number that lost digits":  {text: "Phone\n+447400000001\n4.474E+11\n", fault: "has lost digits"},
		"a row without a number":     {text: "Phone\n+447400000001\nnobody\n", fault: "no cell holds a number"},
		"a header and nothing below": {text: "Phone\n", fault: "no number in it"},
	} {
		t.Run(name, func(t *testing.T) {
			s := importer.NewSuppression()
			err := addList(t, s, "list.csv", tt.text, tt.region)
			if tt.fault != "" {
				if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "list.csv:2", "line 2"), tt.fault) {
					t.Fatalf("error: %v; want %s", err, tt.fault)
				}
				return
			}
			must(t, err)
			for _, n := range tt.numbers {
				if s.By(n) != "list.csv" {
					t.Errorf("%s is not suppressed", n)
				}
			}
			if got := s.Lists[0].Numbers; got != int64(len(tt.numbers)) || s.By(number(9)) != "" || s.By("") != "" {
				t.Errorf("%d numbers are suppressed; want %d", got, len(tt.numbers))
			}
		})
	}
}

func TestSuppressionOfNothing(t *testing.T) {
	if err := addList(t, importer.NewSuppression(), "list.csv", "Phone\n", ""); !errors.Is(err, importer.ErrNoNumbers) {
		t.Errorf("error: %v", err)
	}
	var none *importer.Suppression
	if none.By("+441") != "" {
		t.Error("nobody is suppressed by nothing")
	}
}

// TestSuppressed: whatever the identity, and whatever the campaign holds, a
// suppressed number is not sent to; neither that of the row, nor that of the
// record that would be associated for it.
func TestSuppressed(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	other, err := w.server.AddCampaign(sandbox.Campaign{Name: "Other", RecordTypeUUID: w.campaign.RecordTypeUUID})
	must(t, err)
	for i, status := range []string{"do-not-call", "registered"} {
		_, err := w.server.AddOrder(sandbox.Order{CampaignUUID: other.UUID, Status: status,
			Record: sandbox.Record{PhoneNumber: number(i), Email: "x@example.com", RecordTypeUUID: w.campaign.RecordTypeUUID}})
		must(t, err)
	}
	w.addOrder(number(2), "registered")
	s := importer.NewSuppression()
	must(t, s.AddCampaign(t.Context(), "Other", other.UUID, w.client.Orders, w.client.Records, ""))
	must(t, addList(t, s, "list.csv", number(2)+"\n"+number(3)+"\n", ""))
	if s.Lists[0].Numbers != 1 || s.Lists[1].Numbers != 2 {
		t.Errorf("lists: %+v", s.Lists)
	}
	files := []file{lines("phone,email", number(0)+",a@example.com", number(1)+",b@example.com", number(2)+",c@example.com", number(3)+",d@example.com", number(4)+",x@example.com")}
	for _, tt := range []struct{ spec, outcomes string }{
		{"version: 1\ncolumns: {phoneNumber: phone, email: email}\n", "suppressed associated suppressed suppressed created"},
		{"version: 1\nidentity: email\ncolumns: {phoneNumber: phone, email: email}\n", "suppressed skipped suppressed suppressed suppressed"},
	} {
		got := w.run(w.runner(files, tt.spec, func(r *importer.Runner) { r.Suppression = s }), tt.spec)
		must(t, got.err)
		if got.outcomes() != tt.outcomes {
			t.Errorf("outcomes: %s; want %s", got.outcomes(), tt.outcomes)
		}
		if len(got.state.Suppression) != 2 {
			t.Errorf("the run does not say which lists it had: %+v", got.state.Suppression)
		}
	}
}

// TestListsOfResumedRun: a run says which lists it went by last, also where that is
// none; one that has picked its orders by its lists, those that have picked them.
func TestListsOfResumedRun(t *testing.T) {
	for name, tt := range map[string]struct {
		bulk *importer.Bulk
		want int
	}{
		"rows":          {nil, 0},
		"picked orders": {&importer.Bulk{Kind: reconcile.CancelOrder, Uncapped: true, Picks: func(client.Order) bool { return true }}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				var files []file
				if tt.bulk == nil {
					files = []file{lines("phone", number(0), number(1), number(2))}
				}
				for i := range 3 {
					if tt.bulk != nil {
						w.addOrder(number(i), "planned")
					}
				}
				drain := make(chan struct{})
				stop := sync.OnceFunc(func() { close(drain) })
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if r.Method != http.MethodGet {
						stop()
					}
					return send()
				}
				try := func(s *importer.Suppression, drain <-chan struct{}) ran {
					return w.runWith(t.Context(), w.runner(files, "", func(r *importer.Runner) { r.Suppression, r.Bulk, r.Workers = s, tt.bulk, 1 }), "run", drain, nil)
				}
				s := importer.NewSuppression()
				must(t, addList(t, s, "list.csv", number(9)+"\n", ""))
				first := try(s, drain)
				if !errors.Is(first.err, importer.ErrDrained) || len(first.state.Suppression) != 1 {
					t.Fatalf("%v %+v", first.err, first.state.Suppression)
				}
				second := try(nil, nil)
				must(t, second.err)
				if len(second.state.Suppression) != tt.want {
					t.Errorf("the run says that it went by %+v", second.state.Suppression)
				}
			})
		})
	}
}
