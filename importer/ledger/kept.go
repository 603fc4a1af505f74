package ledger

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// kept is a row as the database has it, with its result. One serves for all
// rows of a query.
type kept struct {
	id, source, sum, resultSum int64
	key, phone, outcome, code  string
	bytes, result              sql.RawBytes
	targets                    []any // where the columns go
	columns                    []byte
	body                       body // of the row that was scanned last; its bytes are overwritten by the next
}

const (
	keptColumns = `rows.id, rows.source, rows.key, rows.phone, rows.body, rows.sum,
		coalesce(results.outcome, ''), coalesce(results.code, ''), results.body, coalesce(results.sum, -1)`
	keptRows = `rows LEFT JOIN results ON results.row = rows.id`
)

// newKept is for the columns of a row and others behind them.
func newKept(others ...any) *kept {
	k := &kept{}
	k.targets = append([]any{&k.id, &k.source, &k.key, &k.phone, &k.bytes, &k.sum, &k.outcome, &k.code, &k.result, &k.resultSum}, others...)
	return k
}

// scan reads the row at which rows stands: as it was written, or it is an error.
func (k *kept) scan(rows *sql.Rows) error {
	if err := rows.Scan(k.targets...); err != nil {
		return err
	}
	k.columns = appendRowColumns(k.columns[:0], k.id, k.source, k.key, k.phone)
	intact := k.sum == sumOfBoth(k.columns, k.bytes)
	if k.hasResult() {
		k.columns = appendResultColumns(k.columns[:0], k.id, k.outcome, k.code)
		intact = intact && k.resultSum == sumOfBoth(k.columns, k.result)
	}
	var whole bool
	k.body, whole = decodeBody(k.bytes)
	if !intact || !whole || k.body.settled && k.outcome == "" {
		return k.failed(errDamaged)
	}
	return nil
}

// hasResult reports whether there is one: no sum is negative.
func (k *kept) hasResult() bool { return k.resultSum >= 0 }

func (k *kept) failed(err error) error {
	return fmt.Errorf("reading row %d from the ledger: %w", seq(k.id), err)
}

// row is the row that was scanned last, but for its text.
func (k *kept) row() (row importer.Row, err error) {
	b := &k.body
	row = importer.Row{Seq: seq(k.id), Source: int(k.source), Line: int(b.line), Key: k.key, Phone: k.phone, Meant: string(b.meant), Record: value(b.record)}
	if len(b.blank) > 0 {
		row.Blank = strings.Fields(string(b.blank))
	}
	if row.Settings, err = decodeSettings(b.settings); err != nil {
		return row, k.failed(err)
	}
	row.Outcome, row.Code = reconcile.Outcome(k.outcome), k.code
	if k.hasResult() && !decodeResult(k.result, &row.Result) {
		return row, k.failed(errDamaged)
	}
	return row, nil
}

// whole is row with its text.
func (k *kept) whole() (importer.Row, error) {
	row, err := k.row()
	if err != nil {
		return row, err
	}
	texts := k.body.text.strings()
	if k.body.text.damaged || len(texts) == 0 {
		return row, k.failed(errDamaged)
	}
	row.Raw = texts[0]
	if len(texts) > 1 {
		row.Cells = texts[1:]
	}
	return row, nil
}

// value is a copy that a column or a row may keep: nil, or NULL, where there is nothing.
func value(bytes []byte) []byte {
	if len(bytes) == 0 {
		return nil
	}
	return slices.Clone(bytes)
}
