package importer

import (
	"time"

	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// Outcome is what became of a row.
type Outcome = reconcile.Outcome

// Row is one data record of a run: where it stands, what it says, and, once
// it has been dealt with, what became of it.
type Row struct {
	Seq    int64 // position in the run, from 1, over all sources
	Source int   // index of its source; Leftover for an order that no row has
	Line   int   // physical line on which it starts
	Cells  []string
	Raw    string // its text, only where it could not be cut into cells for sure

	Key      string // identity, normalized; may be empty in a rejected row
	Phone    string // E.164
	Record   []byte // JSON of the record as a create sends it
	Meant    string // UUID of the record that the row names (identity recordUuid); of a leftover that of its order
	Settings *mapping.Settings
	Blank    []string // targets that are mapped and whose cells are blank; known where there is to be an update

	Result
}

// Leftover is the source of a row that stands for an order of the campaign that
// no row of a file has. It is dealt with as rows are, and is not counted among them.
const Leftover = -1

// Result is what became of a row.
type Result struct {
	Outcome    Outcome
	OrderUUID  string
	RecordUUID string // record of the order, where known
	Attempts   int    // requests that were sent to change something for this row
	Code       string // stable word: phone-invalid, ragged, in-campaign, http-422, ...
	Field      string // targets concerned, joined by "; "
	Message    string // every problem, each with its column and value, joined by "; "
}

// OperationState is how far an operation has come.
type OperationState int

const (
	Waiting OperationState = iota // it follows another operation of its row that is not applied yet
	Sent                          // its intent is written down; the answer is not known
	Applied                       // the server said, or was seen, to have done it
	Refused                       // the server said no for good
)

// Operation is a ledger line about one request that changes something.
type Operation struct {
	Seq      int64 // its row
	Step     int   // from 1: its place among the row's operations
	Kind     reconcile.Kind
	State    OperationState
	SentAt   time.Time          // when it was last about to be sent
	Attempts int                // how often it was sent
	Order    string             // UUID of the order that it makes or changes, where known
	Record   string             // UUID of the record that it associates or changes
	Changes  []reconcile.Change // what an update sets
	HalfOf   int64              // of a half, the row that made its order: OwnHalf, or the SnapshotOrder.HalfOf of an earlier run's
}

// OwnHalf says that an operation is the other half of what made the order of its
// own row.
const OwnHalf = -1

// Half reports whether the operation brings the settings of a new order in, and
// its status with them: without it the order is unfinished.
func (o *Operation) Half() bool { return o.HalfOf != 0 }

// Change is what the ledger writes down in one piece: operations are put in
// the place of what was known of them, results go to their rows. An operation
// that is Applied and has HalfOf ends that half too.
type Change struct {
	Intents    []Operation // of rows that have no operations yet
	Operations []Operation
	Results    []RowResult
	Withdrawn  []int64 // rows whose operations were never sent: they are pending again
}

// add puts what another change says behind this one; the intents of rows have a
// commit of their own.
func (c *Change) add(other Change) {
	c.Operations = append(c.Operations, other.Operations...)
	c.Results = append(c.Results, other.Results...)
	c.Withdrawn = append(c.Withdrawn, other.Withdrawn...)
}

// clear empties the change, once it was written.
func (c *Change) clear() {
	clear(c.Operations)
	clear(c.Results)
	*c = Change{Operations: c.Operations[:0], Results: c.Results[:0], Withdrawn: c.Withdrawn[:0]}
}

// RowResult is the result of the row Seq.
type RowResult struct {
	Seq int64
	Result
	// Applied are the values of the row's key that were last applied, where they
	// are not those that the row says; nil where they are, or where they were
	// written down with the row's intent.
	Applied reconcile.Values
}

// OpenRow is a row without a final result that has operations: it was being
// dealt with when its run stopped.
type OpenRow struct {
	Row
	Operations []Operation
}

// SnapshotOrder is an order as the run read it.
type SnapshotOrder struct {
	reconcile.Order
	Phone  string
	Key    string // with another identity than the number, where known
	ReadAt time.Time
	HalfOf int64 // ledger row that made it and whose settings are not in; 0 where nothing is missing
}

// SnapshotRecord is a record of the campaign's type as the run read it.
type SnapshotRecord struct {
	reconcile.Record
	Phone string
	Key   string
	Body  []byte // JSON, to tell whether it differs from the row
}
