package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// ClearOrders implements importer.OrderSnapshot.
func (r *Run) ClearOrders(ctx context.Context) error { return r.clear(ctx, `DELETE FROM orders`) }

// ClearRecords implements importer.RecordSnapshot.
func (r *Run) ClearRecords(ctx context.Context) error { return r.clear(ctx, `DELETE FROM records`) }

func (r *Run) clear(ctx context.Context, query string) error {
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query)
		return err
	})
}

// AddOrders implements importer.OrderSnapshot. An order that was there before the
// first write keeps that mark when it is read again.
func (r *Run) AddOrders(ctx context.Context, orders []importer.SnapshotOrder, original bool) error {
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(ctx, `INSERT INTO orders (uuid, phone, key, record_uuid, status, read_at, original, shown)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uuid) DO UPDATE SET phone = excluded.phone,
			key = CASE excluded.key WHEN '' THEN key ELSE excluded.key END,
			record_uuid = excluded.record_uuid, status = excluded.status, read_at = excluded.read_at, shown = excluded.shown`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		for _, o := range orders {
			shown, err := encodeValues(o.Values)
			if err != nil {
				return err
			}
			if _, err := stmt.ExecContext(ctx, o.UUID, o.Phone, o.Key, o.RecordUUID, string(o.Status), o.ReadAt.UnixMilli(), original, shown); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddRecords implements importer.RecordSnapshot.
func (r *Run) AddRecords(ctx context.Context, records []importer.SnapshotRecord) error {
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO records (uuid, phone, key, updated_at, body)
			VALUES (?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		for _, rec := range records {
			if _, err := stmt.ExecContext(ctx, rec.UUID, rec.Phone, rec.Key, rec.UpdatedAt.UnixMilli(), rec.Body); err != nil {
				return err
			}
		}
		return nil
	})
}

// Hidden implements importer.OrderSnapshot.
func (r *Run) Hidden(ctx context.Context, since time.Time) (hidden bool, err error) {
	// Only of runs that ended since then, or not at all, anything can be hidden;
	// most often that is none.
	err = r.ledger.read.QueryRowContext(ctx, `WITH made AS (
			SELECT rows.key, rows.phone FROM runs JOIN operations ON row >= runs.id << ?1 AND row < (runs.id + 1) << ?1 JOIN rows ON rows.id = row
			WHERE runs.id <> ?2 AND coalesce(finished_at, ?3) >= ?3 AND kind IN (?4, ?5) AND operations.state = ?6 AND sent_at >= ?3
			AND NOT EXISTS (SELECT 1 FROM orders WHERE uuid = operations.order_uuid))
		SELECT EXISTS (SELECT 1 FROM `+keptRows+` WHERE id > ?2 << ?1 AND id < (?2 + 1) << ?1 AND coalesce(outcome, '') = ''
			AND (key <> '' AND key IN (SELECT key FROM made) OR phone <> '' AND phone IN (SELECT phone FROM made)))`,
		rowBits, r.id, since.UnixMilli(), string(reconcile.CreateOrder), string(reconcile.Associate), int(importer.Applied)).Scan(&hidden)
	if err != nil {
		return false, fmt.Errorf("looking for orders that are not shown yet: %w", err)
	}
	return hidden, nil
}

// Ordered implements importer.OrderSnapshot.
func (r *Run) Ordered(ctx context.Context, phones []string) (map[string]bool, error) {
	list, err := json.Marshal(phones)
	if err != nil {
		return nil, err
	}
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM orders WHERE phone = value)`, string(list))
	if err != nil {
		return nil, fmt.Errorf("reading the snapshot from the ledger: %w", err)
	}
	defer rows.Close()
	ordered := make(map[string]bool, len(phones))
	for rows.Next() {
		var phone string
		if err := rows.Scan(&phone); err != nil {
			return nil, fmt.Errorf("reading the snapshot from the ledger: %w", err)
		}
		ordered[phone] = true
	}
	return ordered, rows.Err()
}

// OrdersOf implements importer.OrderSnapshot.
func (r *Run) OrdersOf(ctx context.Context, w importer.Wanted) ([]importer.SnapshotOrder, error) {
	if empty, err := r.empty(ctx, "orders"); empty || err != nil {
		return nil, err
	}
	lists := make([]any, 0, 4)
	for _, list := range [][]string{w.Keys, w.Phones, w.Records, w.Orders} {
		b, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		lists = append(lists, string(b))
	}
	// Look-ups by index; an OR over them would scan the table.
	return collectOrders(r.orders(ctx, `SELECT `+orderColumns+` FROM orders o WHERE o.uuid IN (
			SELECT uuid FROM orders JOIN json_each(?) ON orders.key = value AND orders.key <> ''
			UNION SELECT uuid FROM orders JOIN json_each(?) ON phone = value
			UNION SELECT uuid FROM orders JOIN json_each(?) ON record_uuid = value
			UNION SELECT value FROM json_each(?))`, lists...))
}

// Originals implements importer.OrderSnapshot.
func (r *Run) Originals(ctx context.Context) iter.Seq2[importer.SnapshotOrder, error] {
	return r.orders(ctx, `SELECT `+orderColumns+` FROM orders o WHERE original = 1 ORDER BY uuid`)
}

// orderColumns tell of an order also whether a run has left it unfinished.
const orderColumns = `o.uuid, o.phone, o.key, o.record_uuid, o.status, o.read_at, o.shown,
	coalesce((SELECT min(row) FROM operations WHERE order_uuid = o.uuid AND order_uuid <> '' AND ` + half + ` AND state <> 2), 0)`

func (r *Run) orders(ctx context.Context, query string, args ...any) iter.Seq2[importer.SnapshotOrder, error] {
	return func(yield func(importer.SnapshotOrder, error) bool) {
		rows, err := r.ledger.read.QueryContext(ctx, query, args...)
		if err != nil {
			yield(importer.SnapshotOrder{}, fmt.Errorf("reading the snapshot from the ledger: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			o, err := scanOrder(rows)
			if !yield(o, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(importer.SnapshotOrder{}, fmt.Errorf("reading the snapshot from the ledger: %w", err))
		}
	}
}

func scanOrder(rows *sql.Rows) (o importer.SnapshotOrder, err error) {
	var status string
	var read int64
	var shown []byte
	if err := rows.Scan(&o.UUID, &o.Phone, &o.Key, &o.RecordUUID, &status, &read, &shown, &o.HalfOf); err != nil {
		return o, fmt.Errorf("reading the snapshot from the ledger: %w", err)
	}
	o.Status, o.ReadAt, o.Unfinished = client.Status(status), time.UnixMilli(read), o.HalfOf != 0
	o.Values, err = decodeValues(shown)
	return o, err
}

func collectOrders(orders iter.Seq2[importer.SnapshotOrder, error]) ([]importer.SnapshotOrder, error) {
	var all []importer.SnapshotOrder
	for o, err := range orders {
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// RecordsOf implements importer.RecordSnapshot.
func (r *Run) RecordsOf(ctx context.Context, keys []string) ([]importer.SnapshotRecord, error) {
	if empty, err := r.empty(ctx, "records"); empty || err != nil {
		return nil, err
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT uuid, phone, records.key, updated_at, body
		FROM records JOIN json_each(?) ON records.key = value`, string(list))
	if err != nil {
		return nil, fmt.Errorf("reading the snapshot from the ledger: %w", err)
	}
	defer rows.Close()
	var all []importer.SnapshotRecord
	for rows.Next() {
		var rec importer.SnapshotRecord
		var updated int64
		if err := rows.Scan(&rec.UUID, &rec.Phone, &rec.Key, &updated, &rec.Body); err != nil {
			return nil, fmt.Errorf("reading the snapshot from the ledger: %w", err)
		}
		rec.UpdatedAt = time.UnixMilli(updated)
		all = append(all, rec)
	}
	return all, rows.Err()
}

// RecordKeys implements importer.RecordSnapshot.
func (r *Run) RecordKeys(ctx context.Context, uuids []string) (map[string]string, error) {
	list, err := json.Marshal(uuids)
	if err != nil {
		return nil, err
	}
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT uuid, records.key FROM records JOIN json_each(?) ON uuid = value`, string(list))
	if err != nil {
		return nil, fmt.Errorf("reading the snapshot from the ledger: %w", err)
	}
	defer rows.Close()
	keys := make(map[string]string)
	for rows.Next() {
		var uuid, key string
		if err := rows.Scan(&uuid, &key); err != nil {
			return nil, fmt.Errorf("reading the snapshot from the ledger: %w", err)
		}
		keys[uuid] = key
	}
	return keys, rows.Err()
}

// empty reports whether nothing was read into a table: most imports go into a
// new campaign, and need not look for each of their rows in it.
func (r *Run) empty(ctx context.Context, table string) (empty bool, err error) {
	if err := r.ledger.read.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM `+table+`)`).Scan(&empty); err != nil {
		return false, fmt.Errorf("reading the snapshot from the ledger: %w", err)
	}
	return empty, nil
}
