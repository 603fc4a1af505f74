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
}

var _ importer.Ledger = (*Run)(nil)

func (l *Ledger) run(id int64) *Run {
	r := &Run{ledger: l, id: id}
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
	return r.ledger.commit(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE runs SET phase = ?, state = ? WHERE id = ?`, s.Phase, string(text), r.id)
		return err
	})
}

// Finish writes down how a try of the run ended. A run that is not Done stays
// unfinished, and can be resumed.
func (r *Run) Finish(ctx context.Context, exitCode int, at time.Time) error {
	return r.ledger.commit(ctx, func(tx *sql.Tx) error {
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
	return taken, nil
}

// Books implements importer.Journal.
func (r *Run) Books(ctx context.Context) (b importer.Books, err error) {
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

// apply writes a group of changes in one commit.
func (r *Run) apply(ctx context.Context, changes []importer.Change) error {
	return r.ledger.commit(ctx, func(tx *sql.Tx) error {
		w := writer{ctx: ctx, tx: tx, run: r}
		defer w.close()
		for _, c := range changes {
			if err := w.change(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// writer holds the prepared statements of one commit.
type writer struct {
	ctx        context.Context
	tx         *sql.Tx
	run        *Run
	operations *sql.Stmt
	results    *sql.Stmt
}

func (w *writer) close() {
	for _, s := range []*sql.Stmt{w.operations, w.results} {
		if s != nil {
			s.Close()
		}
	}
}

func (w *writer) prepared(s **sql.Stmt, query string) (*sql.Stmt, error) {
	if *s == nil {
		stmt, err := w.tx.PrepareContext(w.ctx, query)
		if err != nil {
			return nil, err
		}
		*s = stmt
	}
	return *s, nil
}

func (w *writer) change(c importer.Change) error {
	for _, o := range c.Operations {
		if err := w.put(w.run.row(o.Seq), o); err != nil {
			return err
		}
		if o.HalfOf != 0 && o.State == importer.Applied {
			// Not only that row's half is over: several runs may have tried in vain.
			err := w.rewrite(func(half *importer.Operation) { half.State = o.State }, `order_uuid = ? AND order_uuid <> '' AND `+half, o.Order)
			if err != nil {
				return err
			}
		}
	}
	for _, res := range c.Results {
		stmt, err := w.prepared(&w.results, `UPDATE rows SET outcome = ?, order_uuid = ?, record_uuid = ?, attempts = ?,
			code = ?, field = ?, message = ?, applied = coalesce(?, applied) WHERE id = ?`)
		if err != nil {
			return err
		}
		applied, err := encodeValues(res.Applied)
		if err != nil {
			return err
		}
		if _, err := stmt.ExecContext(w.ctx, string(res.Outcome), res.OrderUUID, res.RecordUUID, res.Attempts,
			res.Code, res.Field, res.Message, applied, w.run.row(res.Seq)); err != nil {
			return err
		}
	}
	for _, seq := range c.Withdrawn {
		// It will be decided on again: what was to be said of it goes, too.
		for _, query := range []string{
			`DELETE FROM operations WHERE row = ?`,
			`UPDATE rows SET code = '', field = '', message = '', applied = NULL WHERE id = ?`,
		} {
			if _, err := w.tx.ExecContext(w.ctx, query, w.run.row(seq)); err != nil {
				return err
			}
		}
	}
	return nil
}

// put writes an operation in the place of what was known of it.
func (w *writer) put(row int64, o importer.Operation) error {
	stmt, err := w.prepared(&w.operations, `INSERT OR REPLACE INTO operations
		(row, step, kind, state, sent_at, attempts, order_uuid, record_uuid, half_of, changes, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	var changes []byte
	if len(o.Changes) > 0 {
		if changes, err = json.Marshal(o.Changes); err != nil {
			return err
		}
	}
	_, err = stmt.ExecContext(w.ctx, row, o.Step, string(o.Kind), int(o.State), o.SentAt.UnixMilli(),
		o.Attempts, o.Order, o.Record, o.HalfOf, changes, sumOfOperation(row, &o, changes))
	return err
}

// rewrite changes the operations, of any run, of which the condition holds.
func (w *writer) rewrite(change func(*importer.Operation), condition string, args ...any) error {
	//nolint:gosec // columns and conditions are constants of ours
	rows, err := w.tx.QueryContext(w.ctx, `SELECT row, `+operationColumns+` FROM operations WHERE `+condition, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	found := make(map[int64][]importer.Operation)
	for rows.Next() {
		var row int64
		o, err := scanOperation(rows, &row)
		if err != nil {
			return err
		}
		found[row] = append(found[row], o)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for row, operations := range found {
		for _, o := range operations {
			change(&o)
			if err := w.put(row, o); err != nil {
				return err
			}
		}
	}
	return nil
}
