package reconcile_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestImport(t *testing.T) {
	order := func(status client.Status) reconcile.Order {
		return reconcile.Order{UUID: "o", RecordUUID: "r", Status: status}
	}
	unfinished := reconcile.Order{UUID: "o", Status: client.StatusRegistered, Unfinished: true}
	planned := reconcile.Policy{Status: client.StatusPlanned}
	early, late := reconcile.Record{UUID: "r2", UpdatedAt: now}, reconcile.Record{UUID: "r1", UpdatedAt: now.Add(time.Hour)}
	past, future := now.Add(-time.Hour), now.Add(time.Hour)
	tests := []struct {
		name      string
		contact   reconcile.Contact
		situation reconcile.Situation
		policy    reconcile.Policy
		outcome   reconcile.Outcome
		steps     []reconcile.Kind
		code      string
		record    string
	}{
		{name: "nobody has heard of it", steps: []reconcile.Kind{reconcile.CreateOrder}, code: "new"},
		{name: "with settings", contact: reconcile.Contact{Settings: true}, steps: []reconcile.Kind{reconcile.CreateOrder, reconcile.UpdateOrder}, code: "new"},
		{name: "planned at once", policy: planned, steps: []reconcile.Kind{reconcile.CreateOrder}, code: "new"},
		{name: "known", situation: reconcile.Situation{Records: []reconcile.Record{early}}, steps: []reconcile.Kind{reconcile.Associate}, code: "known-record", record: "r2"},
		{name: "known, the latest", situation: reconcile.Situation{Records: []reconcile.Record{early, late}}, steps: []reconcile.Kind{reconcile.Associate}, code: "known-record", record: "r1"},
		{
			name:      "known, one without an order first",
			situation: reconcile.Situation{Records: []reconcile.Record{early, {UUID: "r1", UpdatedAt: late.UpdatedAt, Ordered: true}}},
			steps:     []reconcile.Kind{reconcile.Associate}, code: "known-record", record: "r2",
		},
		{
			name: "known, the lowest UUID at last", situation: reconcile.Situation{Records: []reconcile.Record{early, {UUID: "r0", UpdatedAt: now}}},
			steps: []reconcile.Kind{reconcile.Associate}, code: "known-record", record: "r0",
		},
		{
			name: "known, to be planned", situation: reconcile.Situation{Records: []reconcile.Record{early}}, policy: planned,
			steps: []reconcile.Kind{reconcile.Associate, reconcile.UpdateOrder}, code: "known-record", record: "r2",
		},
		{
			name: "known, never associated", situation: reconcile.Situation{Records: []reconcile.Record{early}},
			policy: reconcile.Policy{Associate: reconcile.AssociateNever}, steps: []reconcile.Kind{reconcile.CreateOrder}, code: "new",
		},
		{name: "only known ones", policy: reconcile.Policy{Associate: reconcile.AssociateOnly}, outcome: reconcile.Skipped, code: "no-record"},
		{name: "a record that is not there", contact: reconcile.Contact{Meant: "r9"}, outcome: reconcile.Rejected, code: "record-unknown"},
		{name: "registered", situation: reconcile.Situation{Orders: []reconcile.Order{order("registered")}}, outcome: reconcile.Skipped, code: "in-campaign"},
		{name: "no answer", situation: reconcile.Situation{Orders: []reconcile.Order{order("no-answer")}}, outcome: reconcile.Skipped, code: "in-campaign"},
		{name: "a status of tomorrow", situation: reconcile.Situation{Orders: []reconcile.Order{order("negotiating")}}, outcome: reconcile.Protected, code: "protected"},
		{name: "Do Not Call", situation: reconcile.Situation{Orders: []reconcile.Order{order("Do Not Call")}}, outcome: reconcile.Suppressed, code: "do-not-call"},
		{name: "half done", contact: reconcile.Contact{Settings: true}, situation: reconcile.Situation{Orders: []reconcile.Order{unfinished}}, steps: []reconcile.Kind{reconcile.UpdateOrder}, code: "unfinished"},
		{name: "half done, and the rest is not asked for", situation: reconcile.Situation{Orders: []reconcile.Order{unfinished}}, outcome: reconcile.Skipped, code: "in-campaign"},
		{name: "in the past", contact: reconcile.Contact{Settings: true, ScheduledTime: past}, outcome: reconcile.Rejected, code: "past-time"},
		{
			name: "in the past, and not to be sent", contact: reconcile.Contact{Settings: true, ScheduledTime: past},
			situation: reconcile.Situation{Orders: []reconcile.Order{order("planned")}}, outcome: reconcile.Skipped, code: "in-campaign",
		},
		{
			name: "in the past, half done", contact: reconcile.Contact{Settings: true, ScheduledTime: past},
			situation: reconcile.Situation{Orders: []reconcile.Order{unfinished}}, outcome: reconcile.Rejected, code: "past-time",
		},
		{
			name: "in the future", contact: reconcile.Contact{Settings: true, ScheduledTime: future},
			steps: []reconcile.Kind{reconcile.CreateOrder, reconcile.UpdateOrder}, code: "new",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.policy.Now = now
			a := reconcile.Decide(tt.contact, tt.situation, tt.policy)
			if a.Outcome != tt.outcome || !slices.Equal(a.Steps, tt.steps) || a.Code != tt.code || a.Reason == "" {
				t.Errorf("%+v", a)
			}
			if tt.record != "" && a.RecordUUID != tt.record {
				t.Errorf("record %s; want %s", a.RecordUUID, tt.record)
			}
		})
	}
}

// TestNeverTouched: whatever is there and whatever is asked for, nothing is
// created beside an order, nothing protected is touched, and no order is
// callable before its settings are in. The answer does not depend on the order
// in which things are listed.
func TestNeverTouched(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	statuses := []client.Status{"registered", "planned", "scheduled", "busy", "no-answer", "calling", "contacted", "completed",
		"failed", "canceled", "do-not-call", "dnc", "", "REGISTERED", "paused"}
	for range 20_000 {
		var s reconcile.Situation
		protected := false
		for i := range rng.IntN(4) {
			o := reconcile.Order{UUID: string(rune('a' + i)), Status: statuses[rng.IntN(len(statuses))], Unfinished: rng.IntN(3) == 0}
			protected = protected || o.Status.Protected()
			s.Orders = append(s.Orders, o)
		}
		for i := range rng.IntN(3) {
			s.Records = append(s.Records, reconcile.Record{UUID: string(rune('p' + i)), UpdatedAt: now.Add(time.Duration(rng.IntN(3)) * time.Hour), Ordered: rng.IntN(2) == 0})
		}
		c := reconcile.Contact{Settings: rng.IntN(2) == 0}
		if c.Settings && rng.IntN(2) == 0 {
			c.ScheduledTime = now.Add(time.Duration(rng.IntN(5)-2) * time.Hour)
		}
		p := reconcile.Policy{
			Now: now, Status: []client.Status{"", "registered", "planned", "scheduled"}[rng.IntN(4)],
			Associate: []reconcile.Association{reconcile.AssociateAuto, reconcile.AssociateNever, reconcile.AssociateOnly}[rng.IntN(3)],
		}
		a := reconcile.Decide(c, s, p)
		if protected && len(a.Steps) > 0 {
			t.Fatalf("%+v is touched: %+v", s, a)
		}
		if len(s.Orders) > 0 && len(a.Steps) > 0 && a.Steps[0] != reconcile.UpdateOrder {
			t.Fatalf("%+v gets a second order: %+v", s, a)
		}
		if (a.Outcome == reconcile.Pending) == (len(a.Steps) == 0) {
			t.Fatalf("neither an outcome nor something to do: %+v", a)
		}
		if c.Settings && len(a.Steps) > 0 {
			if a.Steps[len(a.Steps)-1] != reconcile.UpdateOrder || p.InitialStatus(a.Steps) != client.StatusRegistered && len(a.Steps) > 1 {
				t.Fatalf("callable before its settings are in: %+v", a)
			}
		}
		slices.Reverse(s.Orders)
		slices.Reverse(s.Records)
		if b := reconcile.Decide(c, s, p); b.OrderUUID != a.OrderUUID || b.RecordUUID != a.RecordUUID || b.Outcome != a.Outcome {
			t.Fatalf("the answer depends on the order of a list: %+v, %+v", a, b)
		}
	}
}

func TestOutcomes(t *testing.T) {
	seen := map[reconcile.Outcome]bool{}
	for _, o := range reconcile.Outcomes() {
		if o == reconcile.Pending || seen[o] {
			t.Errorf("%q is listed and must not be, or twice", o)
		}
		seen[o] = true
	}
	if len(seen) != 13 {
		t.Errorf("%d outcomes", len(seen))
	}
}
