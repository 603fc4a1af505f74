package reconcile

// Outcome is what became of a row. Every row of a run has exactly one.
type Outcome string

const (
	// Pending is the outcome of a row that has none yet; no finished run holds one.
	Pending Outcome = ""

	Created     Outcome = "created"     // there was no record: an order was created
	Associated  Outcome = "associated"  // a known record was added to the campaign
	Updated     Outcome = "updated"     // the order or the record differed and was patched
	Unchanged   Outcome = "unchanged"   // the order exists and nothing differs: no request was sent
	Skipped     Outcome = "skipped"     // the order exists and the command does not update, or the row is filtered out
	Duplicate   Outcome = "duplicate"   // another row of the run has its key or number
	Suppressed  Outcome = "suppressed"  // its number must not be called
	Protected   Outcome = "protected"   // its order is in a status that must not be touched
	Rejected    Outcome = "rejected"    // it cannot be read, mapped or sent; nothing was sent
	Failed      Outcome = "failed"      // the API said no for good
	Ambiguous   Outcome = "ambiguous"   // it was sent and could not yet be found out whether it was applied
	Unprocessed Outcome = "unprocessed" // the run stopped before it
	Valid       Outcome = "valid"       // validate only: it could be sent

	// Of orders that no row has made; no row has one of these.
	Removed  Outcome = "removed"  // it was removed from the campaign
	Canceled Outcome = "canceled" // its calls were canceled
)

// Outcomes lists every outcome in the order in which reports show them: what
// was done, what was there already, what was left alone, what went wrong.
func Outcomes() []Outcome {
	return []Outcome{
		Created, Associated, Updated, Unchanged, Skipped, Duplicate, Suppressed,
		Protected, Rejected, Failed, Ambiguous, Unprocessed, Valid,
	}
}

// Unwanted reports whether the outcome is one that the user has to look at:
// the row was meant to be sent and is not in the campaign for sure.
func (o Outcome) Unwanted() bool {
	switch o {
	case Rejected, Failed, Ambiguous, Unprocessed:
		return true
	}
	return false
}

// Made reports whether the outcome says that the row has an order of its own
// now, by this run.
func (o Outcome) Made() bool { return o == Created || o == Associated || o == Updated }

// Kind is a thing that can be done remotely.
type Kind string

const (
	CreateOrder  Kind = "create"        // POST of an order with a new record
	Associate    Kind = "associate"     // POST of known records, in batches
	UpdateOrder  Kind = "update-order"  // PATCH of an order: settings, and with a new one its status
	UpdateRecord Kind = "update-record" // PATCH of a record
	Activate     Kind = "activate"      // PATCH of a new order once the books are verified: settings and status
	CancelOrder  Kind = "cancel"        // PATCH of an order: its status
	RemoveOrder  Kind = "remove"        // DELETE of an order
)

// Makes reports whether the operation makes an order.
func (k Kind) Makes() bool { return k == CreateOrder || k == Associate }
