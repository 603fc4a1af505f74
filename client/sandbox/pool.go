package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// A pool keeps the prepared statements of its connections by their text.
//
// Its queries take no context: they are short, and a query that is interrupted
// can cost the connection, with which a database in memory would be gone.
type pool struct {
	db         *sql.DB
	statements sync.Map // text -> *sql.Stmt
}

// openPool opens connections to the file, or the one connection to a new
// database in memory where path is empty. A pool of more than one would open
// one empty database in memory for each.
func openPool(path string, connections int) (*pool, error) {
	dsn := ":memory:"
	if path != "" {
		query := "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
		escaped := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() // opaque: no part of it is a host
		dsn = (&url.URL{Scheme: "file", Opaque: escaped, RawQuery: query}).String()
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return &pool{db: db}, nil
}

// createPrivate makes the file where it is not there yet, readable by its
// owner only: it holds personal data. SQLite gives its side files the same mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (p *pool) prepare(query string) (*sql.Stmt, error) {
	if stmt, ok := p.statements.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := p.db.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", query, err)
	}
	if earlier, ok := p.statements.LoadOrStore(query, stmt); ok {
		_ = stmt.Close()
		return earlier.(*sql.Stmt), nil
	}
	return stmt, nil
}

func (p *pool) exec(query string, args ...any) (sql.Result, error) {
	stmt, err := p.prepare(query)
	if err != nil {
		return nil, err
	}
	return stmt.Exec(args...)
}

func (p *pool) query(query string, args ...any) (*sql.Rows, error) {
	stmt, err := p.prepare(query)
	if err != nil {
		return nil, err
	}
	return stmt.Query(args...)
}

// number answers a query for one integer; found is false where there is no row.
func (p *pool) number(query string, args ...any) (n int64, found bool, err error) {
	stmt, err := p.prepare(query)
	if err != nil {
		return 0, false, err
	}
	if err = stmt.QueryRow(args...).Scan(&n); errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return n, err == nil, err
}

func (p *pool) close() error {
	p.statements.Range(func(_, stmt any) bool {
		_ = stmt.(*sql.Stmt).Close()
		return true
	})
	return p.db.Close()
}
