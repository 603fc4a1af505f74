package importer

import (
	"maps"
	"slices"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// work is a row on its way through the requests that its action asks for.
type work struct {
	row        Row
	operations []Operation
	order      SnapshotOrder // as last read; zero before it is made
	number     string        // that would be called
	final      Result        // what becomes of the row when all is applied
	attempts   int
	resends    int              // in this try of the run
	agreed     reconcile.Values // RowResult.Applied
	begun      bool             // the ledger has its operations
	aside      bool             // it goes on without a worker
	doubtful   bool             // an answer to the current operation was lost
	lateAt     time.Time        // when a request was last too late for what was read of the order
	lateInTurn bool             // though it had its turn then
	turn       int64            // the places that it has among those that were late; 0: it has no turn
	barred     client.Status    // of a Do-Not-Call order that its number has beside its own; empty where it has none
}

// newWork is what the decision asks for; status is that of new orders in the end.
func newWork(d decision, status client.Status) *work {
	w := &work{row: d.row, number: d.number(), final: Result{
		Outcome: d.action.Final(), OrderUUID: d.action.OrderUUID, RecordUUID: d.action.RecordUUID,
	}}
	w.row.Cells = nil
	if d.action.OrderUUID != "" {
		w.order = d.order()
	}
	for i, kind := range d.action.Steps {
		op := Operation{Seq: d.row.Seq, Step: i + 1, Kind: kind, Order: d.action.OrderUUID, Changes: changesBy(kind, d.action.Changes)}
		switch kind {
		case reconcile.Associate:
			op.Record = d.action.RecordUUID
			w.order.Phone = d.record().Phone // under which it will stand in the campaign
			w.compare(&d)
		case reconcile.UpdateRecord:
			op.Record = d.action.RecordUUID
		case reconcile.UpdateOrder, reconcile.Activate:
			switch {
			case d.action.Finishes: // the half that an earlier run has left
				op.Step, op.HalfOf, op.Changes = 2, w.order.HalfOf, d.half(status)
			case d.action.Steps[0].Makes():
				op.HalfOf, op.Changes = OwnHalf, d.half(status)
			}
		}
		w.operations = append(w.operations, op)
	}
	if len(d.action.Conflicts) > 0 {
		w.final.Code, w.final.Field, w.final.Message = conflicting(d.action.Conflicts)
	}
	return w
}

// changesBy are those of the changes that an operation makes.
func changesBy(kind reconcile.Kind, all []reconcile.Change) (changes []reconcile.Change) {
	for _, c := range all {
		switch kind {
		case reconcile.UpdateOrder, reconcile.CancelOrder:
			if reconcile.OfOrder(c.Target) {
				changes = append(changes, c)
			}
		case reconcile.UpdateRecord:
			if !reconcile.OfOrder(c.Target) {
				changes = append(changes, c)
			}
		}
	}
	return changes
}

// half are the changes that bring the settings of a new order in, and its status
// with them. One that an earlier run has left may show some of them, and others
// that somebody has set since.
func (d *decision) half(status client.Status) (changes []reconcile.Change) {
	if d.action.Finishes && d.contact.Values != nil {
		changes = changesBy(reconcile.UpdateOrder, d.action.Changes)
	} else {
		settings := settingsValues(d.row.Settings)
		for _, target := range slices.Sorted(maps.Keys(settings)) {
			changes = append(changes, reconcile.Change{Target: target, Before: orNull(nil), After: settings[target]})
		}
	}
	if status != client.StatusRegistered {
		changes = append(changes, StatusChange(client.StatusRegistered, status))
	}
	return changes
}

// StatusChange is the change of an order's status.
func StatusChange(from, to client.Status) reconcile.Change {
	return reconcile.Change{Target: orderStatus, Before: quoted(string(from)), After: quoted(string(to))}
}

// due are the changes that the current update has to make. A status that a half
// brings is for an order which still has the one that it was made with: it must
// not undo what somebody, or a call, has made of it since.
func (w *work) due() []reconcile.Change {
	op := &w.operations[w.current()]
	if op.Half() && w.movedOn() {
		_, op.Changes = parted(op.Changes)
	}
	return op.Changes
}

// movedOn reports whether the current update is to change a status that the order
// does not have any more.
func (w *work) movedOn() bool {
	status, _ := parted(w.operations[w.current()].Changes)
	return status != nil && !reconcile.Same(status.Before, quoted(string(w.order.Status)))
}

// takesOut reports whether the row's order is being taken out of the campaign.
func (w *work) takesOut() bool {
	kind := w.operations[w.current()].Kind
	return kind == reconcile.RemoveOrder || kind == reconcile.CancelOrder
}

// setsBack reports whether an operation does no more than to set an order back
// to registered, so that nobody is called.
func (o *Operation) setsBack() bool {
	return o.Kind == reconcile.UpdateOrder && len(o.Changes) == 1 && o.Changes[0].Target == orderStatus &&
		reconcile.Same(o.Changes[0].After, quoted(string(client.StatusRegistered)))
}

// compare says where a known record differs from the row: import leaves
// records as they are.
func (w *work) compare(d *decision) {
	if d.contact.Values != nil {
		return // the record is brought to what the row says
	}
	if fields := differing(w.row.Record, d.record().Body, false); len(fields) > 0 {
		w.final.Code, w.final.Field = CodeDiffers, joined(fields)
		w.final.Message = "its record differs from the row and was left as it is"
	}
}

// CodeDiffers is the code of associated rows whose record says something else.
const CodeDiffers = "record-differs"

// reopened is a row that an earlier try of the run has not finished.
func reopened(o OpenRow) *work {
	w := &work{row: o.Row, number: o.Phone, operations: o.Operations, begun: true}
	for _, op := range o.Operations {
		w.attempts = max(w.attempts, op.Attempts)
	}
	w.row.Cells = nil
	first := o.Operations[0]
	w.final = o.Result // what was to be said of it in the end was written down with the intent
	if o.Outcome == reconcile.Ambiguous {
		w.final.Code, w.final.Field, w.final.Message = "", "", ""
	}
	w.final.Outcome, w.final.OrderUUID = reconcile.Action{Steps: []reconcile.Kind{first.Kind}}.Final(), first.Order
	if first.Record != "" {
		w.final.RecordUUID = first.Record
	}
	w.order.UUID, w.order.RecordUUID = first.Order, w.final.RecordUUID
	return w
}

// current is the index of the first operation that is not applied, or -1.
func (w *work) current() int {
	for i := range w.operations {
		if w.operations[i].State != Applied {
			return i
		}
	}
	return -1
}

// intents marks the current operation as about to be sent, and gives all of
// the row's operations for the ledger.
func (w *work) intents() []Operation {
	op := &w.operations[w.current()]
	op.State, op.SentAt, op.Order, op.Attempts = Sent, time.Now(), w.order.UUID, w.attempts+1
	return w.operations
}

// applied marks the current operation as done; o is the order as the server
// shows it now, zero where it has not shown it: then it is no younger than it was.
func (w *work) applied(o client.Order) {
	i := w.current()
	w.operations[i].State, w.operations[i].Attempts, w.doubtful = Applied, w.attempts, false
	if o.UUID != "" {
		w.seen(o)
	}
	for ; i < len(w.operations); i++ {
		w.operations[i].Order = w.order.UUID
	}
}

// seen takes in an order as the server shows it.
func (w *work) seen(o client.Order) {
	w.order.UUID, w.order.Status, w.order.ReadAt = o.UUID, o.Status, time.Now()
	w.final.OrderUUID = o.UUID
	if o.Record.UUID != "" {
		w.order.RecordUUID, w.final.RecordUUID = o.Record.UUID, o.Record.UUID
	}
}

// next puts an update of the order before what is still to be done for the row.
func (w *work) next(op Operation) {
	i := w.current()
	if i < 0 {
		i = len(w.operations)
	}
	op.Seq, op.Kind, op.Order = w.row.Seq, reconcile.UpdateOrder, w.order.UUID
	w.operations = slices.Insert(w.operations, i, op)
	for ; i < len(w.operations); i++ {
		w.operations[i].Step = i + 1
	}
}

// result is the row's result with what is known of its order.
func (w *work) result(outcome Outcome, code, field, message string) RowResult {
	return RowResult{Seq: w.row.Seq, Result: Result{
		Outcome: outcome, OrderUUID: w.final.OrderUUID, RecordUUID: w.final.RecordUUID, Attempts: w.attempts,
		Code: code, Field: field, Message: message,
	}, Applied: w.agreed}
}

// said is what the row is to say in the end, for the ledger: a run that goes on
// with it no longer knows why.
func (w *work) said() (RowResult, bool) {
	res := w.final
	res.Outcome = reconcile.Pending
	return RowResult{Seq: w.row.Seq, Result: res, Applied: w.agreed}, res.Code != "" || w.agreed != nil
}

// staged reports whether the row's order is to be activated once all is verified.
func (w *work) staged() bool {
	last := &w.operations[len(w.operations)-1]
	return last.Kind == reconcile.Activate && last.State == Waiting
}

// kinds are the operations of the row in their order.
func (w *work) kinds() []reconcile.Kind {
	kinds := make([]reconcile.Kind, len(w.operations))
	for i, op := range w.operations {
		kinds[i] = op.Kind
	}
	return kinds
}
