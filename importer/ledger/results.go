package ledger

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// A row without a result is pending; so is one of which something is to be said
// already and that has no outcome.

// stage adds a row, and its result where it has one.
func (w *writer) stage(id int64, row *importer.Row, settings []byte) error {
	begin := len(w.bytes)
	var from int
	w.bytes, from = appendRow(w.bytes, id, row, settings)
	columns, body := w.bytes[begin:from], w.bytes[from:]
	if err := w.insert(&w.rows, id, row.Source, row.Key, row.Phone, body, sumOfBoth(columns, body)); err != nil {
		return err
	}
	if row.Result == (importer.Result{}) {
		return nil
	}
	return w.result(id, &row.Result, nil)
}

// result writes what became of a row; what was applied stays where it is not
// said again.
func (w *writer) result(id int64, res *importer.Result, applied []byte) error {
	begin := len(w.bytes)
	var from int
	w.bytes, from = appendResult(w.bytes, id, res)
	columns, body := w.bytes[begin:from], w.bytes[from:]
	return w.insert(&w.results, id, string(res.Outcome), res.Code, body, sumOfBoth(columns, body), applied)
}

// adopt puts an order in the place of the one in a row's result.
func (w *writer) adopt(id int64, order reconcile.Order) error {
	var res importer.Result
	var bytes []byte
	var sum int64
	err := w.tx.QueryRowContext(w.ctx, `SELECT outcome, code, body, sum FROM results WHERE row = ?`, id).Scan(&res.Outcome, &res.Code, &bytes, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if sum != sumOfBoth(appendResultColumns(nil, id, string(res.Outcome), res.Code), bytes) || !decodeResult(bytes, &res) {
		return fmt.Errorf("reading the result of row %d from the ledger: %w", seq(id), errDamaged)
	}
	res.OrderUUID, res.RecordUUID = order.UUID, order.RecordUUID
	return w.result(id, &res, nil)
}
