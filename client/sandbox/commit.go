package sandbox

import "errors"

// maxGroup bounds the changes that share one transaction.
const maxGroup = 256

// A transaction is what a change reads and writes with.
type transaction struct {
	*pool
	d      *database
	deltas []delta // of the list sizes, told once committed
}

// commit hands the change to the writer and waits until it is committed.
func (d *database) commit(c change) (any, error) {
	p := &pendingChange{change: c, done: make(chan struct{})}
	select {
	case d.queue <- p:
		<-p.done
		return p.value, p.err
	case <-d.finished:
		return nil, errClosed
	}
}

// write commits what is queued: all changes that came while the last group was
// being committed share a transaction.
func (d *database) write() {
	defer close(d.finished)
	group := make([]*pendingChange, 0, maxGroup)
	for {
		select {
		case <-d.stop:
			return
		case p := <-d.queue:
			group = append(group[:0], p)
		}
	drain:
		for len(group) < maxGroup {
			select {
			case p := <-d.queue:
				group = append(group, p)
			default:
				break drain
			}
		}
		d.commitGroup(group)
	}
}

func (d *database) commitGroup(group []*pendingChange) {
	d.turn.Lock()
	tx := transaction{pool: d.writer, d: d}
	if err := tx.do(group); err != nil {
		_, rollbackErr := d.writer.exec("ROLLBACK")
		err = errors.Join(err, rollbackErr, d.recount())
		for _, p := range group {
			p.value, p.err = nil, err
		}
	} else {
		d.lists.apply(tx.deltas, d.newestFirst)
		if d.follower != nil {
			d.follower.tell(group)
		}
	}
	d.turn.Unlock()
	for _, p := range group {
		close(p.done)
	}
}

func (tx *transaction) do(group []*pendingChange) error {
	if _, err := tx.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, p := range group {
		p.value, p.err = p.change(tx)
		var refused *apiError
		if p.err != nil && !errors.As(p.err, &refused) {
			return p.err
		}
	}
	_, err := tx.exec("COMMIT")
	return err
}

// recount reads from the database what is counted along with its changes.
// The caller holds the turn, or is alone.
func (d *database) recount() error {
	for _, id := range []struct {
		next  *int64
		query string
	}{
		{&d.nextRecord, "SELECT coalesce(max(id), 0) + 1 FROM records"},
		{&d.nextOrder, "SELECT coalesce(max(id), 0) + 1 FROM orders"},
		{&d.nextCommit, "SELECT coalesce(max(seq), 0) + 1 FROM journal"},
	} {
		n, _, err := d.writer.number(id.query)
		if err != nil {
			return err
		}
		*id.next = n
	}
	var deltas []delta
	for _, query := range []string{
		"SELECT 'orders', campaign_id, status, count(*) FROM orders GROUP BY 2, 3",
		"SELECT 'records', type_id, '', count(*) FROM records GROUP BY 2",
	} {
		rows, err := d.writer.query(query)
		if err != nil {
			return err
		}
		for rows.Next() {
			var c delta
			if err = rows.Scan(&c.list.table, &c.list.scope, &c.status, &c.n); err != nil {
				break
			}
			deltas = append(deltas, c)
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	d.lists.reset()
	d.lists.apply(deltas, true)
	return nil
}
