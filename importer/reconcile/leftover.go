package reconcile

import (
	"encoding/json"

	"github.com/campsync/campsync/client"
)

// Leftover decides on an order of the campaign that no row has, or that was
// picked out: it is removed, canceled, or updated to what set says, unless it is
// protected. It is not updated either where another order of its number, which is
// one of those beside it, is protected: that one counts.
func Leftover(o Order, beside []Order, kind Kind, set Values) Action {
	a := Action{OrderUUID: o.UUID, RecordUUID: o.RecordUUID}
	if o.Status.Protected() {
		return existing(Contact{}, o, Policy{})
	}
	if other, ok := counting(beside); ok && kind == UpdateOrder && other.Status.Protected() {
		forbidden := existing(Contact{}, other, Policy{})
		a.Outcome, a.Code, a.Reason = forbidden.Outcome, forbidden.Code, forbidden.Reason
		if a.Outcome == Protected {
			a.Reason = "its number has another order, which is " + other.Status.Label() + " and must not be touched"
		}
		return a
	}
	switch kind {
	case UpdateOrder:
		have := make(Values, len(o.Values)+1)
		for target, v := range o.Values {
			have[target] = v
		}
		have[targetStatus] = statusValue(o.Status)
		d := differ(&Contact{Values: set}, have, false, &Policy{})
		if a.Changes = d.changes; len(a.Changes) == 0 {
			a.Outcome, a.Code, a.Reason = Unchanged, "unchanged", "nothing differs"
			return a
		}
		a.Code, a.Reason = "picked", "it was picked out to be updated"
	case CancelOrder:
		a.Changes = []Change{{Target: targetStatus, Before: statusValue(o.Status), After: statusValue(client.StatusCanceled)}}
		a.Code, a.Reason = "leftover", "no row has it"
	default:
		a.Code, a.Reason = "leftover", "no row has it"
	}
	a.Steps = []Kind{kind}
	return a
}

// targetStatus is the status of an order as a target of changes that are not
// made for a row.
const targetStatus = orderPrefix + "status"

func statusValue(s client.Status) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // every text can be written
	}
	return b
}
