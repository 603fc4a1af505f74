package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// verifyExamples is how many keys or rows a verification names at most.
const verifyExamples = 100

// verify reads the campaign again and holds the books against it. Reads may
// lag behind writes, so books that do not close at once are looked at again
// until the settle window is over.
func (r *Runner) verify(ctx context.Context, before int) (Verification, error) {
	books, err := r.Ledger.Books(ctx)
	if err != nil {
		return Verification{}, err
	}
	v := books.Verification(before)
	if r.Verify == VerifyNone {
		return v, nil
	}
	end := time.Now().Add(r.Settle)
	for delay := r.Settle / (1 << looks); ; delay *= 2 {
		began := time.Now()
		if err := r.audit(ctx, &v, books.Made); err != nil {
			return v, err
		}
		v.Verified = true
		if !v.Off() || !began.Before(end) {
			return v, nil
		}
		r.Observer.Notice(fmt.Sprintf("the books do not close yet (%d orders, %d expected); looking again", v.After, v.Expected))
		if err := sleep(ctx, min(delay, time.Until(end))); err != nil {
			return v, err
		}
	}
}

// audit reads the campaign once, by the cheaper of listing all orders and
// searching for those of the run.
func (r *Runner) audit(ctx context.Context, v *Verification, made int) error {
	since := time.Now()
	first, err := r.page(ctx, client.OrderQuery{}, 1)
	if err != nil {
		return err
	}
	v.After, v.Twice, v.Missing = first.Total, nil, nil
	if pagesLeft(first) > made && r.Verify != VerifyFull {
		if err := r.searchOrders(ctx, "verifying", false, sent); err != nil {
			return err
		}
		return r.name(ctx, v, since)
	}
	r.Observer.Stage("verifying", int64(max(first.Total, 0)))
	if r.countable() {
		if clear, err := r.tally(ctx, &first, v); err != nil || clear {
			return err
		}
		r.Observer.Stage("verifying", int64(max(first.Total, 0)))
		since = time.Now()
	}
	v.Differs = nil
	if v.After, err = r.listOrders(ctx, nil, false, r.holding(ctx, v)); err != nil {
		return err
	}
	return r.name(ctx, v, since)
}

// holding compares orders as they are listed, where that is asked for.
func (r *Runner) holding(ctx context.Context, v *Verification) func([]client.Order) error {
	if r.Verify != VerifyFull {
		return nil
	}
	return func(orders []client.Order) error { return r.hold(ctx, orders, v) }
}

// name says which keys have several orders and which rows have none, of the
// orders that were read into the snapshot since.
func (r *Runner) name(ctx context.Context, v *Verification, since time.Time) (err error) {
	if v.Twice, err = r.twice(ctx, since); err == nil {
		v.Missing, err = r.missing(ctx, since)
	}
	return err
}

// twice gives the numbers, where each is to have one order, and the keys that
// have several.
func (r *Runner) twice(ctx context.Context, since time.Time) (all []Twice, err error) {
	if !r.shared() {
		all, err = r.Ledger.Twice(ctx, since, false, verifyExamples)
	}
	if err == nil && !r.byPhone() {
		var keys []Twice
		keys, err = r.Ledger.Twice(ctx, since, true, verifyExamples)
		all = append(all, keys...)
	}
	return all, err
}

// missing gives the rows whose order is not there. An answer may have named a
// wrong one: where the campaign has one for the row that is nobody else's,
// that is taken.
func (r *Runner) missing(ctx context.Context, since time.Time) ([]Row, error) {
	for {
		rows, err := r.Ledger.Missing(ctx, since, verifyExamples)
		if err != nil {
			return nil, err
		}
		mended := false
		for _, row := range rows {
			o, found, err := r.really(ctx, &row, since)
			if err == nil && found {
				mended = true
				err = r.Ledger.Adopt(ctx, row.Seq, o)
			}
			if err != nil {
				return nil, err
			}
		}
		if !mended {
			return rows, nil
		}
	}
}

// really is the order that was made for a row, of those read since.
func (r *Runner) really(ctx context.Context, row *Row, since time.Time) (reconcile.Order, bool, error) {
	orders, err := r.Ledger.OrdersOf(ctx, Wanted{Phones: known(row.Phone), Records: known(row.RecordUUID)})
	if err != nil {
		return reconcile.Order{}, false, err
	}
	for _, o := range orders {
		if o.ReadAt.Before(since.Truncate(time.Millisecond)) || r.shared() && o.Key != row.Key && o.RecordUUID != row.RecordUUID {
			continue
		}
		if taken, err := r.Ledger.Taken(ctx, row.Seq, o.UUID); err != nil || !taken {
			return o.Order, err == nil, err
		}
	}
	return reconcile.Order{}, false, nil
}

// known is a list of the text, empty where that is.
func known(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// sent picks the rows for which an order may have been made.
func sent(p *Person) bool {
	switch p.Outcome {
	case reconcile.Failed, reconcile.Ambiguous, reconcile.Pending:
		return p.Touched
	default:
		return p.Outcome == reconcile.Created || p.Outcome == reconcile.Associated
	}
}

// hold compares orders field by field with what the run's rows have made of
// them.
func (r *Runner) hold(ctx context.Context, orders []client.Order, v *Verification) error {
	byUUID := make(map[string]client.Order, len(orders))
	uuids := make([]string, 0, len(orders))
	for _, o := range orders {
		byUUID[o.UUID] = o
		uuids = append(uuids, o.UUID)
	}
	rows, err := r.Ledger.RowsOf(ctx, uuids)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if len(v.Differs) >= verifyExamples {
			continue
		}
		fields, err := r.heldAgainst(ctx, &row, byUUID[row.Operations[0].Order])
		if err != nil {
			return err
		}
		if len(fields) > 0 {
			row.Cells, row.OrderUUID = nil, row.Operations[0].Order
			v.Differs = append(v.Differs, Differs{Row: row.Row, Fields: fields})
		}
	}
	return nil
}

// heldAgainst names what an order does not show of what the row's operations
// have done.
func (r *Runner) heldAgainst(ctx context.Context, row *OpenRow, o client.Order) (fields []string, err error) {
	var want client.Status // empty: that of an order which was there is its own
	if row.Operations[0].Kind.Makes() {
		want = r.Policy.InitialStatus(make([]reconcile.Kind, len(row.Operations)))
	}
	for i := range row.Operations {
		op := &row.Operations[i]
		if op.State != Applied {
			continue
		}
		status, settings := parted(op.Changes)
		if status != nil {
			if err := json.Unmarshal(status.After, &want); err != nil {
				return nil, err
			}
		}
		switch op.Kind {
		case reconcile.CreateOrder:
			fields, err = r.recordHeld(ctx, row.Record, &o)
		case reconcile.UpdateOrder, reconcile.Activate:
			if !shown(settings, r.shownOrder(o, nil)) {
				fields = append(fields, "order")
			}
		case reconcile.UpdateRecord:
			rec, targets := o.Record, changed(op.Changes)
			if rec.UUID != op.Record || !targets.shownBy(r.shownRecord(rec, targets)) {
				rec, _, err = recordOf(ctx, r.Records, op.Record) // one that is gone shows nothing
			}
			if err == nil && !shown(op.Changes, r.shownRecord(rec, targets)) {
				fields = append(fields, "record")
			}
		}
		if err != nil {
			return nil, err
		}
	}
	// One that is to be called goes on by itself; one that is not must stay.
	switch {
	case want == "", o.Status == want, o.Status.Protected():
	case want == client.StatusRegistered, want == client.StatusCanceled, o.Status == client.StatusRegistered:
		fields = append(fields, "status")
	}
	return fields, nil
}

// recordHeld names the fields of an order's record that are not as the row
// says; all of them where it is gone. A listed order may show its record in part;
// then the record is read.
func (r *Runner) recordHeld(ctx context.Context, sent []byte, o *client.Order) ([]string, error) {
	rec, whole := o.Record, false
	if !shows(rec, sent) {
		var err error
		if rec, _, err = recordOf(ctx, r.Records, rec.UUID); err != nil {
			return nil, err
		}
		whole = true
	}
	body, err := json.Marshal(rec)
	if err != nil {
		return nil, err
	}
	return differing(sent, body, whole), nil
}

// shows reports whether the record has every field that the row sends.
func shows(rec client.Record, sent []byte) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(sent, &fields) != nil {
		return true
	}
	for name := range fields {
		if !rec.Has(name) {
			return false
		}
	}
	return true
}
