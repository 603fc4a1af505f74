package ledger

import (
	"database/sql"
	"strings"
)

// together is how many rows go into a table with one statement: two thirds of
// what a row costs by itself, and more of them would save little.
const together = 16

// inserts are rows of one table that wait to be written together.
type inserts struct {
	into      string // the statement, up to the values
	otherwise string // and behind them
	args      []any
	one, many *sql.Stmt // prepared, once they are needed
}

// insert puts a row where it is written with others. Its bytes must stay as
// they are until then.
func (w *writer) insert(t *inserts, args ...any) error {
	t.args = append(t.args, args...)
	if len(t.args) < together*len(args) {
		return nil
	}
	err := w.exec(&t.many, t, together, t.args)
	t.args = t.args[:0]
	return err
}

// flush writes what still waits.
func (w *writer) flush() error {
	for _, t := range w.tables() {
		columns := strings.Count(t.into, ",") + 1
		for ; len(t.args) > 0; t.args = t.args[columns:] {
			if err := w.exec(&t.one, t, 1, t.args[:columns]); err != nil {
				return err
			}
		}
	}
	w.bytes = w.bytes[:0]
	return nil
}

func (w *writer) exec(stmt **sql.Stmt, t *inserts, rows int, args []any) (err error) {
	if *stmt == nil {
		row := "(" + strings.Repeat("?, ", len(args)/rows-1) + "?)"
		//nolint:gosec // columns are constants of ours
		query := t.into + " VALUES " + strings.Repeat(row+", ", rows-1) + row + t.otherwise
		if *stmt, err = w.tx.PrepareContext(w.ctx, query); err != nil { //nolint:sqlclosecheck // the writer closes it
			return err
		}
	}
	_, err = (*stmt).ExecContext(w.ctx, args...)
	return err
}
