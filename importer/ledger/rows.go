package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// Stage implements importer.Rows.
func (r *Run) Stage(ctx context.Context, rows []importer.Row) error {
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		stmt, err := tx.PrepareContext(ctx, `INSERT INTO rows (id, source, line, key, phone, meant, record, settings, cells,
			outcome, code, field, message, blank, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		for i := range rows {
			row := &rows[i]
			settings, err := encodeSettings(row.Settings)
			if err != nil {
				return fmt.Errorf("row %d: %w", row.Seq, err)
			}
			if _, err := stmt.ExecContext(ctx, r.row(row.Seq), row.Source, row.Line, row.Key, row.Phone, row.Meant,
				row.Record, settings, encodeCells(row.Cells, row.Raw), string(row.Outcome), row.Code, row.Field, row.Message,
				strings.Join(row.Blank, " "), sumOfRow(r.row(row.Seq), row, settings)); err != nil {
				return err
			}
		}
		return nil
	})
}

const (
	rowColumns   = `id, source, line, key, phone, meant, record, settings, cells, outcome, order_uuid, record_uuid, attempts, code, field, message, blank, sum`
	withoutCells = `id, source, line, key, phone, meant, record, settings, NULL, outcome, order_uuid, record_uuid, attempts, code, field, message, blank, sum`
)

func scanRow(rows *sql.Rows) (importer.Row, error) {
	var row importer.Row
	var settings, cells []byte
	var outcome, blank string
	var sum int64
	if err := rows.Scan(&row.Seq, &row.Source, &row.Line, &row.Key, &row.Phone, &row.Meant, &row.Record, &settings, &cells,
		&outcome, &row.OrderUUID, &row.RecordUUID, &row.Attempts, &row.Code, &row.Field, &row.Message, &blank, &sum); err != nil {
		return row, err
	}
	if blank != "" {
		row.Blank = strings.Fields(blank)
	}
	intact := sum == sumOfRow(row.Seq, &row, settings)
	row.Seq = seq(row.Seq)
	if !intact {
		return row, fmt.Errorf("reading row %d from the ledger: %w", row.Seq, errDamaged)
	}
	row.Outcome = reconcile.Outcome(outcome)
	var err error
	if row.Cells, row.Raw, err = decodeCells(cells); err != nil {
		return row, fmt.Errorf("row %d: %w", row.Seq, err)
	}
	if row.Settings, err = decodeSettings(settings); err != nil {
		return row, fmt.Errorf("row %d: %w", row.Seq, err)
	}
	return row, nil
}

func (r *Run) query(ctx context.Context, query string, args ...any) iter.Seq2[importer.Row, error] {
	return func(yield func(importer.Row, error) bool) {
		rows, err := r.ledger.read.QueryContext(ctx, query, args...)
		if err != nil {
			yield(importer.Row{}, fmt.Errorf("reading the rows of the run from the ledger: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			row, err := scanRow(rows)
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(importer.Row{}, fmt.Errorf("reading the rows of the run from the ledger: %w", err))
		}
	}
}

// All implements importer.Rows. A row without a result is ambiguous where a
// request may have been applied, else unprocessed; the order that was made for
// it stands with it.
func (r *Run) All(ctx context.Context) iter.Seq2[importer.Row, error] {
	return func(yield func(importer.Row, error) bool) {
		for row, err := range r.query(ctx, `SELECT `+rowColumns+` FROM rows WHERE id > ? AND id < ? ORDER BY id`, r.row(0), r.row(endOfRun)) {
			if err == nil && row.Outcome == reconcile.Pending {
				err = r.explain(ctx, &row)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// explain says of a row that has no result how far it has come.
func (r *Run) explain(ctx context.Context, row *importer.Row) error {
	row.Outcome, row.Code, row.Message = reconcile.Unprocessed, "unprocessed", "the run stopped before it"
	ops, err := r.operations(ctx, row.Seq)
	if err != nil {
		return err
	}
	if row.Source == importer.Leftover {
		row.OrderUUID = row.Meant
	}
	for _, o := range ops {
		row.OrderUUID, row.Attempts = o.Order, max(row.Attempts, o.Attempts)
		switch {
		case o.State == importer.Sent:
			row.Outcome, row.Code = reconcile.Ambiguous, "ambiguous"
			row.Message = "the run stopped before its answer came; resume looks for it"
		case o.State == importer.Waiting && o.Order != "":
			row.Message = "its order was made, and the run stopped before its settings were in"
			if o.Kind == reconcile.Activate {
				row.Message = "its order was made as registered, and the run stopped before it was activated"
			}
		}
	}
	return nil
}

// Pending implements importer.Rows.
func (r *Run) Pending(ctx context.Context, after int64, limit int) ([]importer.Row, error) {
	return collect(r.query(ctx, `SELECT `+withoutCells+` FROM rows WHERE id > ? AND id < ? AND outcome = ''
		AND NOT EXISTS (SELECT 1 FROM operations WHERE row = id) ORDER BY id LIMIT ?`, r.row(after), r.row(endOfRun), limit))
}

// Open implements importer.Rows.
func (r *Run) Open(ctx context.Context, after int64, limit int) ([]importer.OpenRow, error) {
	if err := r.unfold(ctx); err != nil {
		return nil, err
	}
	rows, err := collect(r.query(ctx, `SELECT `+withoutCells+` FROM rows WHERE id > ? AND id < ? AND outcome IN ('', 'ambiguous')
		AND EXISTS (SELECT 1 FROM operations WHERE row = id) ORDER BY id LIMIT ?`, r.row(after), r.row(endOfRun), limit))
	if err != nil {
		return nil, err
	}
	return r.withOperations(ctx, rows)
}

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

// Staged implements importer.Rows.
func (r *Run) Staged(ctx context.Context) ([]int64, error) {
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT id FROM rows JOIN operations ON row = id
		WHERE row > ? AND row < ? AND kind = ? AND state = ? AND outcome = '' AND operations.order_uuid <> ''
		ORDER BY replace(json_extract(CAST(settings AS TEXT), '$.scheduledTime'), 'Z', ''), id`, // without it, a fraction comes after its second
		r.row(0), r.row(endOfRun), string(reconcile.Activate), int(importer.Waiting))
	if err != nil {
		return nil, fmt.Errorf("reading from the ledger what is to be activated: %w", err)
	}
	defer rows.Close()
	var seqs []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("reading from the ledger what is to be activated: %w", err)
		}
		seqs = append(seqs, seq(id))
	}
	return seqs, rows.Err()
}

// OpenOf implements importer.Rows.
func (r *Run) OpenOf(ctx context.Context, seqs []int64) ([]importer.OpenRow, error) {
	ids := make([]int64, len(seqs))
	place := make(map[int64]int, len(seqs))
	for i, seq := range seqs {
		ids[i], place[seq] = r.row(seq), i
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := collect(r.query(ctx, `SELECT `+withoutCells+` FROM rows WHERE id IN (SELECT value FROM json_each(?)) AND outcome IN ('', 'ambiguous')`, string(list)))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b importer.Row) int { return place[a.Seq] - place[b.Seq] })
	return r.withOperations(ctx, rows)
}

// DropLeftovers implements importer.Rows.
func (r *Run) DropLeftovers(ctx context.Context) error {
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM rows WHERE id > ? AND id < ? AND source < 0`, r.row(0), r.row(endOfRun))
		return err
	})
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

// Persons implements importer.Rows.
func (r *Run) Persons(ctx context.Context) iter.Seq2[importer.Person, error] {
	return func(yield func(importer.Person, error) bool) {
		if err := r.unfold(ctx); err != nil {
			yield(importer.Person{}, err)
			return
		}
		rows, err := r.ledger.read.QueryContext(ctx, `SELECT id, source, line, key, phone, meant, outcome, code,
			outcome <> '' OR EXISTS (SELECT 1 FROM operations WHERE row = id),
			coalesce(a.record_uuid, ''), coalesce((SELECT records.phone FROM records WHERE uuid = a.record_uuid), '')
			FROM rows LEFT JOIN operations a ON a.row = id AND a.step = 1 AND a.kind = ?
			WHERE id > ? AND id < ? AND code <> 'filtered' AND source >= 0 ORDER BY id`,
			string(reconcile.Associate), r.row(0), r.row(endOfRun))
		if err != nil {
			yield(importer.Person{}, fmt.Errorf("reading the keys of the run from the ledger: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var p importer.Person
			err := rows.Scan(&p.Seq, &p.Source, &p.Line, &p.Key, &p.Phone, &p.Meant, &p.Outcome, &p.Code, &p.Touched, &p.Record, &p.RecordPhone)
			p.Seq = seq(p.Seq)
			if !yield(p, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(importer.Person{}, fmt.Errorf("reading the keys of the run from the ledger: %w", err))
		}
	}
}

func collect(seq iter.Seq2[importer.Row, error]) ([]importer.Row, error) {
	var all []importer.Row
	for row, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, nil
}

func encodeSettings(s *mapping.Settings) ([]byte, error) {
	if s == nil {
		return nil, nil
	}
	return json.Marshal(s)
}

func decodeSettings(b []byte) (*mapping.Settings, error) {
	if len(b) == 0 {
		return nil, nil
	}
	var s mapping.Settings
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("reading its order settings: %w", err)
	}
	return &s, nil
}
