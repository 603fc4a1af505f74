package importer

import (
	"context"
	"errors"
	"fmt"
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
	Workers       int          // rows that are dealt with at a time; the gate decides how many requests
	Batch         int          // records in one association
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
}

// Errors that end a run before all its rows have their outcome.
var (
	// ErrDrained is returned when the run was asked to begin no new work. What
	// was under way is finished and written down.
	ErrDrained = errors.New("the run was interrupted")
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
	resumed := state.Phase != Looking
	if r.Suppression != nil {
		state.Suppression = r.Suppression.Lists
	}
	if state.Phase != Done {
		orders, err := r.look(soft, !resumed)
		if err != nil {
			return v, err
		}
		if !resumed {
			state.Before, state.Phase = orders, Applying
			if err := r.Ledger.Advance(soft, state); err != nil {
				return v, err
			}
		}
		if err := r.apply(hard, soft, state); err != nil {
			return v, err
		}
	}
	if v, err = r.verify(soft, state.Before); err != nil {
		return v, fmt.Errorf("verifying: %w", err)
	}
	return v, nil
}

// Resolved counts the operations whose answer was lost and that were found out about.
func (r *Runner) Resolved() int64 { return r.resolved.Load() }

// stage reads, maps and stages all rows.
func (r *Runner) stage(ctx context.Context, state State) (State, error) {
	r.Observer.Stage("reading", 0)
	var mended mending
	states, err := readRows(ctx, r.Sources, r.Limit, func(b *readBatch) error {
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
	return state, nil
}
