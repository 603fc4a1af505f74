package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

var _ importer.Audit = (*Run)(nil)

// Twice implements importer.Audit.
func (r *Run) Twice(ctx context.Context, since time.Time, byKey bool, limit int) ([]importer.Twice, error) {
	column := "phone"
	if byKey {
		column = "key"
	}
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT `+column+`, json_group_array(uuid ORDER BY uuid), min(original) FROM orders
		WHERE read_at >= ? AND `+column+` <> '' GROUP BY `+column+` HAVING count(*) > 1 ORDER BY 3, 1 LIMIT ?`, since.UnixMilli(), limit)
	if err != nil {
		return nil, fmt.Errorf("looking for keys with several orders: %w", err)
	}
	defer rows.Close()
	var all []importer.Twice
	for rows.Next() {
		var t importer.Twice
		var uuids []byte
		if err := rows.Scan(&t.Key, &uuids, &t.Original); err != nil {
			return nil, fmt.Errorf("looking for keys with several orders: %w", err)
		}
		if err := json.Unmarshal(uuids, &t.Orders); err != nil {
			return nil, fmt.Errorf("looking for keys with several orders: %w", err)
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// Made implements importer.Audit.
func (r *Run) Made(ctx context.Context) iter.Seq2[importer.MadeOrder, error] {
	return func(yield func(importer.MadeOrder, error) bool) {
		rows, err := r.ledger.read.QueryContext(ctx, `SELECT order_uuid, (SELECT phone FROM rows WHERE id = row) FROM operations
			WHERE row >= ? AND row < ? AND state = ? AND kind IN (?, ?)`,
			r.row(0), r.row(endOfRun), int(importer.Applied), string(reconcile.CreateOrder), string(reconcile.Associate))
		if err != nil {
			yield(importer.MadeOrder{}, fmt.Errorf("reading the orders of the run from the ledger: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var o importer.MadeOrder
			err := rows.Scan(&o.UUID, &o.Phone)
			if !yield(o, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(importer.MadeOrder{}, fmt.Errorf("reading the orders of the run from the ledger: %w", err))
		}
	}
}

// Missing implements importer.Audit.
func (r *Run) Missing(ctx context.Context, since time.Time, limit int) ([]importer.Row, error) {
	return r.find(ctx, limit, `id IN (SELECT row FROM operations o
		WHERE row >= ? AND row < ? AND state = ? AND kind IN (?, ?)
		AND NOT EXISTS (SELECT 1 FROM orders WHERE uuid = o.order_uuid AND read_at >= ?))`,
		r.row(0), r.row(endOfRun), int(importer.Applied), string(reconcile.CreateOrder), string(reconcile.Associate), since.UnixMilli())
}

// RowsOf implements importer.Audit.
func (r *Run) RowsOf(ctx context.Context, orders []string) ([]importer.OpenRow, error) {
	list, err := json.Marshal(orders)
	if err != nil {
		return nil, err
	}
	rows, err := r.find(ctx, noLimit, `id IN (SELECT row FROM operations JOIN json_each(?) ON order_uuid = value
		WHERE order_uuid <> '' AND row >= ? AND row < ?)`, string(list), r.row(0), r.row(endOfRun))
	if err != nil {
		return nil, err
	}
	return r.withOperations(ctx, rows)
}

// Adopt implements importer.Audit.
func (r *Run) Adopt(ctx context.Context, seq int64, order reconcile.Order) error {
	return r.writing(ctx, func(w *writer) error {
		if err := w.rewrite(func(o *importer.Operation) { o.Order = order.UUID }, `row = ?`, r.row(seq)); err != nil {
			return err
		}
		return w.adopt(r.row(seq), order)
	})
}
