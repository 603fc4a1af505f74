package reconcile

import (
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/client"
)

// Association says whether records that the account knows already are used.
type Association string

const (
	AssociateAuto  Association = "auto"  // a known record is associated, else one is created
	AssociateNever Association = "never" // always create
	AssociateOnly  Association = "only"  // a row without a known record is skipped
)

// Policy is what the user asked for, the same for all rows of a run.
type Policy struct {
	Status    client.Status // of new orders; registered when empty
	Staged    bool          // new orders get their status after the books were verified, not at once
	Associate Association
	Update    bool // orders and records that are there are brought to what the row says
	OnBlank   OnBlank
	Conflicts Resolutions
	Now       time.Time // a scheduled time before this is in the past
}

// Contact is what the decision needs to know of a row.
type Contact struct {
	Key           string
	Meant         string    // UUID of the record that the row names: that one and no other, and it must be there
	Settings      bool      // the row has order settings
	ScheduledTime time.Time // zero where the row has none

	// What follows is looked at by an update alone.
	Values  Values   // what the row says
	Blank   []string // targets of which it has a column and no value
	Applied Values   // what was last applied of its key; a target that is absent never was
}

// Order is an order of the campaign that has the contact's key or number.
type Order struct {
	UUID       string
	RecordUUID string // empty where it is not known, or the record is gone
	Status     client.Status
	Unfinished bool   // the ledger knows that its settings were never brought in
	Other      bool   // it has the contact's number, and another key, or one that nobody can know any more
	Values     Values // of the order and its record, as far as they are known; where there is to be an update
	Whole      bool   // all fields of its record are known
}

// Record is a record of the campaign's record type that has the contact's key.
type Record struct {
	UUID      string
	UpdatedAt time.Time
	Ordered   bool   // it has an order in this campaign
	Values    Values // where there is to be an update
}

// Situation is what is there for a contact. The zero value is a number that
// nobody has heard of.
type Situation struct {
	Suppressed string // the suppression list that has one of the numbers that would be called; empty where none has
	Orders     []Order
	Records    []Record
}

// Action is what is to be done for one row: an outcome where nothing is to be
// sent, else the operations in their order.
type Action struct {
	Outcome    Outcome // Pending where Steps is not empty
	Steps      []Kind
	OrderUUID  string     // the order that counts, where one is there
	RecordUUID string     // its record, or the record to associate
	Changes    []Change   // what the updates among the steps change, beside finishing what an earlier run has left
	Conflicts  []Conflict // what was left because somebody else has changed it
	Kept       []string   // targets that were left for that reason, as the policy says
	Finishes   bool       // the update of the order is the half that an earlier run has left
	Code       string     // stable word for the reason: in-campaign, do-not-call, past-time, ...
	Reason     string     // the same for people
	Targets    []string   // that are to blame, where the row is rejected
}

// Final is the outcome that the row has once its steps are applied.
func (a Action) Final() Outcome {
	if len(a.Steps) == 0 {
		return a.Outcome
	}
	switch a.Steps[0] {
	case CreateOrder:
		return Created
	case Associate:
		return Associated
	case RemoveOrder:
		return Removed
	case CancelOrder:
		return Canceled
	default:
		return Updated
	}
}

// Decide decides what becomes of a contact: what is missing is created or
// associated, and what is there is left alone or, where the policy says so,
// brought to what the row says.
func Decide(c Contact, s Situation, p Policy) Action {
	order, ok := counting(s.Orders)
	switch {
	case s.Suppressed != "":
		return suppressed(order, s.Suppressed)
	case ok && p.Update && !order.Status.Protected():
		return update(c, order, s, p)
	case ok:
		return existing(c, order, p)
	}
	a := missing(c, s, p)
	if len(a.Steps) == 0 {
		return a
	}
	if past(c, p) {
		return pastTime(a)
	}
	if p.Update && a.Steps[0] == Associate {
		if a = known(a, c, s, p); len(a.Steps) == 0 {
			return a
		}
	}
	if c.Settings || p.Staged && p.status() != client.StatusRegistered || a.Steps[0] == Associate && p.status() != client.StatusRegistered {
		a.Steps = append(a.Steps, p.finishing())
	}
	return a
}

// finishing is the update that brings the settings of a new order in, and its
// status with them.
func (p Policy) finishing() Kind {
	if p.Staged && p.status() != client.StatusRegistered {
		return Activate
	}
	return UpdateOrder
}

// finishingOf is that of an order which an earlier run has left: one that
// somebody has made callable since then waits for nothing.
func (p Policy) finishingOf(o Order) Kind {
	if o.Status != client.StatusRegistered {
		return UpdateOrder
	}
	return p.finishing()
}

func (p Policy) status() client.Status {
	if p.Status == "" {
		return client.StatusRegistered
	}
	return p.Status
}

// InitialStatus is the status with which a row's order is made: registered
// where an update follows, so that nobody is called before the settings are in.
func (p Policy) InitialStatus(steps []Kind) client.Status {
	if len(steps) > 1 || p.Staged {
		return client.StatusRegistered
	}
	return p.status()
}

// FinalStatus is the status that the row's order is to have in the end.
func (p Policy) FinalStatus() client.Status { return p.status() }

// suppressed leaves a contact alone whose number is on a list, whatever there
// is in the campaign.
func suppressed(o Order, list string) Action {
	return Action{
		Outcome: Suppressed, Code: "suppressed", OrderUUID: o.UUID, RecordUUID: o.RecordUUID,
		Reason: "its number must not be called: " + list,
	}
}

func existing(c Contact, o Order, p Policy) Action {
	a := Action{OrderUUID: o.UUID, RecordUUID: o.RecordUUID}
	switch {
	case o.Status.DoNotCall():
		a.Outcome, a.Code = Suppressed, "do-not-call"
		a.Reason = "its number has a Do-Not-Call order in this campaign"
	case o.Status.Protected():
		a.Outcome, a.Code = Protected, "protected"
		a.Reason = "its order is " + o.Status.Label() + " and must not be touched"
	case o.Unfinished && c.Settings && past(c, p):
		return pastTime(a)
	case o.Unfinished && (c.Settings || p.status() != client.StatusRegistered):
		a.Steps, a.Finishes, a.Code, a.Reason = []Kind{p.finishingOf(o)}, true, "unfinished", reasonUnfinished
	default:
		a.Outcome, a.Code = Skipped, "in-campaign"
		a.Reason = "it is in the campaign already (" + o.Status.Label() + ")"
	}
	return a
}

const reasonUnfinished = "an earlier run made its order and could not bring its settings in"

func missing(c Contact, s Situation, p Policy) Action {
	record, known := pick(s.Records)
	switch {
	case c.Meant != "" && !known:
		return Action{
			Outcome: Rejected, Code: "record-unknown",
			Reason: "the account has no record of the campaign's type with this UUID",
		}
	case known && p.Associate != AssociateNever:
		return Action{
			Steps: []Kind{Associate}, RecordUUID: record.UUID,
			Code: "known-record", Reason: "the account has a record with its key",
		}
	case p.Associate == AssociateOnly:
		return Action{
			Outcome: Skipped, Code: "no-record",
			Reason: "the account has no record with its key, and --associate only makes none",
		}
	default:
		return Action{Steps: []Kind{CreateOrder}, Code: "new", Reason: "it is not in the campaign"}
	}
}

func past(c Contact, p Policy) bool {
	return !c.ScheduledTime.IsZero() && c.ScheduledTime.Before(p.Now)
}

func pastTime(a Action) Action {
	return a.rejected("past-time", "the scheduled time is in the past")
}

// counting is the order that counts where a key or a number has several: the
// most protected one, among equals one that may have the key, and then the
// lowest UUID, so that the answer does not depend on the order in which a server
// lists them.
func counting(orders []Order) (Order, bool) {
	if len(orders) == 0 {
		return Order{}, false
	}
	return slices.MinFunc(orders, func(a, b Order) int {
		if d := guard(b.Status) - guard(a.Status); d != 0 {
			return d
		}
		if a.Other != b.Other {
			if b.Other {
				return -1
			}
			return 1
		}
		if a.Unfinished != b.Unfinished {
			if a.Unfinished {
				return -1
			}
			return 1
		}
		return strings.Compare(a.UUID, b.UUID)
	}), true
}

func guard(s client.Status) int {
	switch {
	case s.DoNotCall():
		return 2
	case s.Protected():
		return 1
	default:
		return 0
	}
}

// pick is the record that is associated where a key has several: one without
// an order here, then the latest updated, then the lowest UUID.
func pick(records []Record) (Record, bool) {
	if len(records) == 0 {
		return Record{}, false
	}
	return slices.MinFunc(records, func(a, b Record) int {
		if a.Ordered != b.Ordered {
			if b.Ordered {
				return -1
			}
			return 1
		}
		if d := b.UpdatedAt.Compare(a.UpdatedAt); d != 0 {
			return d
		}
		return strings.Compare(a.UUID, b.UUID)
	}), true
}
