package importer

import (
	"time"

	"github.com/campsync/campsync/importer/reconcile"
)

// Phase is how far a run has come, durably.
type Phase string

const (
	Reading  Phase = "reading"  // rows are being staged; nothing was sent
	Looking  Phase = "looking"  // all rows are staged; the snapshot is being read; nothing was sent
	Applying Phase = "applying" // requests may have been sent
	Done     Phase = "done"     // every row has its outcome
)

// State is what a ledger keeps of a run as a whole.
type State struct {
	Phase       Phase
	Rows        int64
	Rejected    int64 // of Rows, when they were read
	Abandoned   bool  // it was given up: rows for which nothing was sent stay unprocessed
	Sources     []SourceState
	Leftovers   int64             // rows beyond Rows that stand for orders that no row has
	Withheld    string            // why orders that no row has were not taken out, though it was asked for
	Outcomes    map[Outcome]int64 // of the rows, once the run has ended
	Before      int               // orders in the campaign when the snapshot was taken
	Requests    Requests
	Mended      []Mended
	Targets     []Figures         // of a Validation alone
	Suppression []SuppressionList // what suppressed numbers were taken from

	// How its last try ended that ended by itself, for reports made again.
	Campaign     string // its name then
	EndedAt      time.Time
	Verification Verification // in brief
}

// SourceState is a source as it was read.
type SourceState struct {
	Name      string            `json:"name"`
	SHA256    string            `json:"sha256"`
	Rows      int64             `json:"rows"`
	Header    []string          `json:"header"`
	Delimiter string            `json:"delimiter"`
	Fields    []string          `json:"fields,omitempty"` // targets that its mapping has
	OnBlank   reconcile.OnBlank `json:"onBlank,omitempty"`
	Doubtful  string            `json:"doubtful,omitempty"` // why it may not be the whole file; empty where nothing says so
	Changed   time.Time         `json:"changed,omitzero"`   // when the file was changed last

	Columns map[string][]string `json:"columns,omitempty"` // of the targets that can be refused when all rows are read, see NameCell
}

// Requests counts what a run has sent, over all its tries.
type Requests struct {
	Total             int64 `json:"total"`
	Retried           int64 `json:"retried"`
	RateLimited       int64 `json:"rateLimited"`
	AmbiguousResolved int64 `json:"ambiguousResolved"`
}

// Add gives the sum of both.
func (r Requests) Add(o Requests) Requests {
	return Requests{
		Total: r.Total + o.Total, Retried: r.Retried + o.Retried,
		RateLimited: r.RateLimited + o.RateLimited, AmbiguousResolved: r.AmbiguousResolved + o.AmbiguousResolved,
	}
}

// Mended counts damage of one kind that lost nothing and was taken off.
type Mended struct {
	Column string `json:"column"`
	Code   string `json:"code"`
	Count  int64  `json:"count"`
	Lines  []int  `json:"lines"` // the first ten
}

// Twice is a key that has several orders in the campaign.
type Twice struct {
	Key      string   `json:"key"`
	Orders   []string `json:"orders"`   // UUIDs
	Original bool     `json:"original"` // all of them were there before the run
}

// Verification is what the campaign held when it was read again at the end.
type Verification struct {
	Before   int     // orders when the snapshot was taken
	Expected int     // Before, with what was made and without what was removed
	Unknown  int     // creates and associates that may have been applied beyond that
	Doubtful int     // removals that may have been
	After    int     // orders at the end
	Verified bool    // the campaign was read again
	Twice    []Twice // keys with several orders; the first hundred
	Missing  []Row   // rows whose order was not found; the first hundred
	Differs  []Differs
}

// Verification is what is to be held against the server, where so many orders
// were there before.
func (b Books) Verification(before int) Verification {
	return Verification{Before: before, Expected: before + b.Made - b.Removed, Unknown: b.MaybeMade, Doubtful: b.MaybeRemoved}
}

// Differs is a row whose order or record is not at the server as it was sent.
type Differs struct {
	Row    Row
	Fields []string
}

// Closed reports whether the books balance with the server: as many orders as
// expected, each of the run's own among them and as it was sent, and no key
// made twice.
func (v Verification) Closed() bool {
	return v.Verified && v.Unknown == 0 && v.Doubtful == 0 && !v.Off()
}

// Brief keeps of the rows only where they stand and which order is theirs.
func (v Verification) Brief() Verification {
	brief := func(r Row) Row {
		return Row{Source: r.Source, Line: r.Line, Key: r.Key, Result: Result{OrderUUID: r.OrderUUID}}
	}
	missing, differs := v.Missing, v.Differs
	v.Missing, v.Differs = nil, nil
	for _, r := range missing {
		v.Missing = append(v.Missing, brief(r))
	}
	for _, d := range differs {
		v.Differs = append(v.Differs, Differs{Row: brief(d.Row), Fields: d.Fields})
	}
	return v
}

// Off reports whether the campaign was read again and holds something that
// neither the run nor its ambiguous rows explain.
func (v Verification) Off() bool {
	if !v.Verified {
		return false
	}
	for _, t := range v.Twice {
		if !t.Original {
			return true
		}
	}
	return v.After < v.Expected-v.Doubtful || v.After > v.Expected+v.Unknown || len(v.Missing) > 0 || len(v.Differs) > 0
}
