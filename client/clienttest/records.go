package clienttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/campsync/campsync/client"
)

func (s *suite) records(t *testing.T) {
	if s.campaign.RecordTypeUUID == "" {
		t.Skip("the campaign has no record type")
	}
	r := s.record(t)
	if r.RecordTypeUUID != s.campaign.RecordTypeUUID || r.Name != r.FirstName+" "+r.LastName || r.CreatedAt.IsZero() {
		t.Errorf("created %+v", r)
	}
	for _, query := range []client.RecordQuery{
		{RecordTypeUUID: s.campaign.RecordTypeUUID},
		{Search: r.PhoneNumber}, {Search: strings.ToUpper(r.Email)}, {Search: r.Name},
	} {
		s.eventually(t, func() error {
			found := 0
			for other, err := range s.client.Records.All(t.Context(), query) {
				if err != nil {
					return err
				}
				if other.UUID == r.UUID {
					found++
				}
			}
			if found != 1 {
				return fmt.Errorf("records by %+v: found it %d times", query, found)
			}
			return nil
		})
	}
	s.mergesParameters(t, r)
	if err := s.client.Records.Delete(t.Context(), r.UUID); err != nil {
		t.Fatal(err)
	}
	s.eventually(t, func() error {
		if _, err := s.client.Records.Get(t.Context(), r.UUID); statusOf(err) != 404 {
			return fmt.Errorf("a record that was deleted: %w; want 404", err)
		}
		return nil
	})
	_, err := s.client.Records.Update(t.Context(), r.UUID, client.RecordPatch{FirstName: "Grace"})
	refused(t, http.MethodPatch, err, 404)
}

// mergesParameters: a patch leaves the keys that it does not name.
func (s *suite) mergesParameters(t *testing.T, r client.Record) {
	recordType, err := s.client.RecordTypes.Get(t.Context(), s.campaign.RecordTypeUUID)
	if err != nil {
		t.Fatal(err)
	}
	var plain []string // fields that take any text
	for _, f := range recordType.Parameters {
		switch f.Type {
		case "text", "input", "textarea", "string":
			if f.Validation == "" {
				plain = append(plain, f.ID)
			}
		}
	}
	if len(plain) < 2 {
		t.Log("the record type has not two plain text fields: merging is not checked")
		return
	}
	for i, patch := range []map[string]json.RawMessage{
		{plain[0]: json.RawMessage(`"one"`)}, {plain[1]: json.RawMessage(`"two"`)}, {plain[0]: json.RawMessage(`"three"`)},
	} {
		if _, err := s.client.Records.Update(t.Context(), r.UUID, client.RecordPatch{Parameters: patch}); err != nil {
			t.Fatal(err)
		}
		want := [][2]string{{`"one"`, ""}, {`"one"`, `"two"`}, {`"three"`, `"two"`}}[i]
		s.eventually(t, func() error {
			got, err := s.client.Records.Get(t.Context(), r.UUID)
			if err != nil {
				return err
			}
			if a, b := string(got.Parameters[plain[0]]), string(got.Parameters[plain[1]]); a != want[0] || want[1] != "" && b != want[1] {
				return fmt.Errorf("parameters %s, %s; want %s", a, b, want)
			}
			if got.PhoneNumber != r.PhoneNumber || got.Name != r.Name || got.Email != r.Email {
				return fmt.Errorf("record %+v; want nothing but parameters to differ from %+v", got, r)
			}
			return nil
		})
	}
}

// associate: each record gets one order, however often it is associated.
func (s *suite) associate(t *testing.T) {
	if s.campaign.RecordTypeUUID == "" {
		t.Skip("the campaign has no record type")
	}
	first, second := s.record(t), s.record(t)
	s.associated(t, first.UUID)
	s.associated(t, first.UUID, second.UUID)
	for _, r := range []client.Record{first, second} {
		s.eventually(t, func() error {
			found, err := s.ordersOf(t, r)
			if err == nil && len(found) != 1 {
				return fmt.Errorf("record %s was associated, and has %d orders; want one", r.UUID, len(found))
			}
			for _, o := range found {
				if o.Status != client.StatusRegistered {
					t.Logf("associated orders are %s here", o.Status)
				}
			}
			return err
		})
	}
}

// associated wants the answer, where it names orders, to name those of the records.
func (s *suite) associated(t *testing.T, records ...string) {
	t.Helper()
	orders, err := s.client.Orders.Associate(t.Context(), s.campaign.UUID, records)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, uuid := range records {
		asked[uuid] = true
	}
	for _, o := range orders {
		if o.UUID == "" || !asked[o.Record.UUID] {
			t.Errorf("associated %v, and answered %+v", records, o)
		}
	}
}

func (s *suite) ordersOf(t *testing.T, r client.Record) ([]client.Order, error) {
	all, err := s.listed(t, client.OrderQuery{Search: r.PhoneNumber})
	var of []client.Order
	for _, o := range all {
		if o.Record.UUID == r.UUID {
			of = append(of, o)
		}
	}
	return of, err
}

// associateRefused: a batch that is refused leaves none of its records associated.
func (s *suite) associateRefused(t *testing.T) {
	if s.campaign.RecordTypeUUID == "" {
		t.Skip("the campaign has no record type")
	}
	r := s.record(t)
	orders, err := s.client.Orders.Associate(t.Context(), s.campaign.UUID, []string{r.UUID, nobody})
	for _, o := range orders {
		s.cleanUp(t, o)
	}
	refused(t, http.MethodPost, err, 400, 404, 422)
	found, err := s.ordersOf(t, r)
	if err != nil || len(found) != 0 {
		t.Errorf("of a batch that was refused there is %+v, %v", found, err)
	}
}
