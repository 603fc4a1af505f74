package importer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync/atomic"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// Resend says what becomes of a create that is absent when its settle window
// is over.
type Resend string

const (
	ResendSettled Resend = "settled" // it is sent again
	ResendNever   Resend = "never"   // its row is left ambiguous
)

// Verify says how the campaign is read again at the end.
type Verify string

const (
	VerifyNone  Verify = "none"  // not at all
	VerifyCount Verify = "count" // the orders are counted, keys with several of them are found
	VerifyFull  Verify = "full"  // and every order of the run is held against its row, field by field
)

// Cap is a bound given as a number, a share of the rows, or not at all.
type Cap struct {
	Number  int64   // used where Set and Percent is 0
	Percent float64 // of the rows
	Set     bool
}

// Of is the bound for so many rows; ok is false where there is none.
func (c Cap) Of(rows int64) (bound int64, ok bool) {
	if c.Percent > 0 {
		return int64(float64(rows) * c.Percent / 100), c.Set
	}
	return c.Number, c.Set
}

// Campaign is where a run brings its rows.
type Campaign struct {
	UUID           string
	RecordTypeUUID string // empty where it has none
}

// Runner takes one run through its stages. Its fields are set once, before Run.
type Runner struct {
	Campaign      Campaign
	Orders        Orders
	Records       Records
	Ledger        Ledger
	Sources       []Source
	Policy        reconcile.Policy
	Identity      string // mapping.Spec's: phoneNumber, email, recordUuid, parameters.<id>
	Duplicates    DuplicatePolicy
	SharedNumbers bool
	Region        string // of numbers that a server keeps without a country code
	Limit         int64  // rows to read; 0 all
	Settle        time.Duration
	Resend        Resend
	Verify        Verify
	MaxErrors     Cap
	Suppression   *Suppression // numbers that must not be called; may be nil
	Workers       int          // rows that are dealt with at a time, at most; the gate decides how many requests
	Window        func() int   // how many requests the gate lets be under way now; nil: as many as there are workers
	Batch         int          // records in one association
	// Prune says what is done with orders that no row has: nothing where empty,
	// else they are removed or canceled.
	Prune       reconcile.Kind
	MaxRemovals Cap  // of the campaign's orders; what is not Set is the default
	AllowEmpty  bool // sources without rows are no error
	// Bulk is set for a run that has no sources: it deals with orders that are
	// picked out of the campaign.
	Bulk *Bulk
	// Review sees what is about to be done, before the first write; it may refuse
	// with an error, which ends the run. May be nil.
	Review func(ctx context.Context, p *Preview) error
	// LookOnly says that Review ends the run whatever it sees: more removals than
	// may be are then shown, and no error before that.
	LookOnly bool
	// Abandon gives a run up that was begun: only what was sent and not heard of
	// is settled; rows for which nothing was sent stay unprocessed, for good.
	Abandon  bool
	Observer Observer
	// Halt is called when the run has to begin nothing new: it lets go what
	// waits to be sent. May be nil.
	Halt func()
	// Identify is called once all sources are read and before anything is
	// sent. Its error ends the run.
	Identify func(ctx context.Context, s State) error

	resolved atomic.Int64 // ambiguous operations that were found out about
	picks    *keySet      // orders that Bulk is for
	forecast *Forecast    // nil until it is counted
	partial  atomic.Bool  // an order that may be updated does not show all that matters
	settings settingsSeen
	mapped   []fieldSet          // by source: what its mapping has; where there is to be an update
	wanted   fieldSet            // all of them
	onBlank  []reconcile.OnBlank // by source
}

// Errors that end a run before all its rows have their outcome.
var (
	// ErrDrained is returned when the run was asked to begin no new work. What
	// was under way is finished and written down.
	ErrDrained = errors.New("the run was interrupted")
	// ErrEmptySource is returned for a source without rows, unless AllowEmpty is
	// set.
	ErrEmptySource = errors.New("there is no row in it")
	// ErrTooManyRemovals is returned when MaxRemovals is exceeded.
	ErrTooManyRemovals = errors.New("too many orders would be taken out")
	// ErrTooManyErrors is returned when MaxErrors is exceeded.
	ErrTooManyErrors = errors.New("too many rows went wrong")
)

// Run takes the run from where the ledger says it is to its end. Once drain is
// closed nothing new is begun, answers of what is under way are waited for and
// written down, and Run returns ErrDrained; when ctx is done everything is
// dropped at once, which the ledger makes safe too.
//
// The verification is zero where the run did not come to it. Only what ends
// the run is an error; what went wrong with a row is its outcome.
func (r *Runner) Run(ctx context.Context, drain <-chan struct{}) (Verification, error) {
	state, err := r.Ledger.Progress(ctx)
	if err != nil {
		return Verification{}, err
	}
	soft, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-drain:
			cancel(ErrDrained)
		case <-soft.Done():
		}
	}()
	v, err := r.stages(ctx, soft, state)
	cancel(nil)
	<-watched
	if errors.Is(context.Cause(soft), ErrDrained) && (errors.Is(err, context.Canceled) || errors.Is(err, client.ErrClosed)) {
		err = ErrDrained // what it was doing says only that it was stopped
	}
	return v, err
}

func (r *Runner) stages(hard, soft context.Context, state State) (v Verification, err error) {
	if state.Phase == Reading {
		if state, err = r.stage(soft, state); err != nil {
			return v, err
		}
	}
	r.know(state)
	resumed := state.Phase != Looking
	if r.Bulk == nil || r.Suppression != nil { // the lists that have picked orders are not read again
		state.Suppression = r.Suppression.All()
	}
	if state.Phase != Done {
		if state, err = r.prepare(soft, state, resumed); err != nil {
			return v, err
		}
		if err := r.apply(hard, soft, state); err != nil {
			return v, err
		}
	}
	if v, err = r.verify(soft, state.Before); err != nil {
		return v, fmt.Errorf("verifying: %w", err)
	}
	if r.Policy.Staged && state.Phase != Done && v.Closed() && !r.Abandon {
		err = r.activate(hard, soft, state)
	}
	return v, err
}

// prepare reads what is there, and decides what the run has to deal with
// beyond its rows; after it something may be sent.
func (r *Runner) prepare(ctx context.Context, state State, resumed bool) (State, error) {
	if r.Policy.Update {
		if err := r.Ledger.Remember(ctx); err != nil {
			return state, err
		}
	}
	orders, err := r.look(ctx, !resumed)
	if err == nil && resumed {
		err = r.Ledger.Advance(ctx, state) // the lists may not be those of before
	}
	if err != nil || resumed {
		return state, err
	}
	state.Before = orders
	err = r.leftovers(ctx, &state)
	preview := &Preview{State: state, runner: r}
	if errors.Is(err, ErrTooManyRemovals) && r.LookOnly {
		preview.Exceeded, err = err, nil
	}
	if err != nil {
		return state, err
	}
	if r.Review != nil {
		if err := r.Review(ctx, preview); err != nil {
			return state, err
		}
	}
	if r.touches() {
		if _, err := preview.Settle(ctx); err != nil {
			return state, err
		}
	}
	state.Phase = Applying
	return state, r.Ledger.Advance(ctx, state)
}

// touches reports whether orders that are there may be changed.
func (r *Runner) touches() bool { return r.Policy.Update || r.Prune != "" || r.Bulk != nil }

// know takes in what the sources' mappings have, where there is to be an update.
func (r *Runner) know(state State) {
	r.mapped, r.onBlank, r.wanted = nil, nil, make(fieldSet)
	for _, s := range state.Sources {
		mapped := newFieldSet(s.Fields)
		delete(mapped, identityRecord) // it says which record is meant, and is no field of it
		r.mapped, r.onBlank = append(r.mapped, mapped), append(r.onBlank, s.OnBlank)
		maps.Copy(r.wanted, mapped)
	}
}

// Resolved counts the operations whose answer was lost and that were found out about.
func (r *Runner) Resolved() int64 { return r.resolved.Load() }

// stage reads, maps and stages all rows.
func (r *Runner) stage(ctx context.Context, state State) (State, error) {
	r.Observer.Stage("reading", 0)
	var mended mending
	states, err := readRows(ctx, r.Sources, r.Limit, reading{blanks: r.Policy.Update, empty: true}, func(b *readBatch) error {
		bad := int64(0)
		for i := range b.rows {
			if b.rows[i].Outcome == reconcile.Rejected {
				bad++
			}
		}
		state.Rows, state.Rejected = state.Rows+int64(len(b.rows)), state.Rejected+bad
		mended = mended.merge(b.mended)
		r.Observer.Advance(int64(len(b.rows)), bad)
		return r.Ledger.Stage(ctx, b.rows)
	})
	if err != nil {
		return state, err
	}
	state.Sources, state.Phase, state.Mended = states, Looking, mended
	if err := r.Ledger.Advance(ctx, state); err != nil {
		return state, err
	}
	if r.Identify != nil {
		if err := r.Identify(ctx, state); err != nil {
			return state, err
		}
	}
	if most, ok := r.MaxErrors.Of(state.Rows); ok && state.Rejected > most {
		return state, fmt.Errorf("%w: %d of %d are rejected and --max-errors is %d; nothing was sent", ErrTooManyErrors, state.Rejected, state.Rows, most)
	}
	return state, r.notEmpty(state)
}

// notEmpty refuses sources without rows: most likely what should have filled
// them has failed.
func (r *Runner) notEmpty(state State) error {
	for _, s := range state.Sources {
		if s.Rows == 0 && !r.AllowEmpty && (r.Limit == 0 || state.Rows < r.Limit) {
			return fmt.Errorf("%w: %s; nothing was sent", ErrEmptySource, s.Name)
		}
	}
	return nil
}
