package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// legacyHalf was the condition of halves up to version 3: they said neither what
// they are nor what they bring, which was all settings of the row and the status
// of the run.
const legacyHalf = `step > 1 AND changes IS NULL AND kind IN ('update-order', 'activate')`

var errOldIntents = errors.New("a run that an earlier campsync has begun was cut off: finish it with that one, by campsync resume")

// tellHalves has the halves of earlier versions say what they are.
func tellHalves(ctx context.Context, tx *sql.Tx) error {
	var cutOff bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM intents)`).Scan(&cutOff); err != nil {
		return err
	}
	if cutOff {
		return errOldIntents
	}
	halves, err := oldHalves(ctx, tx)
	if err != nil {
		return fmt.Errorf("reading the operations of earlier runs: %w", err)
	}
	for row, o := range halves {
		changes, err := encodeChanges(o.Changes)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE operations SET half_of = ?, changes = ?, sum = ? WHERE row = ? AND step = ?`,
			o.HalfOf, changes, sumOfOperation(row, &o, changes), row, o.Step)
		if err != nil {
			return err
		}
	}
	return nil
}

// oldHalves gives the halves of earlier versions, by their rows.
func oldHalves(ctx context.Context, tx *sql.Tx) (map[int64]importer.Operation, error) {
	rows, err := tx.QueryContext(ctx, `SELECT o.row, `+operationColumns+`,
		(SELECT settings FROM rows WHERE id = o.row), (SELECT json_extract(settings, '$.Send.Status') FROM runs WHERE id = o.row >> ?)
		FROM operations o WHERE `+legacyHalf, rowBits)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	halves := make(map[int64]importer.Operation)
	for rows.Next() {
		var row int64
		var settings []byte
		var status sql.NullString
		o, err := scanOperation(rows, &row, &settings, &status)
		if err != nil {
			return nil, err
		}
		o.HalfOf = cmp.Or(o.HalfOf, importer.OwnHalf)
		if o.Changes, err = oldChanges(settings, status.String); err != nil {
			return nil, err
		}
		halves[row] = o
	}
	return halves, rows.Err()
}

func oldChanges(settings []byte, status string) (changes []reconcile.Change, err error) {
	s, err := decodeSettings(settings)
	if err != nil {
		return nil, err
	}
	values, err := importer.ValuesOf(nil, s)
	if err != nil {
		return nil, err
	}
	null := json.RawMessage("null")
	for _, target := range slices.Sorted(maps.Keys(values)) {
		changes = append(changes, reconcile.Change{Target: target, Before: null, After: values[target]})
	}
	if s := client.Status(status); s != "" && s != client.StatusRegistered {
		changes = append(changes, importer.StatusChange(client.StatusRegistered, s))
	}
	return changes, nil
}
