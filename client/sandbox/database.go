package sandbox

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
)

// errClosed answers what comes after Close.
var errClosed = errors.New("the sandbox is closed")

// A change reads and writes within a transaction of the database's one writer.
//
// A change that answers an error of the API must have written nothing yet: its
// neighbours of the same transaction are committed. It must do the same to
// every database that is in the same state (UUIDs and times are decided before),
// because the replica of a lagging server is kept by doing it again.
type change func(*transaction) (any, error)

// A database holds one state of the account. Changes are committed in groups,
// by one writer; reads go beside it, or take turns with it where the database
// is in memory, which has one connection.
type database struct {
	writer, reader *pool
	turn           sync.Mutex // held by the writer, and by reads of a database in memory
	lock           *flock.Flock
	newestFirst    bool
	follower       *replica // nil none; changed while holding the turn

	queue    chan *pendingChange
	stop     chan struct{}
	finished chan struct{}
	once     sync.Once

	nextRecord, nextOrder, nextCommit int64 // of the writer
	lists                             lists
}

type pendingChange struct {
	change change
	value  any
	err    error
	done   chan struct{}
}

// openDatabase opens the file at path, made where it is not there, or a new
// database in memory where path is empty. Its writer is to be started: go d.write().
func openDatabase(path string, newestFirst bool) (_ *database, err error) {
	d := &database{
		newestFirst: newestFirst,
		queue:       make(chan *pendingChange),
		stop:        make(chan struct{}),
		finished:    make(chan struct{}),
	}
	defer func() {
		if err != nil {
			_ = d.release()
		}
	}()
	if path != "" {
		if path, err = filepath.Abs(path); err != nil {
			return nil, err
		}
		if err := createPrivate(path); err != nil {
			return nil, err
		}
		d.lock = flock.New(path+".lock", flock.SetPermissions(0o600))
		switch held, err := d.lock.TryLock(); {
		case err != nil:
			return nil, err
		case !held:
			return nil, errors.New("another sandbox has the file open")
		}
	}
	if d.writer, err = openPool(path, 1); err != nil {
		return nil, err
	}
	d.reader = d.writer
	if err := d.createSchema(); err != nil {
		return nil, err
	}
	if path != "" {
		if d.reader, err = openPool(path, 4); err != nil {
			return nil, err
		}
	}
	return d, d.recount()
}

func (d *database) createSchema() error {
	application, _, err := d.writer.number("PRAGMA application_id")
	if err != nil {
		return err
	}
	version, _, err := d.writer.number("PRAGMA user_version")
	if err != nil {
		return err
	}
	tables, _, err := d.writer.number("SELECT count(*) FROM sqlite_schema")
	switch {
	case err != nil:
		return err
	case tables == 0 && application == 0:
	case application != applicationID:
		return errors.New("it is a database of another program")
	case version != schemaVersion:
		return fmt.Errorf("its format %d is not the one of this version (%d)", version, schemaVersion)
	default:
		return nil
	}
	_, err = d.writer.db.ExecContext(context.Background(), fmt.Sprintf("BEGIN; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		schema, applicationID, schemaVersion))
	return err
}

// reading begins a read; the function that it returns ends it.
func (d *database) reading() (end func()) {
	if d.reader != d.writer {
		return func() {}
	}
	d.turn.Lock()
	return d.turn.Unlock
}

// close ends the writer once what is being written is committed.
func (d *database) close() error {
	d.once.Do(func() { close(d.stop) })
	<-d.finished
	return d.release()
}

func (d *database) release() error {
	var errs []error
	if d.reader != nil && d.reader != d.writer {
		errs = append(errs, d.reader.close())
	}
	if d.writer != nil {
		errs = append(errs, d.writer.close())
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Unlock())
	}
	return errors.Join(errs...)
}
