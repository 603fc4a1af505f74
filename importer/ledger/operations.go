package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/campsync/campsync/importer"
)

func (r *Run) withOperations(ctx context.Context, rows []importer.Row) ([]importer.OpenRow, error) {
	open := make([]importer.OpenRow, 0, len(rows))
	for _, row := range rows {
		ops, err := r.operations(ctx, row.Seq)
		if err != nil {
			return nil, err
		}
		open = append(open, importer.OpenRow{Row: row, Operations: ops})
	}
	return open, nil
}

func (r *Run) operations(ctx context.Context, of int64) ([]importer.Operation, error) {
	if intended := r.pages.of(of); len(intended) > 0 {
		return intended, nil
	}
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT row, `+operationColumns+` FROM operations WHERE row = ? ORDER BY step`, r.row(of))
	if err != nil {
		return nil, fmt.Errorf("reading the operations of row %d from the ledger: %w", of, err)
	}
	defer rows.Close()
	var ops []importer.Operation
	for rows.Next() {
		var row int64
		o, err := scanOperation(rows, &row)
		if err != nil {
			return nil, fmt.Errorf("reading the operations of row %d from the ledger: %w", of, err)
		}
		ops = append(ops, o)
	}
	if len(ops) > 0 && ops[0].Step > 1 && ops[0].HalfOf <= 0 {
		// What comes before it is with another row now, and was sent perhaps.
		return nil, fmt.Errorf("reading the operations of row %d from the ledger: its first is missing: %w", of, errDamaged)
	}
	return ops, rows.Err()
}

const operationColumns = `step, kind, state, sent_at, attempts, order_uuid, record_uuid, half_of, changes, sum`

// scanOperation reads the columns of an operation, with its row before them and
// others behind them.
func scanOperation(rows *sql.Rows, row *int64, others ...any) (o importer.Operation, err error) {
	var sent, sum int64
	var changes []byte
	columns := []any{row, &o.Step, &o.Kind, &o.State, &sent, &o.Attempts, &o.Order, &o.Record, &o.HalfOf, &changes, &sum}
	if err := rows.Scan(append(columns, others...)...); err != nil {
		return o, err
	}
	if sum != sumOfOperation(*row, &o, changes) {
		return o, errDamaged
	}
	if len(changes) > 0 {
		if err := json.Unmarshal(changes, &o.Changes); err != nil {
			return o, err
		}
	}
	o.Seq, o.SentAt = seq(*row), time.UnixMilli(sent)
	return o, nil
}
