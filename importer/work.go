package importer

import (
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
}

func newWork(d decision) *work {
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
			if d.action.Finishes {
				op.Step, op.HalfOf, op.Changes = 2, w.order.HalfOf, nil // the half that an earlier run has left
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

// then adds an operation that follows the others.
func (w *work) then(kind reconcile.Kind) {
	w.operations = append(w.operations, Operation{Seq: w.row.Seq, Step: len(w.operations) + 1, Kind: kind, Order: w.order.UUID})
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
