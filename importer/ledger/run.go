package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// Run is one run's part of the ledger. It is safe for concurrent use.
type Run struct {
	ledger *Ledger
	id     int64
	group  *group
	pages  *pages
}

var _ importer.Ledger = (*Run)(nil)

func (l *Ledger) run(id int64) *Run {
	r := &Run{ledger: l, id: id, pages: newPages()}
	r.group = newGroup(r.apply)
	return r
}

func (r *Run) row(seq int64) int64 { return r.id<<rowBits + seq }

// endOfRun is a seq behind every row of a run.
const endOfRun = 1 << rowBits

func seq(row int64) int64 { return row & (1<<rowBits - 1) }

// Progress tells how far the run has come.
func (r *Run) Progress(ctx context.Context) (importer.State, error) {
	var s importer.State
	var text []byte
	err := r.ledger.read.QueryRowContext(ctx, `SELECT state FROM runs WHERE id = ?`, r.id).Scan(&text)
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("reading the run's state from the ledger: %w", err)
	}
	return s, nil
}

// Advance writes down how far the run has come.
func (r *Run) Advance(ctx context.Context, s importer.State) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE runs SET phase = ?, state = ? WHERE id = ?`, s.Phase, string(text), r.id)
		return err
	})
}

// Finish writes down how a try of the run ended. A run that is not Done stays
// unfinished, and can be resumed.
func (r *Run) Finish(ctx context.Context, exitCode int, at time.Time) error {
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE runs SET exit_code = ?, finished_at = CASE phase WHEN 'done' THEN ? END WHERE id = ?`,
			exitCode, at.UnixMilli(), r.id)
		return err
	})
}

// Write implements importer.Journal: it returns when the change is durable.
func (r *Run) Write(ctx context.Context, c importer.Change) error {
	return r.group.write(ctx, c)
}

// Taken implements importer.Journal.
func (r *Run) Taken(ctx context.Context, except int64, order string) (taken bool, err error) {
	err = r.ledger.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM orders WHERE uuid = ?1 AND original = 1)
		OR EXISTS (SELECT 1 FROM operations WHERE order_uuid = ?1 AND order_uuid <> '' AND row >= ?2 AND row < ?3 AND row <> ?4)`,
		order, r.row(0), r.row(endOfRun), r.row(except)).Scan(&taken)
	if err != nil {
		return false, fmt.Errorf("looking for the owner of order %s: %w", order, err)
	}
	return taken || r.pages.taken(order, except), nil
}

// Books implements importer.Journal.
func (r *Run) Books(ctx context.Context) (b importer.Books, err error) {
	if err := r.unfold(ctx); err != nil {
		return b, err
	}
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT kind, state, count(*) FROM operations WHERE row >= ? AND row < ? AND state IN (?, ?)
		GROUP BY kind, state`, r.row(0), r.row(endOfRun), int(importer.Applied), int(importer.Sent))
	if err != nil {
		return b, fmt.Errorf("counting what was applied: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind reconcile.Kind
		var state importer.OperationState
		var n int
		if err := rows.Scan(&kind, &state, &n); err != nil {
			return b, fmt.Errorf("counting what was applied: %w", err)
		}
		sure := state == importer.Applied
		switch kind {
		case reconcile.CreateOrder, reconcile.Associate:
			add(n, sure, &b.Made, &b.MaybeMade)
		case reconcile.RemoveOrder:
			add(n, sure, &b.Removed, &b.MaybeRemoved)
		case reconcile.CancelOrder:
			add(n, sure, &b.Canceled, new(int))
		case reconcile.Activate:
			add(n, sure, &b.Activated, new(int))
		}
	}
	return b, rows.Err()
}

func add(n int, sure bool, to, maybe *int) {
	if sure {
		*to += n
	} else {
		*maybe += n
	}
}

// half is the condition of operations that bring a new order's settings in: see
// importer.Operation.Half.
const half = `step > 1 AND changes IS NULL AND kind IN ('update-order', 'activate')`
