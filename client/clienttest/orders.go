package clienttest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
)

func (s *suite) create(t *testing.T) {
	c := s.newContact()
	o := s.order(t, c, "")
	if o.CampaignUUID != s.campaign.UUID || o.Status != client.StatusRegistered || o.Record.UUID == "" || o.Record.PhoneNumber != c.PhoneNumber {
		t.Errorf("created %+v; want a registered order of %s", o, c.PhoneNumber)
	}
	if want := c.FirstName + " " + c.LastName; o.Record.Name != want {
		t.Errorf("name %q; want it made of first and last name, %q", o.Record.Name, want)
	}
	s.eventually(t, func() error {
		r, err := s.client.Records.Get(t.Context(), o.Record.UUID)
		if err == nil && (r.PhoneNumber != c.PhoneNumber || r.FirstName != c.FirstName || r.RecordTypeUUID != s.campaign.RecordTypeUUID) {
			err = fmt.Errorf("record %+v; want %+v of the campaign's type", r, c)
		}
		return err
	})
	s.holds(t, client.OrderQuery{}, o.UUID, true)

	planned := s.order(t, s.newContact(), client.StatusPlanned)
	if planned.Status != client.StatusPlanned {
		t.Errorf("created as %s; want planned", planned.Status)
	}
}

func (s *suite) createRefused(t *testing.T) {
	good := s.newContact()
	without, national, spaced := good, good, good
	without.PhoneNumber, national.PhoneNumber, spaced.PhoneNumber = "", "07700900"+good.PhoneNumber[10:], "+44 7700 900"+good.PhoneNumber[10:]
	for name, in := range map[string]client.OrderCreate{
		"no number":       {Record: without.json()},
		"national number": {Record: national.json()},
		"spaced number":   {Record: spaced.json()},
		"unknown status":  {Record: good.json(), Status: "no-such-status"},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := s.client.Orders.Create(t.Context(), s.campaign.UUID, in)
			if err == nil {
				s.cleanUp(t, o)
			}
			refused(t, http.MethodPost, err, 400, 422)
		})
	}
	o, err := s.client.Orders.Create(t.Context(), nobody, client.OrderCreate{Record: good.json()})
	if err == nil {
		s.cleanUp(t, o)
	}
	refused(t, http.MethodPost, err, 404)
	found, err := s.listed(t, client.OrderQuery{Search: good.FirstName + " " + good.LastName})
	if err != nil || len(found) != 0 {
		t.Errorf("what was refused is there: %v, %v", found, err)
	}
}

// statuses: those of both sets that an order may be given are kept, listed as
// they are, and found by the filter.
func (s *suite) statuses(t *testing.T) {
	s.order(t, s.newContact(), client.StatusRegistered) // for the filters to leave out
	o := s.order(t, s.newContact(), client.StatusRegistered)
	for _, status := range []client.Status{
		client.StatusPlanned, client.StatusScheduled, client.StatusBusy, client.StatusNoAnswer, client.StatusRegistered, client.StatusCanceled, client.StatusDoNotCall,
	} {
		got, err := s.client.Orders.Update(t.Context(), s.campaign.UUID, o.UUID, client.OrderPatch{Status: status})
		if err != nil {
			if code := statusOf(err); code == 400 || code == 422 {
				t.Logf("status %s cannot be set here: %v", status, err)
				continue
			}
			t.Fatal(err)
		}
		if got.Status != status {
			t.Errorf("set to %s, and answered %s", status, got.Status)
		}
		s.eventually(t, func() error {
			found, err := s.listed(t, client.OrderQuery{Status: status})
			if statusOf(err) == 400 {
				t.Logf("status %s cannot be filtered by: %v", status, err)
				return nil
			}
			for _, other := range found {
				if other.Status != status {
					return fmt.Errorf("filtered by %s: order %s is %s", status, other.UUID, other.Status)
				}
			}
			if _, has := found[o.UUID]; err == nil && !has {
				return fmt.Errorf("filtered by %s: the order is missing", status)
			}
			return err
		})
	}
}

// update: each field alone changes that field alone.
func (s *suite) update(t *testing.T) {
	o := s.order(t, s.newContact(), client.StatusRegistered)
	at := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
	duration, price := json.Number("90"), json.Number("12.5")
	want := o
	for _, step := range []struct {
		patch client.OrderPatch
		apply func()
	}{
		{client.OrderPatch{Instructions: "Be kind.\nÄ \"quoted\" 🙂"}, func() { want.Instructions = "Be kind.\nÄ \"quoted\" 🙂" }},
		{client.OrderPatch{ScheduledTime: &at}, func() { want.ScheduledTime = &at }},
		{client.OrderPatch{ScheduledTimeTimezone: "Europe/Berlin"}, func() { want.ScheduledTimeTimezone = "Europe/Berlin" }},
		{client.OrderPatch{ScheduledDurationSeconds: &duration}, func() { want.ScheduledDurationSeconds = &duration }},
		{client.OrderPatch{Price: &price}, func() { want.Price = &price }},
		{client.OrderPatch{CurrencyCode: "EUR"}, func() { want.CurrencyCode = "EUR" }},
		{client.OrderPatch{Status: client.StatusScheduled}, func() { want.Status = client.StatusScheduled }},
	} {
		got, err := s.client.Orders.Update(t.Context(), s.campaign.UUID, o.UUID, step.patch)
		if err != nil {
			t.Fatal(err)
		}
		step.apply()
		if d := settingsDiffer(got, want); d != "" {
			t.Errorf("answered: %s", d)
		}
		s.eventually(t, func() error {
			found, err := s.listed(t, client.OrderQuery{Search: o.Record.PhoneNumber})
			if err == nil && settingsDiffer(found[o.UUID], want) != "" {
				return fmt.Errorf("listed: %s", settingsDiffer(found[o.UUID], want))
			}
			return err
		})
	}
}

// settingsDiffer says where the settings of two orders differ; numbers are the
// same whatever zeros they have.
func settingsDiffer(got, want client.Order) string {
	show := func(o client.Order) string {
		at := "none"
		if o.ScheduledTime != nil {
			at = o.ScheduledTime.UTC().Format(time.RFC3339)
		}
		return fmt.Sprintf("%s, at %s in %q, for %v, price %v %q, instructions %q", o.Status, at, o.ScheduledTimeTimezone,
			value(o.ScheduledDurationSeconds), value(o.Price), o.CurrencyCode, o.Instructions)
	}
	if g, w := show(got), show(want); g != w {
		return g + "; want " + w
	}
	return ""
}

func value(n *json.Number) any {
	if n == nil {
		return "none"
	}
	if f, err := n.Float64(); err == nil {
		return f
	}
	return n.String()
}

func (s *suite) updateRefused(t *testing.T) {
	o := s.order(t, s.newContact(), client.StatusRegistered)
	for _, patch := range []client.OrderPatch{{Status: "no-such-status"}, {CurrencyCode: "no currency"}, {ScheduledTimeTimezone: "No/Zone"}} {
		_, err := s.client.Orders.Update(t.Context(), s.campaign.UUID, o.UUID, patch)
		if err == nil && patch.Status == "" {
			t.Logf("%+v is taken here", patch)
			continue
		}
		refused(t, http.MethodPatch, err, 400, 422)
	}
	_, err := s.client.Orders.Update(t.Context(), s.campaign.UUID, nobody, client.OrderPatch{Status: client.StatusPlanned})
	refused(t, http.MethodPatch, err, 404)
	s.eventually(t, func() error {
		found, err := s.listed(t, client.OrderQuery{Search: o.Record.PhoneNumber})
		if err == nil && found[o.UUID].Status != client.StatusRegistered {
			err = fmt.Errorf("after updates that were refused: %+v", found[o.UUID])
		}
		return err
	})
}

// remove takes the order out and leaves the record.
func (s *suite) remove(t *testing.T) {
	o := s.order(t, s.newContact(), "")
	s.holds(t, client.OrderQuery{}, o.UUID, true)
	if err := s.client.Orders.Remove(t.Context(), s.campaign.UUID, o.UUID); err != nil {
		t.Fatal(err)
	}
	s.holds(t, client.OrderQuery{}, o.UUID, false)
	if r, err := s.client.Records.Get(t.Context(), o.Record.UUID); err != nil || r.PhoneNumber != o.Record.PhoneNumber {
		t.Errorf("record of an order that was removed: %+v, %v", r, err)
	}
	refused(t, http.MethodDelete, s.client.Orders.Remove(t.Context(), s.campaign.UUID, o.UUID), 404)
}

// together: creates at the same time are all made, once each.
func (s *suite) together(t *testing.T) {
	const n = 24
	made := make(chan client.Order, n)
	var wg sync.WaitGroup
	for range n {
		c := s.newContact()
		wg.Go(func() {
			o, err := s.client.Orders.Create(context.WithoutCancel(t.Context()), s.campaign.UUID, client.OrderCreate{Record: c.json()})
			if err != nil {
				t.Error(err)
				return
			}
			if o.Record.PhoneNumber != c.PhoneNumber {
				t.Errorf("created %s, and answered %s", c.PhoneNumber, o.Record.PhoneNumber)
			}
			made <- o
		})
	}
	wg.Wait()
	close(made)
	uuids := map[string]bool{}
	for o := range made {
		uuids[o.UUID] = true
		s.cleanUp(t, o)
	}
	if len(uuids) != n {
		t.Errorf("%d orders; want %d", len(uuids), n)
	}
	s.eventually(t, func() error { return s.pagesHold(t, uuids, client.MaxLimit) })
}
