package sandbox

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// A replica is what reads see of a database that they are behind of: a copy in
// memory in which the changes are made again, when they are old enough, by the
// next read.
type replica struct {
	db  *database // without a writer
	lag time.Duration

	mu    sync.Mutex
	queue []committed
}

type committed struct {
	at     time.Time
	change change
}

// follow gives the database a replica that is behind by the lag, instead of
// the one that it had. With a lag of 0 there is none.
func (d *database) follow(lag time.Duration) (*replica, error) {
	if lag == 0 {
		d.turn.Lock()
		defer d.turn.Unlock()
		d.follower = nil
		return nil, nil
	}
	db, err := openDatabase("", d.newestFirst)
	if err != nil {
		return nil, err
	}
	d.turn.Lock() // nothing is committed between the copy and the first change that is told
	defer d.turn.Unlock()
	if err := db.copyFrom(d.writer); err != nil {
		_ = db.release()
		return nil, fmt.Errorf("copying the database for a lag: %w", err)
	}
	d.follower = &replica{db: db, lag: lag}
	return d.follower, nil
}

// copyFrom fills a database that is empty.
func (d *database) copyFrom(from *pool) error {
	for _, table := range []string{"campaigns", "record_types", "records", "orders", "journal"} {
		if err := d.copyTable(from, table); err != nil {
			return err
		}
	}
	return d.recount()
}

func (d *database) copyTable(from *pool, table string) error {
	rows, err := from.query("SELECT * FROM " + table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	if _, err := d.writer.exec("BEGIN"); err != nil {
		return err
	}
	insert := "INSERT INTO " + table + " VALUES (?" + strings.Repeat(",?", len(columns)-1) + ")"
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if _, err := d.writer.exec(insert, values...); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = d.writer.exec("COMMIT")
	return err
}

// tell is called by the writer with each group that it committed.
func (r *replica) tell(group []*pendingChange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for _, p := range group {
		if p.err == nil {
			r.queue = append(r.queue, committed{now, p.change})
		}
	}
}

// current is the database as reads are to see it now.
func (r *replica) current() (*database, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := time.Now().Add(-r.lag)
	var group []*pendingChange
	for len(r.queue) > 0 && !r.queue[0].at.After(seen) {
		group = append(group, &pendingChange{change: r.queue[0].change, done: make(chan struct{})})
		r.queue = r.queue[1:]
	}
	if len(group) == 0 {
		return r.db, nil
	}
	r.db.commitGroup(group)
	for _, p := range group {
		if p.err != nil {
			return nil, fmt.Errorf("keeping reads behind: %w", p.err)
		}
	}
	return r.db, nil
}
