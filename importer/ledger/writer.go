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
	var w *writer
	return r.ledger.commitThen(ctx, func(ctx context.Context, tx *sql.Tx) error {
		w = newWriter(ctx, tx)
		w.run, w.bytes = r, r.ledger.bytes
		defer w.close()
		if err := do(w); err != nil {
			return err
		}
		err := w.flush()
		r.ledger.bytes = w.bytes
		return err
	}, func() { w.remember() })
}

// writer writes one commit.
type writer struct {
	ctx                       context.Context
	tx                        *sql.Tx
	run                       *Run
	rows, results, operations inserts
	bytes                     []byte         // of what waits to be inserted
	known                     map[int64]bool // rows of which the operations tell
	noted                     []notes
	discarded                 int  // pages that are over
	unfolded                  bool // no page is left but those noted
}

func newWriter(ctx context.Context, tx *sql.Tx) *writer {
	return &writer{ctx: ctx, tx: tx, known: make(map[int64]bool),
		rows: inserts{into: `INSERT INTO rows (id, source, key, phone, body, sum)`},
		results: inserts{into: `INSERT INTO results (row, outcome, code, body, sum, applied)`,
			otherwise: ` ON CONFLICT (row) DO UPDATE SET outcome = excluded.outcome, code = excluded.code,
				body = excluded.body, sum = excluded.sum, applied = coalesce(excluded.applied, applied)`},
		operations: inserts{into: `INSERT OR REPLACE INTO operations
			(row, step, kind, state, sent_at, attempts, order_uuid, record_uuid, half_of, changes, sum)`},
	}
}

func (w *writer) tables() []*inserts { return []*inserts{&w.rows, &w.results, &w.operations} }

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
	for _, t := range w.tables() {
		for _, s := range []*sql.Stmt{t.one, t.many} {
			if s != nil {
				s.Close()
			}
		}
	}
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
	return w.withdraw(c.Withdrawn)
}

// withdraw forgets what was to be done for rows, and what was to be said of them:
// they will be decided on again.
func (w *writer) withdraw(seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	for _, seq := range seqs {
		w.known[seq] = true
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
	changes, err := encodeChanges(o.Changes)
	if err != nil {
		return err
	}
	return w.insert(&w.operations, row, o.Step, string(o.Kind), int(o.State), o.SentAt.UnixMilli(),
		o.Attempts, o.Order, o.Record, o.HalfOf, changes, sumOfOperation(row, &o, changes))
}

// rewrite changes the operations, of any run, of which the condition holds.
func (w *writer) rewrite(change func(*importer.Operation), condition string, args ...any) error {
	if err := w.flush(); err != nil {
		return err
	}
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
