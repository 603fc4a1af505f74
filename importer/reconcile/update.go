package reconcile

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/campsync/campsync/client"
)

// update brings an order that is there, and may be touched, to what the row
// says.
func update(c Contact, o Order, s Situation, p Policy) Action {
	a := Action{OrderUUID: o.UUID, RecordUUID: o.RecordUUID}
	if o.Other {
		a.Outcome, a.Code = Skipped, "number-in-campaign"
		a.Reason = "its number is in the campaign already, with another key"
		if o.RecordUUID == "" {
			a.Reason = "its number is in the campaign already, and the record that would say whose it is is gone"
		}
		return a
	}
	half := o.Unfinished && (c.Settings || p.status() != client.StatusRegistered)
	if o.Unfinished {
		c.Applied = appliedTo(o, c.Applied)
	}
	d := differ(&c, o.Values, o.Whole, &p)
	order, record := d.split()
	a.Changes, a.Conflicts, a.Kept = d.changes, d.conflicts, d.kept
	switch {
	case len(d.refused) > 0:
		return blankCell(a, d.refused)
	case taken(record, s.Orders):
		return a.rejected("number-taken", "the number that it is to have has another order in the campaign", "phoneNumber")
	case (half || sets(order, "order.scheduledTime")) && past(c, p):
		return pastTime(a)
	}
	switch {
	case half:
		// The record comes first: from the second step on it may be called.
		if len(record) > 0 {
			a.Steps = append(a.Steps, UpdateRecord)
		}
		a.Steps = append(a.Steps, p.finishingOf(o))
		a.Finishes, a.Code, a.Reason = true, "unfinished", reasonUnfinished
		return a
	case len(order) > 0:
		a.Steps = append(a.Steps, UpdateOrder)
	}
	if len(record) > 0 {
		a.Steps = append(a.Steps, UpdateRecord)
	}
	if len(a.Steps) == 0 {
		a.Outcome, a.Code, a.Reason = Unchanged, "unchanged", "nothing differs"
	} else {
		a.Code, a.Reason = "differs", "it differs in "+strings.Join(targets(a.Changes), ", ")
	}
	return a
}

// appliedTo is what was applied, for an order whose settings were never brought
// in: those that were applied are of an earlier order of the key, and tell no more
// than that one which this order does show was set by somebody else.
func appliedTo(o Order, applied Values) Values {
	own := maps.Clone(applied)
	maps.DeleteFunc(own, func(target string, _ json.RawMessage) bool {
		return OfOrder(target) && blank(o.Values[target])
	})
	return own
}

// known adds to the association of a record what it takes to bring the record
// to what the row says.
func known(a Action, c Contact, s Situation, p Policy) Action {
	i := slices.IndexFunc(s.Records, func(r Record) bool { return r.UUID == a.RecordUUID })
	c.Values = recordValues(c.Values)
	c.Blank = slices.DeleteFunc(slices.Clone(c.Blank), OfOrder)
	d := differ(&c, s.Records[i].Values, true, &p)
	a.Changes, a.Conflicts, a.Kept = d.changes, d.conflicts, d.kept
	switch {
	case len(d.refused) > 0:
		return blankCell(a, d.refused)
	case len(d.changes) > 0:
		a.Steps = append(a.Steps, UpdateRecord)
	}
	return a
}

func recordValues(all Values) Values {
	values := make(Values, len(all))
	for target, v := range all {
		if !OfOrder(target) {
			values[target] = v
		}
	}
	return values
}

// blankCell refuses a row whose cells are blank where they must not be.
func blankCell(a Action, refused []string) Action {
	return a.rejected("blank", "its cell is blank, the value exists, and the mapping says onBlank: error ("+strings.Join(refused, ", ")+")", refused...)
}

func (a Action) rejected(code, reason string, targets ...string) Action {
	a.Steps, a.Changes, a.Conflicts, a.Kept = nil, nil, nil, nil
	a.Outcome, a.Code, a.Reason, a.Targets = Rejected, code, reason, targets
	return a
}

// taken reports whether a record would get the number of another order: its
// person would be called twice.
func taken(record []Change, orders []Order) bool {
	return sets(record, "phoneNumber") && slices.ContainsFunc(orders, func(o Order) bool { return o.Other })
}

func sets(changes []Change, target string) bool {
	return slices.ContainsFunc(changes, func(c Change) bool { return c.Target == target })
}

func targets(changes []Change) []string {
	names := make([]string, len(changes))
	for i := range changes {
		names[i] = changes[i].Target
	}
	return names
}
