package report

import (
	"cmp"
	"slices"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// exampleLines is how many lines an error names.
const exampleLines = 10

// Tally counts rows by outcome and by what went wrong.
type Tally struct {
	Rows      int64
	Outcomes  map[importer.Outcome]int64
	Leftovers map[importer.Outcome]int64 // orders that were dealt with beside the rows
	Ordered   int64                      // rows that have an order of theirs in the campaign, as far as is known
	reasons   map[Reason]int64
	codes     map[string]*Error
}

// Reason is why rows have their outcome.
type Reason struct {
	Outcome importer.Outcome `json:"outcome"`
	Code    string           `json:"code"`
	Count   int64            `json:"count"`
}

// Error is what went wrong with some rows.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"` // of the first row
	Count   int64  `json:"count"`
	Lines   []int  `json:"lines"` // the first ten

	outcome importer.Outcome
	sources []int // of Lines
}

// NewTally gives one that has counted nothing.
func NewTally() *Tally {
	return &Tally{Outcomes: make(map[importer.Outcome]int64), Leftovers: make(map[importer.Outcome]int64), reasons: make(map[Reason]int64), codes: make(map[string]*Error)}
}

// Add counts a row. A leftover is none: of it only what went wrong is counted.
func (t *Tally) Add(r *importer.Row) {
	if r.Source == importer.Leftover {
		t.Leftovers[r.Outcome]++
		t.wrong(r)
		return
	}
	t.Rows++
	t.Outcomes[r.Outcome]++
	if r.OrderUUID != "" && ordered(r.Outcome) {
		t.Ordered++
	}
	if r.Code != "" {
		t.reasons[Reason{Outcome: r.Outcome, Code: r.Code}]++
	}
	t.wrong(r)
}

// wrong counts what the user has to look at.
func (t *Tally) wrong(r *importer.Row) {
	if (!r.Outcome.Unwanted() || r.Outcome == reconcile.Unprocessed) && r.Code != importer.CodeConflict {
		return
	}
	e := t.codes[r.Code]
	if e == nil {
		e = &Error{Code: r.Code, Message: r.Message, outcome: r.Outcome}
		t.codes[r.Code] = e
	}
	e.Count++
	if len(e.Lines) < exampleLines && r.Source != importer.Leftover {
		e.Lines = append(e.Lines, r.Line)
		e.sources = append(e.sources, r.Source)
	}
}

// ordered reports whether the order beside a row is one that it was meant to have.
func ordered(o importer.Outcome) bool {
	switch o {
	case reconcile.Suppressed, reconcile.Protected, reconcile.Duplicate, reconcile.Rejected:
		return false
	}
	return true
}

// Of counts the rows that have the outcome for the reason.
func (t *Tally) Of(outcome importer.Outcome, code string) int64 {
	return t.reasons[Reason{Outcome: outcome, Code: code}]
}

// Conflicts counts the rows of which something was left because somebody has
// changed it at the server.
func (t *Tally) Conflicts() (n int64) {
	for r, count := range t.reasons {
		if r.Code == importer.CodeConflict {
			n += count
		}
	}
	return n
}

// Reasons counts every reason, by outcome and the most frequent first.
func (t *Tally) Reasons() []Reason {
	all := make([]Reason, 0, len(t.reasons))
	for r, n := range t.reasons {
		r.Count = n
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// Errors gives what went wrong, the most frequent first.
func (t *Tally) Errors() []Error {
	all := make([]Error, 0, len(t.codes))
	for _, e := range t.codes {
		all = append(all, *e)
	}
	slices.SortFunc(all, func(a, b Error) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// Closed reports whether every row that was read has exactly one outcome.
func (t *Tally) Closed(read int64) bool {
	var sum int64
	for _, n := range t.Outcomes {
		sum += n
	}
	return sum == t.Rows && t.Rows == read
}
