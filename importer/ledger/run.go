package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
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

// Books implements importer.Journal. It counts without sorting: groups of a
// million operations would be that many entries in memory.
func (r *Run) Books(ctx context.Context) (b importer.Books, err error) {
	if err := r.unfold(ctx); err != nil {
		return b, err
	}
	const count = `count(*) FILTER (WHERE state = %d AND kind IN ('%s', '%s')), `
	counts := ""
	for _, c := range []struct {
		state importer.OperationState
		kinds [2]reconcile.Kind
	}{
		{importer.Applied, [2]reconcile.Kind{reconcile.CreateOrder, reconcile.Associate}},
		{importer.Sent, [2]reconcile.Kind{reconcile.CreateOrder, reconcile.Associate}},
		{importer.Applied, [2]reconcile.Kind{reconcile.RemoveOrder}},
		{importer.Sent, [2]reconcile.Kind{reconcile.RemoveOrder}},
		{importer.Applied, [2]reconcile.Kind{reconcile.CancelOrder}},
		{importer.Applied, [2]reconcile.Kind{reconcile.Activate}},
	} {
		counts += fmt.Sprintf(count, c.state, c.kinds[0], c.kinds[1])
	}
	err = r.ledger.read.QueryRowContext(ctx, `SELECT `+strings.TrimSuffix(counts, ", ")+` FROM operations WHERE row >= ? AND row < ?`,
		r.row(0), r.row(endOfRun)).Scan(&b.Made, &b.MaybeMade, &b.Removed, &b.MaybeRemoved, &b.Canceled, &b.Activated)
	if err != nil {
		return b, fmt.Errorf("counting what was applied: %w", err)
	}
	return b, nil
}

// half is the condition of operations that bring a new order's settings in: see
// importer.Operation.Half.
const half = `half_of <> 0`
