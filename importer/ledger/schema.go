package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// version is the schema's; it stands in the database's user_version.
const version = 5

// schema is one campaign's ledger.
const schema = `
CREATE TABLE runs (
	id          INTEGER PRIMARY KEY,
	name        TEXT NOT NULL UNIQUE,
	command     TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	phase       TEXT NOT NULL,
	state       TEXT NOT NULL DEFAULT '{}', -- JSON of importer.State
	settings    TEXT NOT NULL DEFAULT '{}',
	started_at  INTEGER NOT NULL,
	finished_at INTEGER,
	exit_code   INTEGER,
	remembered  INTEGER NOT NULL DEFAULT 0 -- 1: what it has applied is in the table applied
);
CREATE TABLE operations (
	row         INTEGER NOT NULL,
	step        INTEGER NOT NULL,
	kind        TEXT NOT NULL,
	state       INTEGER NOT NULL,
	sent_at     INTEGER NOT NULL, -- Unix milliseconds
	attempts    INTEGER NOT NULL,
	order_uuid  TEXT NOT NULL,
	record_uuid TEXT NOT NULL,
	half_of     INTEGER NOT NULL, -- see importer.Operation
	sum         INTEGER NOT NULL, -- see sumOfOperation
	changes     BLOB, -- JSON of what an update sets
	PRIMARY KEY (row, step)
) WITHOUT ROWID;
CREATE INDEX operations_order ON operations (order_uuid) WHERE order_uuid <> '';
CREATE TABLE orders (
	uuid        TEXT PRIMARY KEY,
	phone       TEXT NOT NULL,
	key         TEXT NOT NULL,
	record_uuid TEXT NOT NULL,
	status      TEXT NOT NULL,
	read_at     INTEGER NOT NULL,
	original    INTEGER NOT NULL, -- 1: it was there before the first write of the run that took the snapshot
	shown       BLOB -- JSON of reconcile.Values, where they are wanted
) WITHOUT ROWID;
CREATE INDEX orders_phone ON orders (phone);
CREATE INDEX orders_key ON orders (key) WHERE key <> '';
CREATE INDEX orders_record ON orders (record_uuid);
CREATE TABLE records (
	uuid        TEXT PRIMARY KEY,
	phone       TEXT NOT NULL,
	key         TEXT NOT NULL,
	updated_at  INTEGER NOT NULL,
	body        BLOB
) WITHOUT ROWID;
CREATE INDEX records_key ON records (key);
` + rowsAndResults + applied + intents

// rowsAndResults are the rows of the files, and what became of them. A row's id is its run's
// number shifted left by rowBits, plus its place in the run: one integer key, in
// the order in which rows are read and reported.
const rowsAndResults = `
CREATE TABLE rows (
	id          INTEGER PRIMARY KEY,
	source      INTEGER NOT NULL,
	key         TEXT NOT NULL,
	phone       TEXT NOT NULL,
	body        BLOB NOT NULL, -- see appendRow
	sum         INTEGER NOT NULL -- of all of it
);
CREATE TABLE results (
	row         INTEGER PRIMARY KEY,
	outcome     TEXT NOT NULL,
	code        TEXT NOT NULL,
	body        BLOB NOT NULL, -- see appendResult
	sum         INTEGER NOT NULL, -- of these
	applied     BLOB -- JSON of what was last applied, where that is not what the row says
);
`

// applied is what was last applied of each key, as the row that did it says it.
const applied = `
CREATE TABLE applied (
	key         TEXT PRIMARY KEY,
	run         INTEGER NOT NULL,
	record      BLOB,
	settings    BLOB,
	other       BLOB -- JSON of reconcile.Values, in the place of the two
) WITHOUT ROWID;
`

// intents are pages of what is about to be sent.
const intents = `
CREATE TABLE intents (
	id          INTEGER PRIMARY KEY AUTOINCREMENT, -- of a page that was taken out, never given to another
	run         INTEGER NOT NULL,
	body        BLOB NOT NULL, -- see encodeIntents
	sum         INTEGER NOT NULL
);
`

// steps bring a database of an earlier version to the next one.
var steps = [...]func(context.Context, *sql.Tx) error{
	1: script(`ALTER TABLE runs ADD COLUMN remembered INTEGER NOT NULL DEFAULT 0;
		ALTER TABLE rows ADD COLUMN blank TEXT NOT NULL DEFAULT '';
		ALTER TABLE rows ADD COLUMN applied BLOB;
		ALTER TABLE operations ADD COLUMN changes BLOB;
		ALTER TABLE orders ADD COLUMN shown BLOB;` + applied),
	2: script(intents),
	3: tellHalves,
	4: packRows,
}

// script is a step that takes no more than SQL.
func script(text string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, text)
		return err
	}
}

const rowBits = 40

// migrate brings a database to the present schema, and refuses one that a
// later version of the program has written.
func migrate(ctx context.Context, db *sql.DB) error {
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	switch {
	case have == version:
		return nil
	case have > version:
		return fmt.Errorf("it was written by a later campsync (schema %d, this one knows %d); use that one", have, version)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	missing := steps[have:]
	if have == 0 {
		missing = []func(context.Context, *sql.Tx) error{script(schema)}
	}
	for _, step := range append(missing, script(fmt.Sprintf("PRAGMA user_version = %d", version))) {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}
