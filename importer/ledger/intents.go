package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/campsync/campsync/importer"
)

// First intents of rows are written on pages, one for each commit: nearly all
// of them are followed by an answer at once, and only the answer is worth a
// row in the table of operations. A page lies in the ledger until each of its
// rows has its answer, or whatever else is known of it, among the operations.

// note writes the intents of a change on a page.
func (w *writer) note(intents []importer.Operation) error {
	if len(intents) == 0 {
		return nil
	}
	body, err := encodeIntents(intents)
	if err != nil {
		return err
	}
	res, err := w.tx.ExecContext(w.ctx, `INSERT INTO intents (run, body, sum) VALUES (?, ?, ?)`, w.run.id, body, sumOf([]int64{w.run.id}, string(body)))
	if err != nil {
		return err
	}
	page, err := res.LastInsertId()
	w.noted = append(w.noted, notes{page, intents})
	return err
}

// unfold gives the rows whose intent is on a page operations of their own, and
// takes the pages out.
func (w *writer) unfold() error {
	for _, o := range w.run.pages.all() {
		if err := w.put(w.run.row(o.Seq), o); err != nil {
			return err
		}
	}
	w.unfolded = true
	_, err := w.tx.ExecContext(w.ctx, `DELETE FROM intents WHERE run = ?`, w.run.id)
	return err
}

// discard takes pages out of which an earlier commit has said all.
func (w *writer) discard() error {
	if w.unfolded {
		return nil
	}
	over := w.run.pages.ended()
	for _, page := range over {
		if _, err := w.tx.ExecContext(w.ctx, `DELETE FROM intents WHERE id = ?`, page); err != nil {
			return err
		}
	}
	w.discarded = len(over)
	return nil
}

// unfold makes the table of operations complete, for who asks it.
func (r *Run) unfold(ctx context.Context) error {
	if r.pages.empty() {
		return nil
	}
	return r.writing(ctx, (*writer).unfold)
}

// load reads the pages that an earlier process has left.
func (r *Run) load(ctx context.Context) error {
	failed := func(err error) error { return fmt.Errorf("reading from the ledger what was about to be sent: %w", err) }
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT id, run, body, sum FROM intents ORDER BY id`)
	if err != nil {
		return failed(err)
	}
	defer rows.Close()
	for rows.Next() {
		var page, run, sum int64
		var body []byte
		if err := rows.Scan(&page, &run, &body, &sum); err != nil {
			return failed(err)
		}
		if sum != sumOf([]int64{run}, string(body)) { // whichever run it says it is of
			return failed(errDamaged)
		}
		if run != r.id {
			continue
		}
		intents, err := decodeIntents(body)
		if err == nil {
			intents, err = r.unanswered(ctx, intents)
		}
		if err != nil {
			return failed(err)
		}
		r.pages.put(page, intents)
	}
	if err := rows.Err(); err != nil {
		return failed(err)
	}
	return nil
}

// unanswered are those of the intents whose rows have no operations.
func (r *Run) unanswered(ctx context.Context, intents []importer.Operation) ([]importer.Operation, error) {
	ids := make([]int64, len(intents))
	for i := range intents {
		ids[i] = r.row(intents[i].Seq)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT DISTINCT row FROM operations WHERE row IN (SELECT value FROM json_each(?))`, string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := make(map[int64]bool)
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		known[seq(id)] = true
	}
	var open []importer.Operation
	for _, o := range intents {
		if !known[o.Seq] {
			open = append(open, o)
		}
	}
	return open, rows.Err()
}
