package importer

import (
	"context"
	"iter"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

// Orders is what a run needs of a campaign's orders. *client.OrdersService is one.
type Orders interface {
	Page(ctx context.Context, campaign string, q client.OrderQuery, page, limit int) (client.Page[client.Order], error)
	Create(ctx context.Context, campaign string, in client.OrderCreate) (client.Order, error)
	Update(ctx context.Context, campaign, order string, in client.OrderPatch) (client.Order, error)
	Associate(ctx context.Context, campaign string, records []string) ([]client.Order, error)
	Remove(ctx context.Context, campaign, order string) error
}

// Records is what a run needs of the account's records. *client.RecordsService is one.
type Records interface {
	Page(ctx context.Context, q client.RecordQuery, page, limit int) (client.Page[client.Record], error)
	Get(ctx context.Context, uuid string) (client.Record, error)
	Update(ctx context.Context, uuid string, in client.RecordPatch) (client.Record, error)
}

// Rows is the ledger's memory of a run's rows.
type Rows interface {
	// Stage adds rows in the order of Seq.
	Stage(ctx context.Context, rows []Row) error
	// Pending gives up to limit rows after seq that have neither a result nor
	// an operation, in order.
	Pending(ctx context.Context, after int64, limit int) ([]Row, error)
	// Open gives up to limit rows after seq that have an operation and no
	// final result, in order.
	Open(ctx context.Context, after int64, limit int) ([]OpenRow, error)
	// Persons yields who every row is that is not filtered, in order.
	Persons(ctx context.Context) iter.Seq2[Person, error]
	// Staged gives the rows whose orders are to be activated, by their places in
	// the run, in the order of their scheduled times.
	Staged(ctx context.Context) ([]int64, error)
	// OpenOf is Open for the rows with these places, in their order.
	OpenOf(ctx context.Context, seqs []int64) ([]OpenRow, error)
	// DropLeftovers forgets the leftovers that an earlier try has staged: looking
	// begins anew, and what was left over then may not be now.
	DropLeftovers(ctx context.Context) error
	// All yields every row in order, for the reports.
	All(ctx context.Context) iter.Seq2[Row, error]
}

// Person is what makes a row the same contact as another.
type Person struct {
	Seq     int64
	Source  int
	Line    int
	Key     string
	Phone   string
	Outcome Outcome
	Meant   string
	Code    string
	Touched bool // it has a result or an operation

	// Record is the UUID of the record that was, or may have been, associated for
	// it, and RecordPhone the number that it was read with; else both are empty.
	Record, RecordPhone string
}

// Rejected reports whether nothing is to be sent for the row. One of several
// rows with a key that rejects them all is known by its key all the same.
func (p *Person) Rejected() bool {
	return p.Outcome == reconcile.Rejected && p.Code != "duplicate"
}

// Journal writes down what a run is about to do and what came of it.
type Journal interface {
	// Write returns when the change is durable. Concurrent calls share a
	// commit. An error is final: nothing may be sent after it. It keeps the
	// change's intents, and nothing else of it.
	Write(ctx context.Context, change Change) error
	// Taken reports whether the order was there before the run's first write,
	// or belongs to a row of the run other than seq.
	Taken(ctx context.Context, seq int64, order string) (bool, error)
	// Books counts the operations that change how many orders there are, and those
	// that change a status.
	Books(ctx context.Context) (Books, error)
	// Applied gives what was last applied of the keys. A key that is not known is
	// absent.
	Applied(ctx context.Context, keys []string) (map[string]reconcile.Values, error)
	// Remember takes what finished runs have applied into what Applied knows.
	Remember(ctx context.Context) error
}

// Books counts operations: those that the server has done, and those of which
// it is not known.
type Books struct {
	Made, MaybeMade       int // creates and associates
	Removed, MaybeRemoved int
	Canceled, Activated   int
}

// OrderSnapshot is the ledger's memory of the campaign's orders as the run
// read them.
type OrderSnapshot interface {
	// ClearOrders forgets what earlier runs have read.
	ClearOrders(ctx context.Context) error
	// AddOrders adds or renews orders; original says that they were there
	// before the run's first write, and sticks.
	AddOrders(ctx context.Context, orders []SnapshotOrder, original bool) error
	// Hidden reports whether an earlier run has sent, since then, what made an
	// order for a pending row's key or number, and that order was not read.
	Hidden(ctx context.Context, since time.Time) (bool, error)
	// Originals yields the orders that were there before the run's first write,
	// by UUID.
	Originals(ctx context.Context) iter.Seq2[SnapshotOrder, error]
	// Ordered says which of the numbers have an order.
	Ordered(ctx context.Context, phones []string) (map[string]bool, error)
	// OrdersOf gives the orders that have any of what is wanted.
	OrdersOf(ctx context.Context, w Wanted) ([]SnapshotOrder, error)
}

// Wanted are by what orders are looked up.
type Wanted struct {
	Keys, Phones []string
	Records      []string // UUIDs
	Orders       []string // UUIDs of their own
}

// Audit finds in the ledger what a verification asks for.
type Audit interface {
	// Twice gives up to limit numbers, or keys, that have several orders, of
	// those read since.
	Twice(ctx context.Context, since time.Time, byKey bool, limit int) ([]Twice, error)
	// Made yields the orders that the run has made or associated, with the numbers
	// of their rows.
	Made(ctx context.Context) iter.Seq2[MadeOrder, error]
	// Missing gives up to limit rows whose order was made or associated and was
	// not among those read since.
	Missing(ctx context.Context, since time.Time, limit int) ([]Row, error)
	// RowsOf gives the run's rows whose operations have made or changed the
	// orders, with them.
	RowsOf(ctx context.Context, orders []string) ([]OpenRow, error)
	// Adopt puts the order in the place of the one that the row was said to have.
	Adopt(ctx context.Context, seq int64, order reconcile.Order) error
}

// MadeOrder is an order that the run has made, or associated, for a row.
type MadeOrder struct {
	UUID  string
	Phone string // the row's
}

// RecordSnapshot is the ledger's memory of the records that have rows' keys.
type RecordSnapshot interface {
	ClearRecords(ctx context.Context) error
	AddRecords(ctx context.Context, records []SnapshotRecord) error
	RecordsOf(ctx context.Context, keys []string) ([]SnapshotRecord, error)
	// RecordKeys gives the keys of records, by their UUIDs.
	RecordKeys(ctx context.Context, uuids []string) (map[string]string, error)
}

// Ledger is a run's durable memory.
type Ledger interface {
	Rows
	Journal
	OrderSnapshot
	RecordSnapshot
	Audit
	Progress(ctx context.Context) (State, error)
	Advance(ctx context.Context, s State) error
}

// Source is something to read rows from, more than once where it has to be.
type Source struct {
	Name    string
	Changed time.Time // when the file was changed last; zero where that is not known
	Open    func() (*source.Reader, error)
	// Mapper fits the mapping to the header; what the rows look like it may
	// find out from ahead.
	Mapper func(header []string, ahead Ahead) (*mapping.Mapper, error)
}

// Observer is told what a run is doing. Its methods are called from several
// goroutines and must be quick.
type Observer interface {
	// Stage begins a stage of the run; total is 0 where it is not known.
	Stage(name string, total int64)
	// Advance counts work done in the stage, and how much of it went wrong.
	Advance(done, failed int64)
	// Notice is something that the user should know, once.
	Notice(text string)
}
