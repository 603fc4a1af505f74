package clienttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
)

// nobody is a well-formed UUID that no server gives.
const nobody = "00000000-0000-4000-8000-000000000000"

// A suite is one run against one target.
type suite struct {
	target   Target
	client   *client.Client
	campaign client.Campaign
	marker   string // in the name of every contact of this run

	mu     sync.Mutex
	number int
}

func newSuite(t *testing.T, target Target) *suite {
	t.Helper()
	c, err := client.New(client.Config{BaseURL: target.BaseURL, Token: target.Token, UserAgent: "campsync-clienttest"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	campaign, err := c.Campaigns.Find(t.Context(), target.Campaign)
	if err != nil {
		t.Fatal(err)
	}
	return &suite{
		target: target, client: c, campaign: campaign,
		marker: fmt.Sprintf("Conformance%08x", rand.Uint32()),
		number: rand.IntN(1000),
	}
}

// A contact is a record to be created.
type contact struct {
	Name        string         `json:"name,omitempty"`
	FirstName   string         `json:"firstName,omitempty"`
	LastName    string         `json:"lastName,omitempty"`
	Email       string         `json:"email,omitempty"`
	PhoneNumber string         `json:"phoneNumber,omitempty"`
	Country     string         `json:"country,omitempty"`
	Parameters  map[string]any `json:"parameters,omitempty"`
}

// newContact makes one with a number of its own, as far as a thousand go.
func (s *suite) newContact() contact {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	return contact{
		FirstName: fmt.Sprint("Ada", s.number), LastName: s.marker,
		PhoneNumber: fmt.Sprintf("+447700900%03d", s.number%1000), Parameters: s.target.Parameters,
	}
}

func (c contact) json() json.RawMessage {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // of what the environment gave as JSON
	}
	return text
}

// order creates an order that is removed, with its record, after the test.
func (s *suite) order(t *testing.T, c contact, status client.Status) client.Order {
	t.Helper()
	o, err := s.client.Orders.Create(t.Context(), s.campaign.UUID, client.OrderCreate{Status: status, Record: c.json()})
	if err != nil {
		t.Fatal(err)
	}
	s.cleanUp(t, o)
	return o
}

func (s *suite) cleanUp(t *testing.T, o client.Order) {
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		gone(t, s.client.Orders.Remove(ctx, s.campaign.UUID, o.UUID))
		gone(t, s.client.Records.Delete(ctx, o.Record.UUID))
	})
}

// record creates a record of the campaign's type that is deleted, and its order
// with it, after the test.
func (s *suite) record(t *testing.T) client.Record {
	t.Helper()
	c := s.newContact()
	r, err := s.client.Records.Create(t.Context(), client.RecordPatch{
		RecordTypeUUID: s.campaign.RecordTypeUUID,
		FirstName:      c.FirstName, LastName: c.LastName, PhoneNumber: c.PhoneNumber,
		Email: fmt.Sprintf("%s.%s@example.com", c.FirstName, c.LastName), Parameters: raw(t, c.Parameters),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gone(t, s.client.Records.Delete(context.WithoutCancel(t.Context()), r.UUID)) })
	return r
}

func raw(t *testing.T, values map[string]any) map[string]json.RawMessage {
	t.Helper()
	all := map[string]json.RawMessage{}
	for key, value := range values {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		all[key] = text
	}
	return all
}

// gone accepts that something was removed, or was not there any more.
func gone(t *testing.T, err error) {
	t.Helper()
	if err != nil && statusOf(err) != 404 {
		t.Errorf("cleaning up: %v", err)
	}
}

func statusOf(err error) int {
	var e *client.Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// refused wants an answer that says no for good, of one of the statuses.
func refused(t *testing.T, method string, err error, statuses ...int) {
	t.Helper()
	var e *client.Error
	if !errors.As(err, &e) || !slices.Contains(statuses, e.Status) || e.Applied != client.NotApplied || client.Decide(method, err) != client.Final {
		t.Errorf("%v; want to be refused with one of %v", err, statuses)
	}
}

// eventually asks until there is nothing wrong, for as long as reads may lag.
func (s *suite) eventually(t *testing.T, wrong func() error) {
	t.Helper()
	deadline := time.Now().Add(s.target.Lag)
	for {
		err := wrong()
		if err == nil {
			return
		}
		if !time.Now().Before(deadline) {
			t.Error(err)
			return
		}
		select {
		case <-time.After(s.target.Lag / 100):
		case <-t.Context().Done():
			t.Error(err)
			return
		}
	}
}

// listed answers the orders that the query finds, by UUID.
func (s *suite) listed(t *testing.T, q client.OrderQuery) (map[string]client.Order, error) {
	found := map[string]client.Order{}
	for o, err := range s.client.Orders.All(t.Context(), s.campaign.UUID, q) {
		if err != nil {
			return nil, err
		}
		found[o.UUID] = o
	}
	return found, nil
}

// holds wants the query to find the order, as often as it should.
func (s *suite) holds(t *testing.T, q client.OrderQuery, uuid string, want bool) {
	t.Helper()
	s.eventually(t, func() error {
		found, err := s.listed(t, q)
		if _, has := found[uuid]; err == nil && has != want {
			return fmt.Errorf("listing orders by %+v: order %s is there: %v; want %v", q, uuid, has, want)
		}
		return err
	})
}
