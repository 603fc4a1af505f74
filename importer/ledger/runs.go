package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/campsync/campsync/importer"
)

// Meta is what identifies a run.
type Meta struct {
	Name        string // the run's id, as the user sees it
	Command     string
	Fingerprint string          // hash of all that decides what a run does: command, sources, mapping, options
	Settings    json.RawMessage // what resume needs to go on
	StartedAt   time.Time
}

// Info is a run as the ledger knows it.
type Info struct {
	Meta
	importer.State
	FinishedAt time.Time // zero while it is unfinished
	ExitCode   int       // of the last try that ended by itself
	number     int64
}

// Unfinished reports whether the run has sent something, or may have, and has
// not come to its end.
func (i Info) Unfinished() bool { return i.Phase == importer.Applying }

// Begin starts a run.
func (l *Ledger) Begin(ctx context.Context, m Meta) (*Run, error) {
	var id int64
	err := l.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		settings := string(m.Settings)
		if settings == "" {
			settings = "{}"
		}
		state, err := json.Marshal(importer.State{Phase: importer.Reading})
		if err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx,
			`INSERT INTO runs (name, command, fingerprint, phase, state, settings, started_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			m.Name, m.Command, m.Fingerprint, importer.Reading, string(state), settings, m.StartedAt.UnixMilli())
		if err != nil {
			return err
		}
		id, err = res.LastInsertId()
		return err
	})
	if err != nil {
		return nil, err
	}
	return l.run(id), nil
}

// Identify writes down the fingerprint of a run once its sources are read.
func (r *Run) Identify(ctx context.Context, fingerprint string) error {
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE runs SET fingerprint = ? WHERE id = ?`, fingerprint, r.id)
		return err
	})
}

// Adjust writes down what a run that is gone on with is to do from now on, and
// with it the state that goes by that: the next who goes on with it must not
// find the one without the other.
func (r *Run) Adjust(ctx context.Context, settings json.RawMessage, s importer.State) error {
	state, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return r.ledger.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE runs SET settings = ?, phase = ?, state = ? WHERE id = ?`, string(settings), s.Phase, string(state), r.id)
		return err
	})
}

// Resume goes on with a run.
func (l *Ledger) Resume(ctx context.Context, name string) (*Run, Info, error) {
	info, err := l.find(ctx, name)
	if err != nil {
		return nil, Info{}, err
	}
	run := l.run(info.number)
	if err := run.load(ctx); err != nil {
		return nil, Info{}, fmt.Errorf("run %s: %w", name, err)
	}
	return run, info, nil
}

func (l *Ledger) find(ctx context.Context, name string) (Info, error) {
	runs, err := l.Runs(ctx)
	if err != nil {
		return Info{}, err
	}
	for _, info := range runs {
		if info.Name == name {
			return info, nil
		}
	}
	return Info{}, fmt.Errorf("run %s: %w", name, ErrNoRun)
}

// ErrNoRun is the error for a run that the ledger does not have.
var ErrNoRun = errors.New("the ledger does not know it")

// Runs gives all runs, the latest first.
func (l *Ledger) Runs(ctx context.Context) ([]Info, error) {
	rows, err := l.read.QueryContext(ctx, `SELECT id, name, command, fingerprint, state, settings, started_at,
		 coalesce(finished_at, 0), coalesce(exit_code, 0) FROM runs ORDER BY id DESC`)
	if err != nil {
		return nil, fmt.Errorf("reading the runs of the ledger: %w", err)
	}
	defer rows.Close()
	var all []Info
	for rows.Next() {
		var i Info
		var state, settings []byte
		var started, finished int64
		if err := rows.Scan(&i.number, &i.Name, &i.Command, &i.Fingerprint, &state, &settings, &started, &finished, &i.ExitCode); err != nil {
			return nil, fmt.Errorf("reading the runs of the ledger: %w", err)
		}
		if err := json.Unmarshal(state, &i.State); err != nil {
			return nil, fmt.Errorf("reading the state of run %s from the ledger: %w", i.Name, err)
		}
		i.Settings = settings
		i.StartedAt = time.UnixMilli(started)
		if finished > 0 {
			i.FinishedAt = time.UnixMilli(finished)
		}
		all = append(all, i)
	}
	return all, rows.Err()
}

// Forget removes a run with its rows.
func (l *Ledger) Forget(ctx context.Context, name string) error {
	info, err := l.find(ctx, name)
	if err != nil {
		return err
	}
	return l.commit(ctx, func(ctx context.Context, tx *sql.Tx) error { return forget(ctx, tx, info.number) })
}

// Purge removes a run for good: what is deleted is overwritten, also in the
// database's journal. What it has last applied of each key goes too, and what
// was read of the server, unless another run still needs it.
func (l *Ledger) Purge(ctx context.Context, name string) error {
	if _, err := l.write.ExecContext(ctx, `PRAGMA secure_delete = ON`); err != nil {
		return fmt.Errorf("purging run %s: %w", name, err)
	}
	info, err := l.find(ctx, name)
	if err != nil {
		return err
	}
	// What a run has applied a second time stands with the one that did it first,
	// which may be forgotten by now.
	if _, err := l.write.ExecContext(ctx, `DELETE FROM applied WHERE run = ?1 OR run NOT IN (SELECT id FROM runs)
		AND key IN (SELECT key FROM rows WHERE id >= ?1 << ?2 AND id < (?1 + 1) << ?2)`, info.number, rowBits); err != nil {
		return fmt.Errorf("purging run %s: %w", name, err)
	}
	if err := l.Forget(ctx, name); err != nil {
		return err
	}
	const unneeded = ` WHERE NOT EXISTS (SELECT 1 FROM runs WHERE phase = 'applying')`
	for _, query := range []string{`DELETE FROM orders` + unneeded, `DELETE FROM records` + unneeded, `PRAGMA wal_checkpoint(TRUNCATE)`} {
		if _, err := l.write.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("purging run %s: %w", name, err)
		}
	}
	return nil
}

// keep is how many finished runs keep their rows, for reports made again.
const keep = 10

// Tidy forgets runs that stopped before they could send anything, and finished
// ones beyond the last ten, except where an order of theirs still waits for
// its settings.
func (l *Ledger) Tidy(ctx context.Context) error {
	return l.commit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := remember(ctx, tx); err != nil {
			return err
		}
		ids, err := numbers(ctx, tx, `SELECT id FROM runs WHERE phase IN ('reading', 'looking')
			UNION SELECT id FROM (SELECT id FROM runs WHERE phase = 'done' ORDER BY id DESC LIMIT -1 OFFSET ?)
			WHERE NOT EXISTS (SELECT 1 FROM operations WHERE row >= id << ? AND row < (id + 1) << ? AND `+half+` AND state <> 2 AND order_uuid <> '')`,
			keep, rowBits, rowBits)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := forget(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func numbers(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]int64, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func forget(ctx context.Context, tx *sql.Tx, id int64) error {
	low, high := id<<rowBits, (id+1)<<rowBits
	for _, q := range []string{
		`DELETE FROM rows WHERE id >= ? AND id < ?`,
		`DELETE FROM results WHERE row >= ? AND row < ?`,
		`DELETE FROM operations WHERE row >= ? AND row < ?`,
	} {
		if _, err := tx.ExecContext(ctx, q, low, high); err != nil {
			return err
		}
	}
	for _, q := range []string{`DELETE FROM intents WHERE run = ?`, `DELETE FROM runs WHERE id = ?`} {
		if _, err := tx.ExecContext(ctx, q, id); err != nil {
			return err
		}
	}
	return nil
}
