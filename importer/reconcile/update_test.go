package reconcile_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/campsync/campsync/importer/reconcile"
)

// TestThreeWay is the table of what becomes of one value: what the row says,
// what was last applied, and what the server has.
func TestThreeWay(t *testing.T) {
	const never, unknown = "never", "unknown"
	tests := []struct {
		row, applied, server string
		report, theirs, ours string // what becomes of it, by the policy: set, conflict, kept or nothing
	}{
		{"5", never, "5", "", "", ""},
		{"5", never, "6", "set", "set", "set"},
		{"5", never, "null", "set", "set", "set"},
		{"5", never, unknown, "set", "set", "set"},
		{"5", "5", "5", "", "", ""},
		{"5", "5", "6", "conflict", "kept", "set"},
		{"5", "5", "null", "conflict", "kept", "set"},
		{"5", "5", unknown, "", "", ""},
		{"5", "5.0", "6", "conflict", "kept", "set"},
		{"5", "6", "5", "", "", ""},
		{"5", "6", "6", "set", "set", "set"},
		{"5", "6", `"6.0"`, "set", "set", "set"},
		{"5", "6", "7", "conflict", "kept", "set"},
		{"5", "6", "null", "conflict", "kept", "set"},
		{"5", "6", unknown, "set", "set", "set"},
		{"5", "null", "5", "", "", ""},
		{"5", "null", "6", "conflict", "kept", "set"},
		{"5", "null", "null", "set", "set", "set"},
		{"5", "null", `""`, "set", "set", "set"},
		{`"a"`, `"b"`, `"c"`, "conflict", "kept", "set"},
		{`"a"`, `"A"`, `"A"`, "set", "set", "set"},
		{`"2026-05-10T12:00:00Z"`, `"2026-05-10T14:00:00+02:00"`, `"2026-05-10T13:00:00Z"`, "conflict", "kept", "set"},
		{`"2026-05-10T12:00:00Z"`, never, `"2026-05-10T14:00:00+02:00"`, "", "", ""},
	}
	for _, target := range []string{"email", "parameters.x", "order.price"} {
		for _, tt := range tests {
			for policy, want := range map[reconcile.Resolution]string{
				"": tt.report, reconcile.ConflictReport: tt.report, reconcile.ConflictServer: tt.theirs, reconcile.ConflictFile: tt.ours,
			} {
				c := reconcile.Contact{Values: reconcile.Values{target: json.RawMessage(tt.row)}, Applied: reconcile.Values{}}
				if tt.applied != never {
					c.Applied[target] = json.RawMessage(tt.applied)
				}
				o := reconcile.Order{UUID: "o", Status: "registered", Values: reconcile.Values{}}
				if tt.server != unknown {
					o.Values[target] = json.RawMessage(tt.server)
				}
				a := reconcile.Decide(c, reconcile.Situation{Orders: []reconcile.Order{o}}, reconcile.Policy{
					Update: true, Now: now, Conflicts: reconcile.Resolutions{ByTarget: map[string]reconcile.Resolution{target: policy}, Otherwise: "file"},
				})
				if policy == "" { // the policy of all targets, where that one has none
					a = reconcile.Decide(c, reconcile.Situation{Orders: []reconcile.Order{o}}, reconcile.Policy{Update: true, Now: now})
				}
				if got := became(t, &a, target); got != want {
					t.Errorf("%s: row %s, applied %s, server %s, policy %q: %q; want %q", target, tt.row, tt.applied, tt.server, policy, got, want)
				}
			}
		}
	}
}

// became says what an action does with its only value.
func became(t *testing.T, a *reconcile.Action, target string) string {
	t.Helper()
	switch {
	case len(a.Changes) == 1 && a.Changes[0].Target == target && len(a.Steps) == 1 && a.Outcome == reconcile.Pending:
		return "set"
	case len(a.Steps) > 0 || len(a.Changes) > 0 || a.Outcome != reconcile.Unchanged:
		return fmt.Sprintf("%+v", *a)
	case len(a.Conflicts) == 1:
		return "conflict"
	case slices.Equal(a.Kept, []string{target}):
		return "kept"
	}
	return ""
}

// TestSettingsThatAreNotShown: that all of a record is known says nothing about
// settings which the list does not show.
func TestSettingsThatAreNotShown(t *testing.T) {
	five := reconcile.Values{"order.price": json.RawMessage("5")}
	o := reconcile.Order{UUID: "o", Status: "registered", Whole: true, Values: reconcile.Values{}}
	a := reconcile.Decide(reconcile.Contact{Values: five, Applied: five}, reconcile.Situation{Orders: []reconcile.Order{o}}, reconcile.Policy{Update: true, Now: now})
	if a.Outcome != reconcile.Unchanged || len(a.Conflicts) > 0 {
		t.Errorf("%+v", a)
	}
}

// TestSettingsOfAnEarlierOrder: what was applied to an earlier order of the key
// says nothing of one whose settings were never brought in, but that somebody
// has set what it shows.
func TestSettingsOfAnEarlierOrder(t *testing.T) {
	five := reconcile.Values{"order.price": json.RawMessage("5")}
	for shown, want := range map[string]string{"": "5", "null": "5", "5": "", "6": "conflict"} {
		o := reconcile.Order{UUID: "o", Status: "registered", Unfinished: true, Values: reconcile.Values{}}
		if shown != "" {
			o.Values["order.price"] = json.RawMessage(shown)
		}
		a := reconcile.Decide(reconcile.Contact{Settings: true, Values: five, Applied: reconcile.Values{"order.price": json.RawMessage("4")}},
			reconcile.Situation{Orders: []reconcile.Order{o}}, reconcile.Policy{Update: true, Now: now})
		got := ""
		switch {
		case len(a.Changes) == 1:
			got = string(a.Changes[0].After)
		case len(a.Conflicts) == 1:
			got = "conflict"
		}
		if got != want || !a.Finishes {
			t.Errorf("shown %q: %s; want %q: %+v", shown, got, want, a)
		}
	}
}
