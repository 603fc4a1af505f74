package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// patience is how long a write is tried again while the server cannot be
// reached at all.
const patience = 2 * time.Minute

// verdict is what is known after a request was made.
type verdict int

const (
	done    verdict = iota // the server has done it
	refused                // the server said no for good, and has done nothing
	unclear                // it may have been done
	unsent                 // it was not done and will not be tried again: the run ends
	late                   // it did not leave in its time; nothing was done
)

// request makes one request until there is a verdict; its delays are the
// gate's. What ends the run is handed to stop.
func (a *applier) request(t task, method string, do func(context.Context) error) (verdict, error) {
	var gone time.Time // since when the server cannot be reached
	for {
		if a.soft.Err() != nil {
			return unsent, context.Cause(a.soft)
		}
		err := do(a.hard)
		overdue := (method == http.MethodPatch || method == http.MethodDelete) && errors.Is(err, context.DeadlineExceeded) && a.hard.Err() == nil
		if overdue && !mayBeApplied(err) {
			return late, err
		}
		if !errors.Is(err, client.ErrClosed) {
			for _, w := range t {
				w.attempts++
			}
		}
		switch {
		case err == nil:
			return done, nil
		case overdue:
			return unclear, err
		}
		switch client.Decide(method, err) {
		case client.Again:
			switch {
			case !unreachable(err):
				gone = time.Time{}
			case gone.IsZero():
				gone = time.Now()
			case time.Since(gone) > patience:
				a.stop(fmt.Errorf("the server cannot be reached: %w", err))
				return unsent, err
			}
			continue
		case client.Final:
			return refused, err
		case client.Settle:
			return unclear, err
		}
		a.stop(err)
		if mayBeApplied(err) {
			return unclear, err
		}
		return unsent, err
	}
}

func unreachable(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Status == 0
}

func mayBeApplied(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Applied != client.NotApplied
}

// send makes the current operation of a task.
func (a *applier) send(t task) {
	switch w := t[0]; w.operations[w.current()].Kind {
	case reconcile.Associate:
		a.associate(t)
	case reconcile.CreateOrder:
		a.create(w)
	case reconcile.UpdateOrder, reconcile.Activate, reconcile.CancelOrder:
		a.update(w)
	case reconcile.UpdateRecord:
		a.updateRecord(w)
	case reconcile.RemoveOrder:
		a.remove(w)
	}
}

func (a *applier) create(w *work) {
	made, status := client.Order{}, a.Policy.InitialStatus(w.kinds())
	v, err := a.request(task{w}, http.MethodPost, func(ctx context.Context) (err error) {
		made, err = a.Orders.Create(ctx, a.Campaign.UUID, client.OrderCreate{Status: status, Record: w.row.Record})
		return err
	})
	if made.Status == "" {
		made.Status = status // the answer does not say; it was just made with this one
	}
	if v == done {
		var ours bool
		if made, ours, err = a.answers(w, made); !ours {
			// The answer names another order than ours: what became of ours is not known.
			v, err = unclear, cmp.Or(err, errWrongAnswer)
		}
	}
	if v == done {
		a.learnCreated(w, made)
		w.applied(made)
		a.right(w, "new")
		a.proceed(w)
		return
	}
	a.concluded(w, v, made, err)
}

// right lets an update come next where the server has given an order another
// status than was asked for, and it may be touched: it must not be called unless
// it is to be, and not before its record and its settings are in.
func (a *applier) right(w *work, which string) {
	want, has, next := a.Policy.FinalStatus(), w.order.Status, w.current()
	made := client.StatusRegistered // that its order is to have now
	if len(w.operations) == 1 {
		made = a.Policy.InitialStatus(w.kinds())
	}
	called := want != client.StatusRegistered && (has == client.StatusBusy || has == client.StatusNoAnswer)
	switch {
	case !w.operations[0].Kind.Makes(), len(w.operations) > 1 && next != 1, has.Protected(), has == made:
		return
	case called && !w.staged(), made != client.StatusRegistered && has != client.StatusRegistered:
		return // it was called meanwhile, and must not be planned once more
	}
	a.notice("status-"+which, fmt.Sprintf("the server makes %s orders %q; they are set to %q at once", which, has.Label(), made.Label()))
	op := Operation{Changes: []reconcile.Change{StatusChange(has, made)}}
	if made != client.StatusRegistered {
		op.HalfOf = OwnHalf // without it nobody is called
	}
	w.next(op)
}

var errWrongAnswer = errors.New("the answer names the order of somebody else")

// answers gives the order that was made for the row, where the answer's can be
// that one. An answer that shows no number may name anybody's: what the
// campaign has for the number is believed before it.
func (a *applier) answers(w *work, o client.Order) (client.Order, bool, error) {
	switch number := e164(o.Record.PhoneNumber, a.Region); {
	case number == "":
		if made, found, err := a.lookUp(w); err == nil && found {
			return made, true, nil
		}
		ours, err := a.own(w, o.UUID)
		return o, ours, err
	case a.shared():
		ours, err := a.own(w, o.UUID)
		return o, ours, err
	case number != w.number:
		return o, false, nil
	case len(w.operations) > 1: // a wrong one would get the settings
		ours, err := a.own(w, o.UUID)
		return o, ours, err
	}
	return o, a.claims.claim(o.UUID, w.row.Seq), nil
}

// own makes an order the row's own, unless it was there before the run's first
// write or is another row's.
func (a *applier) own(w *work, order string) (bool, error) {
	// The claim comes first: one that another row has is forgotten only once the
	// ledger knows of it.
	if !a.claims.claim(order, w.row.Seq) {
		return false, nil
	}
	taken, err := a.Ledger.Taken(a.hard, w.row.Seq, order)
	if err != nil || taken {
		a.claims.release(order)
	}
	return err == nil && !taken, err
}

// concluded goes on with a row after its current operation.
func (a *applier) concluded(w *work, v verdict, o client.Order, err error) {
	switch v {
	case done:
		w.applied(o)
		a.proceed(w)
	case refused:
		a.refuse(w, err)
	case unclear:
		a.setAside(w, err)
	case unsent:
		a.leave(w)
	}
}

// leave takes a row's intent back, or only that of its second half. Where an
// earlier answer was lost it stays, for a resumed run to begin with it.
func (a *applier) leave(w *work) {
	i := w.current()
	if w.doubtful {
		return
	}
	if i == 0 {
		a.changes <- Change{Withdrawn: []int64{w.row.Seq}}
		return
	}
	w.operations[i].State = Waiting
	a.changes <- Change{Operations: w.operations}
}

// proceed ends a row whose operations are all applied, or makes the next one.
func (a *applier) proceed(w *work) {
	if w.current() < 0 {
		a.conclude(Change{Operations: w.operations, Results: []RowResult{
			w.result(w.final.Outcome, w.final.Code, w.final.Field, w.final.Message)}})
		return
	}
	switch {
	case a.givesUp(w):
		a.giveUp(w)
		return
	case w.operations[w.current()].Kind == reconcile.Activate && !a.activating:
		a.postpone(w)
		return
	}
	if a.soft.Err() != nil {
		a.changes <- Change{Operations: w.operations}
		return
	}
	change := Change{Operations: w.intents()}
	if said, any := w.said(); any {
		change.Results = []RowResult{said}
	}
	if err := a.write(change); err != nil {
		a.stop(err)
		return
	}
	a.send(task{w})
}

// refuse ends a row to which the API said no for good.
func (a *applier) refuse(w *work, err error) {
	code, field, message := describe(err)
	a.end(w, reconcile.Failed, code, field, w.halfway(w.current())+message)
}

// end ends a row whose current operation is not to be made.
func (a *applier) end(w *work, outcome Outcome, code, field, message string) {
	op := &w.operations[w.current()]
	op.State, op.Attempts = Refused, w.attempts
	if err := a.agreeSoFar(w); err != nil {
		a.stop(err) // the ledger cannot be read; its intents stay in it
		return
	}
	a.conclude(Change{Operations: w.operations, Results: []RowResult{w.result(outcome, code, field, message)}})
}

// halfway says what was done of a row before its operation i was refused.
func (w *work) halfway(i int) string {
	switch first, op := w.operations[0].Kind, &w.operations[i]; {
	case op.Kind == reconcile.Activate:
		return "its order was made as registered, and cannot be activated: "
	case op.setsBack():
		return "its order was made " + string(w.order.Status) + " by the server, and was not set back to registered: "
	case op.Half():
		return "its order was made, its settings were not brought in: "
	case i > 0 && first == reconcile.Associate:
		return "its order was made, its record was not updated: "
	case i > 0:
		return "its order was updated, its record was not: "
	}
	return ""
}

// describe says what went wrong in the words of the results.
func describe(err error) (code, field, message string) {
	var e *client.Error
	if !errors.As(err, &e) {
		return "failed", "", err.Error()
	}
	var fields, texts []string
	for _, f := range e.Fields {
		name := strings.TrimPrefix(f.Field, "record.")
		fields = append(fields, name)
		texts = append(texts, name+": "+f.Message)
	}
	message = e.Message
	if len(texts) > 0 {
		message = joined(texts)
	}
	if message == "" {
		message = e.Error()
	}
	return e.Code, joined(fields), message
}
