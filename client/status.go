package client

import "strings"

// Status is where an order stands in the calling lifecycle, in its wire form.
// A status that this package does not know is kept as it is, shown as it is,
// and is [Status.Protected].
type Status string

// The statuses that the API is known to use.
const (
	StatusRegistered Status = "registered"  // created and assigned, nothing planned
	StatusPlanned    Status = "planned"     // will be called by the campaign's scheduling
	StatusScheduled  Status = "scheduled"   // will be called at a set date and time
	StatusBusy       Status = "busy"        // not reached, will be tried again
	StatusNoAnswer   Status = "no-answer"   // not reached, will be tried again
	StatusCalling    Status = "calling"     // being called now
	StatusContacted  Status = "contacted"   // reached, there is an outcome
	StatusCompleted  Status = "completed"   // done
	StatusFailed     Status = "failed"      // given up
	StatusCanceled   Status = "canceled"    // calls cancelled by the user, kept for history
	StatusDoNotCall  Status = "do-not-call" // calling is forbidden
)

// DoNotCall reports whether s forbids calling, in any spelling that has been
// seen: do-not-call, do_not_call, doNotCall, "Do Not Call", dnc.
func (s Status) DoNotCall() bool {
	if s == StatusRegistered || s == StatusPlanned {
		return false // nearly every order: spare the folding below
	}
	folded := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(string(s)))
	return folded == "donotcall" || folded == "dnc"
}

// Protected reports whether an order of this status must be left alone: every
// status but registered, planned, scheduled, busy and no-answer, and so an
// empty or unknown one as well.
func (s Status) Protected() bool {
	switch s {
	case StatusRegistered, StatusPlanned, StatusScheduled, StatusBusy, StatusNoAnswer:
		return false
	}
	return true
}

// Label is the status as the API's own pages show it; an unknown one as it is.
func (s Status) Label() string {
	switch s {
	case StatusRegistered:
		return "Registered"
	case StatusPlanned:
		return "Planned"
	case StatusScheduled:
		return "Scheduled"
	case StatusBusy:
		return "Busy"
	case StatusNoAnswer:
		return "No Answer"
	case StatusCalling:
		return "Calling"
	case StatusContacted:
		return "Contacted"
	case StatusCompleted:
		return "Completed"
	case StatusFailed:
		return "Failed"
	case StatusCanceled:
		return "Canceled"
	}
	if s.DoNotCall() {
		return "Do Not Call"
	}
	return string(s)
}
