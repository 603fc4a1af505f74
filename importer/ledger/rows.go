package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// Stage implements importer.Rows.
func (r *Run) Stage(ctx context.Context, rows []importer.Row) error {
	return r.writing(ctx, func(w *writer) error {
		for i := range rows {
			settings, err := encodeSettings(rows[i].Settings)
			if err == nil {
				err = w.stage(r.row(rows[i].Seq), &rows[i], settings)
			}
			if err != nil {
				return fmt.Errorf("row %d: %w", rows[i].Seq, err)
			}
		}
		return nil
	})
}

// each yields the rows of a query for keptColumns, for as long as they are intact.
func (r *Run) each(ctx context.Context, k *kept, query string, args ...any) iter.Seq[error] {
	return func(yield func(error) bool) {
		failed := func(err error) { yield(fmt.Errorf("reading the rows of the run from the ledger: %w", err)) }
		rows, err := r.ledger.read.QueryContext(ctx, query, args...)
		if err != nil {
			failed(err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			if err := k.scan(rows); !yield(err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			failed(err)
		}
	}
}

// noLimit finds all.
const noLimit = -1

// find gives up to limit rows of which a condition holds, in order, without their text.
func (r *Run) find(ctx context.Context, limit int, condition string, args ...any) ([]importer.Row, error) {
	found := make([]importer.Row, 0, max(limit, 0))
	k := newKept()
	query := `SELECT ` + keptColumns + ` FROM ` + keptRows + ` WHERE ` + condition + ` ORDER BY id LIMIT ?`
	for err := range r.each(ctx, k, query, append(args, limit)...) {
		if err != nil {
			return nil, err
		}
		row, err := k.row()
		if err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, nil
}

// All implements importer.Rows. A row without a result is ambiguous where a
// request may have been applied, else unprocessed; the order that was made for
// it stands with it.
func (r *Run) All(ctx context.Context) iter.Seq2[importer.Row, error] {
	return func(yield func(importer.Row, error) bool) {
		k := newKept()
		for err := range r.each(ctx, k, `SELECT `+keptColumns+` FROM `+keptRows+` WHERE id > ? AND id < ? ORDER BY id`, r.row(0), r.row(endOfRun)) {
			var row importer.Row
			if err == nil {
				row, err = k.whole()
			}
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
	return r.find(ctx, limit, `id > ? AND id < ? AND coalesce(outcome, '') = ''
		AND NOT EXISTS (SELECT 1 FROM operations WHERE row = id)`, r.row(after), r.row(endOfRun))
}

// Open implements importer.Rows.
func (r *Run) Open(ctx context.Context, after int64, limit int) ([]importer.OpenRow, error) {
	if err := r.unfold(ctx); err != nil {
		return nil, err
	}
	rows, err := r.find(ctx, limit, `id > ? AND id < ? AND coalesce(outcome, '') IN ('', 'ambiguous')
		AND EXISTS (SELECT 1 FROM operations WHERE row = id)`, r.row(after), r.row(endOfRun))
	if err != nil {
		return nil, err
	}
	return r.withOperations(ctx, rows)
}

// Staged implements importer.Rows.
func (r *Run) Staged(ctx context.Context) ([]int64, error) {
	type timed struct{ at, seq int64 }
	var staged []timed
	k := newKept()
	for err := range r.each(ctx, k, `SELECT `+keptColumns+` FROM `+keptRows+` JOIN operations o ON o.row = id
		WHERE id > ? AND id < ? AND kind = ? AND state = ? AND coalesce(outcome, '') = '' AND o.order_uuid <> '' ORDER BY id`,
		r.row(0), r.row(endOfRun), string(reconcile.Activate), int(importer.Waiting)) {
		if err != nil {
			return nil, err
		}
		row, err := k.row()
		if err != nil {
			return nil, err
		}
		t := timed{seq: row.Seq}
		if row.Settings != nil && !row.Settings.ScheduledTime.IsZero() {
			t.at = row.Settings.ScheduledTime.UnixMicro()
		}
		staged = append(staged, t)
	}
	slices.SortStableFunc(staged, func(a, b timed) int { return cmp.Compare(a.at, b.at) })
	seqs := make([]int64, len(staged))
	for i := range staged {
		seqs[i] = staged[i].seq
	}
	return seqs, nil
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
	rows, err := r.find(ctx, noLimit, `id IN (SELECT value FROM json_each(?)) AND coalesce(outcome, '') IN ('', 'ambiguous')`, string(list))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b importer.Row) int { return place[a.Seq] - place[b.Seq] })
	return r.withOperations(ctx, rows)
}

// DropLeftovers implements importer.Rows.
func (r *Run) DropLeftovers(ctx context.Context) error {
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		const leftovers = ` FROM rows WHERE id > ? AND id < ? AND source < 0`
		for _, query := range []string{`DELETE FROM results WHERE row IN (SELECT id` + leftovers + `)`, `DELETE` + leftovers} {
			if _, err := tx.ExecContext(ctx, query, r.row(0), r.row(endOfRun)); err != nil {
				return err
			}
		}
		return nil
	})
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
