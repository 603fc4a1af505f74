package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"

	"github.com/campsync/campsync/importer"
)

// What was last applied of a key is what the last row says that was applied for
// it. It is taken from the rows of finished runs before it is asked for, and
// before runs are forgotten: so an import need not write it a second time.

// Remember implements importer.Journal.
func (r *Run) Remember(ctx context.Context) error {
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error { return remember(ctx, tx) })
}

// remember takes what runs have applied into the table applied, once for each
// run. An associated record was not brought to what its row says, unless the
// run has said so; its order's settings were, and those of an earlier order of the
// key are not a new one's. A row that was not brought to its
// end has said how far it came.
func remember(ctx context.Context, tx *sql.Tx) error {
	ids, err := numbers(ctx, tx, `SELECT id FROM runs WHERE phase = 'done' AND remembered = 0 ORDER BY id`)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := rememberRun(ctx, tx, id); err != nil {
			return fmt.Errorf("remembering what run %d has applied: %w", id, err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE runs SET remembered = 1 WHERE id = ?`, id); err != nil {
			return err
		}
	}
	return nil
}

func rememberRun(ctx context.Context, tx *sql.Tx, id int64) error {
	stmt, err := tx.PrepareContext(ctx, `INSERT INTO applied (key, run, record, settings, other) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (key) DO UPDATE SET run = excluded.run, record = coalesce(excluded.record, record),
			settings = CASE WHEN ?6 THEN excluded.settings ELSE coalesce(excluded.settings, settings) END, other = excluded.other
		WHERE excluded.record IS NOT record OR excluded.settings IS NOT settings OR excluded.other IS NOT other`)
	if err != nil {
		return err
	}
	defer stmt.Close()
	rows, err := tx.QueryContext(ctx, `SELECT `+keptColumns+`, applied FROM `+keptRows+`
		WHERE id > ?1 << ?2 AND id < (?1 + 1) << ?2 AND key <> '' AND source >= 0
		AND (outcome IN ('created', 'associated', 'updated', 'unchanged')
			OR outcome IN ('failed', 'protected', 'suppressed') AND applied IS NOT NULL) ORDER BY id`, id, rowBits)
	if err != nil {
		return err
	}
	defer rows.Close()
	var other sql.RawBytes
	k := newKept(&other)
	for rows.Next() {
		if err := k.scan(rows); err != nil {
			return err
		}
		var record, settings []byte // or NULL
		outcome := reconcile.Outcome(k.outcome)
		switch outcome {
		case reconcile.Created, reconcile.Updated, reconcile.Unchanged:
			record, settings = value(k.body.record), value(k.body.settings)
		case reconcile.Associated:
			settings = value(k.body.settings)
		}
		if _, err := stmt.ExecContext(ctx, k.key, id, record, settings, []byte(other), outcome == reconcile.Created || outcome == reconcile.Associated); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Applied implements importer.Journal.
func (r *Run) Applied(ctx context.Context, keys []string) (map[string]reconcile.Values, error) {
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	rows, err := r.ledger.read.QueryContext(ctx, `SELECT applied.key, record, settings, other FROM applied JOIN json_each(?) ON applied.key = value`, string(list))
	if err != nil {
		return nil, fmt.Errorf("reading what was last applied from the ledger: %w", err)
	}
	defer rows.Close()
	all := make(map[string]reconcile.Values)
	for rows.Next() {
		var key string
		var record, settings, other []byte
		if err := rows.Scan(&key, &record, &settings, &other); err != nil {
			return nil, fmt.Errorf("reading what was last applied from the ledger: %w", err)
		}
		if all[key], err = appliedValues(record, settings, other); err != nil {
			return nil, fmt.Errorf("reading what was last applied of %s from the ledger: %w", key, err)
		}
	}
	return all, rows.Err()
}

func appliedValues(record, settings, other []byte) (reconcile.Values, error) {
	if len(other) > 0 {
		return decodeValues(other)
	}
	var s *mapping.Settings
	var err error
	if s, err = decodeSettings(settings); err != nil {
		return nil, err
	}
	return importer.ValuesOf(record, s)
}

func encodeValues(v reconcile.Values) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

func decodeValues(b []byte) (reconcile.Values, error) {
	if len(b) == 0 {
		return nil, nil
	}
	var v reconcile.Values
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, errors.Join(errDamaged, err)
	}
	return v, nil
}
