// Package ledger is the durable memory of campsync: an embedded SQLite
// database for each campaign in which a run writes down what it is about to
// do, and what came of it.
//
// Its promise: when [Run.Write] has returned, the change survives a kill and a
// power cut. An intent is therefore written before its request leaves, and an
// intent without an answer means after a crash that nobody knows whether the
// request was applied; such rows are looked up at the server and never sent
// again blindly.
//
// Durability is bought in groups: callers that write at the same time share
// one commit and so one fsync. A commit that failed is never tried again,
// because after a failed fsync nobody knows what is on the disk; the ledger
// refuses every later write instead, and the run has to stop.
//
// What a run read of the server (its snapshot) lives here too, so that memory
// grows neither with the file nor with the campaign.
package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the database driver
)

// Ledger is the database of one campaign on one server.
type Ledger struct {
	path   string
	write  *sql.DB // one connection: SQLite has one writer
	read   *sql.DB
	broken error
	mu     sync.Mutex
	bytes  []byte // memory for who commits
}

// Path is where the ledger of a campaign lies below the state directory. The
// name is made from a hash, so that no name from outside becomes a path.
func Path(stateDir, origin, campaign string) string {
	sum := sha256.Sum256([]byte(origin + "\x00" + campaign))
	return filepath.Join(stateDir, "campaigns", hex.EncodeToString(sum[:12]), "ledger.db")
}

// Open opens the ledger at path, or makes it. Folders are private to the user
// (0700), files too (0600), under any umask. A damaged database is an error
// that says what to do; nothing is ever repaired in silence.
func Open(ctx context.Context, path string) (*Ledger, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the ledger: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the ledger private: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	chmodErr := f.Chmod(0o600)
	if err := errors.Join(chmodErr, f.Close()); err != nil {
		return nil, fmt.Errorf("making the ledger private: %w", err)
	}
	l := &Ledger{path: path}
	if err := l.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("ledger %s: %w; move it away to begin without it: a new import reads the campaign first and sends nothing twice", path, err), l.Close())
	}
	return l, nil
}

func (l *Ledger) open(ctx context.Context) (err error) {
	if l.write, err = sql.Open("sqlite", dsn(l.path, "immediate", writeCache)); err != nil {
		return err
	}
	l.write.SetMaxOpenConns(1)
	if l.read, err = sql.Open("sqlite", dsn(l.path, "deferred", readCache)); err != nil {
		return err
	}
	l.read.SetMaxOpenConns(4)
	if err := migrate(ctx, l.write); err != nil {
		return err
	}
	return l.check(ctx)
}

// check reads the database's own structure through, where a run has stopped in
// the middle: what a crash or a bad disk has done must be known before the
// first decision is taken from it.
func (l *Ledger) check(ctx context.Context) error {
	var unfinished bool
	if err := l.write.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM runs WHERE phase <> 'done')").Scan(&unfinished); err != nil {
		return err
	}
	if !unfinished {
		return nil
	}
	var verdict string
	if err := l.write.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("it is damaged (%s)", verdict)
	}
	return nil
}

// Pages that are kept in memory, in KiB a connection.
const (
	writeCache = 8000
	readCache  = 2000
)

func dsn(path, txlock string, cache int) string {
	q := url.Values{"_txlock": {txlock}, "_pragma": {
		"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(10000)", fmt.Sprintf("cache_size(-%d)", cache), "temp_store(MEMORY)",
	}}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// Path is where the database lies.
func (l *Ledger) Path() string { return l.path }

// Close closes the database. What was written stays.
func (l *Ledger) Close() error {
	var errs []error
	for _, db := range []*sql.DB{l.read, l.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// commit runs f in one transaction, with a context that does not end. The first failure breaks the ledger for
// good: every later call returns it.
func (l *Ledger) commit(ctx context.Context, f func(context.Context, *sql.Tx) error) error {
	return l.commitThen(ctx, f, func() {})
}

// commitThen is commit with something that is done before the next one, if what
// was written is durable.
func (l *Ledger) commitThen(ctx context.Context, f func(context.Context, *sql.Tx) error, then func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return l.broken
	}
	// A caller that gives up must not tear a commit apart that others share. And
	// the driver watches a context that can end with a goroutine for each statement.
	ctx = context.WithoutCancel(ctx)
	tx, err := l.write.BeginTx(ctx, nil)
	if err == nil {
		if err = f(ctx, tx); err == nil {
			err = tx.Commit()
		} else {
			tx.Rollback()
		}
	}
	if err != nil {
		l.broken = fmt.Errorf("writing the ledger %s: %w", l.path, err)
		return l.broken
	}
	then()
	return nil
}
