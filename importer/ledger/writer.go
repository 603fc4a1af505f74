package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// apply writes a group of changes in one commit.
func (r *Run) apply(ctx context.Context, changes []importer.Change) error {
	return r.writing(ctx, func(w *writer) error {
		if slices.ContainsFunc(changes, func(c importer.Change) bool { return len(c.Withdrawn) > 0 }) {
			// What is taken back must not come back with its page.
			if err := w.unfold(); err != nil {
				return err
			}
		}
		for _, c := range changes {
			if err := w.change(c); err != nil {
				return err
			}
		}
		return w.discard()
	})
}

// writing does something in one commit.
func (r *Run) writing(ctx context.Context, do func(*writer) error) error {
	w := writer{run: r, known: make(map[int64]bool)}
	return r.ledger.commitThen(ctx, func(ctx context.Context, tx *sql.Tx) error {
		w.ctx, w.tx = ctx, tx
		defer w.close()
		return do(&w)
	}, w.remember)
}

// writer writes one commit.
type writer struct {
	ctx        context.Context
	tx         *sql.Tx
	run        *Run
	operations *sql.Stmt // prepared, once it is needed
	results    *sql.Stmt
	rows       *sql.Stmt
	bytes      []byte         // of the last body
	known      map[int64]bool // rows of which the operations tell
	noted      []notes
	discarded  int  // pages that are over
	unfolded   bool // no page is left but those noted
}

// remember takes in what was written, once it is durable.
func (w *writer) remember() {
	p := w.run.pages
	if w.unfolded {
		p.clear()
	}
	p.drop(w.known, w.discarded)
	for _, n := range w.noted {
		p.put(n.page, n.intents)
	}
}

func (w *writer) close() {
	for _, s := range []*sql.Stmt{w.operations, w.results, w.rows} {
		if s != nil {
			s.Close()
		}
	}
}

func (w *writer) prepare(s **sql.Stmt, query string) (err error) {
	if *s == nil {
		*s, err = w.tx.PrepareContext(w.ctx, query)
	}
	return err
}

func (w *writer) change(c importer.Change) error {
	if err := w.note(c.Intents); err != nil {
		return err
	}
	for _, o := range c.Operations {
		w.known[o.Seq] = true
		if err := w.put(w.run.row(o.Seq), o); err != nil {
			return err
		}
		if o.HalfOf > 0 && o.State == importer.Applied {
			// Not only that row's half is over: several runs may have tried in vain.
			err := w.rewrite(func(half *importer.Operation) { half.State = o.State }, `order_uuid = ? AND order_uuid <> '' AND `+half, o.Order)
			if err != nil {
				return err
			}
		}
	}
	for _, res := range c.Results {
		applied, err := encodeValues(res.Applied)
		if err != nil {
			return err
		}
		if err := w.result(w.run.row(res.Seq), &res.Result, applied); err != nil {
			return err
		}
	}
	for _, seq := range c.Withdrawn {
		w.known[seq] = true
		// It will be decided on again: what was to be said of it goes, too.
		for _, query := range []string{
			`DELETE FROM operations WHERE row = ?`,
			`DELETE FROM results WHERE row = ? AND outcome = ''`,
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
	err := w.prepare(&w.operations, `INSERT OR REPLACE INTO operations
		(row, step, kind, state, sent_at, attempts, order_uuid, record_uuid, half_of, changes, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	changes, err := encodeChanges(o.Changes)
	if err != nil {
		return err
	}
	_, err = w.operations.ExecContext(w.ctx, row, o.Step, string(o.Kind), int(o.State), o.SentAt.UnixMilli(),
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

func encodeChanges(changes []reconcile.Change) ([]byte, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	return json.Marshal(changes)
}
