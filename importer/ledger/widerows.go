package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// packRows packs the rows of earlier versions, which had a column for all that
// they said and for what became of them.
func packRows(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, `ALTER TABLE rows RENAME TO wide;`+rowsAndResults); err != nil {
		return err
	}
	w := newWriter(ctx, tx)
	defer w.close()
	wide, err := tx.QueryContext(ctx, `SELECT id, source, line, key, phone, meant, record, settings, blank, sum, cells,
		outcome, order_uuid, record_uuid, attempts, code, field, message, applied FROM wide ORDER BY id`)
	if err != nil {
		return err
	}
	defer wide.Close()
	for n := 1; wide.Next(); n++ {
		if err := w.pack(wide); err != nil {
			return err
		}
		if n%together == 0 {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(wide.Err(), w.flush()); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DROP TABLE wide`)
	return err
}

// pack takes in the row at which wide stands.
func (w *writer) pack(wide *sql.Rows) error {
	var id, sum int64
	var row importer.Row
	var settings, applied []byte
	var cells []byte
	var blank string
	if err := wide.Scan(&id, &row.Source, &row.Line, &row.Key, &row.Phone, &row.Meant, &row.Record, &settings, &blank, &sum, &cells,
		&row.Outcome, &row.OrderUUID, &row.RecordUUID, &row.Attempts, &row.Code, &row.Field, &row.Message, &applied); err != nil {
		return err
	}
	texts := []string{row.Key, row.Phone, row.Meant, string(row.Record), string(settings)}
	if blank != "" {
		texts = append(texts, blank)
	}
	if sum != sumOf([]int64{id, int64(row.Source), int64(row.Line)}, texts...) {
		return fmt.Errorf("reading row %d of run %d: %w", seq(id), id>>rowBits, errDamaged)
	}
	row.Blank = strings.Fields(blank)
	if texts := (&reader{left: cells}); len(cells) > 0 {
		all := texts.strings()
		if texts.damaged {
			return fmt.Errorf("reading the cells of row %d of run %d: %w", seq(id), id>>rowBits, errDamaged)
		}
		row.Raw, row.Cells = all[0], all[1:]
	}
	if stagedWith(&row.Result) {
		return w.stage(id, &row, settings)
	}
	res := row.Result
	row.Result = importer.Result{}
	if err := w.stage(id, &row, settings); err != nil || res == (importer.Result{}) && applied == nil {
		return err
	}
	return w.result(id, &res, applied)
}

// stagedWith reports whether a row has come into the ledger with its result, which is
// then for good. That of any other may be taken back: it is not damaged without.
func stagedWith(res *importer.Result) bool {
	return res.Outcome == reconcile.Rejected || res.Outcome == reconcile.Skipped && res.Code == importer.CodeFiltered
}
