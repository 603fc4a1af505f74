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
	resends    int  // in this try of the run
	aside      bool // it goes on without a worker
	doubtful   bool // an answer to the current operation was lost
}

func newWork(d decision) *work {
	w := &work{row: d.row, number: d.number(), final: Result{
		Outcome: d.action.Final(), OrderUUID: d.action.OrderUUID, RecordUUID: d.action.RecordUUID,
	}}
	w.row.Cells = nil
	for i, kind := range d.action.Steps {
		op := Operation{Seq: d.row.Seq, Step: i + 1, Kind: kind, Order: d.action.OrderUUID}
		switch kind {
		case reconcile.Associate:
			op.Record = d.action.RecordUUID
			w.compare(d.record())
		case reconcile.UpdateOrder:
			if i == 0 {
				w.order = d.order()
				op.Step = 2 // the half that an earlier run has left
				op.HalfOf = w.order.HalfOf
			}
		}
		w.operations = append(w.operations, op)
	}
	return w
}

// compare says where a known record differs from the row: import leaves
// records as they are.
func (w *work) compare(rec SnapshotRecord) {
	if fields := differing(w.row.Record, rec.Body, false); len(fields) > 0 {
		w.final.Code, w.final.Field = CodeDiffers, joined(fields)
		w.final.Message = "its record differs from the row and was left as it is"
	}
}

// CodeDiffers is the code of associated rows whose record says something else.
const CodeDiffers = "record-differs"

// reopened is a row that an earlier try of the run has not finished.
func reopened(o OpenRow) *work {
	w := &work{row: o.Row, number: o.Phone, operations: o.Operations}
	for _, op := range o.Operations {
		w.attempts = max(w.attempts, op.Attempts)
	}
	w.row.Cells = nil
	first := o.Operations[0]
	w.final = Result{Outcome: reconcile.Action{Steps: []reconcile.Kind{first.Kind}}.Final(), OrderUUID: first.Order, RecordUUID: first.Record}
	w.order.UUID, w.order.RecordUUID = first.Order, first.Record
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
// shows it now.
func (w *work) applied(o client.Order) {
	i := w.current()
	w.operations[i].State, w.operations[i].Attempts, w.doubtful = Applied, w.attempts, false
	w.seen(o)
	for ; i < len(w.operations); i++ {
		w.operations[i].Order = o.UUID
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
	}}
}

// kinds are the operations of the row in their order.
func (w *work) kinds() []reconcile.Kind {
	kinds := make([]reconcile.Kind, len(w.operations))
	for i, op := range w.operations {
		kinds[i] = op.Kind
	}
	return kinds
}
