package sandbox

import (
	"database/sql"
	"time"
)

// An Action is what a commit did.
type Action string

// The actions of a journal. A record that is created with its order is one
// commit, ActionCreate.
const (
	ActionCreate       Action = "create"        // an order, with its record
	ActionUpdate       Action = "update"        // an order
	ActionAssociate    Action = "associate"     // one commit for each order that was made
	ActionRemove       Action = "remove"        // an order; also of a record that is deleted
	ActionRecordCreate Action = "record-create" // a record alone
	ActionRecordUpdate Action = "record-update"
	ActionRecordDelete Action = "record-delete"
)

// A Commit is one thing that a request did, whatever became of its answer.
// What setup functions do is no commit.
type Commit struct {
	Seq         int64 // from 1, without gaps
	At          time.Time
	Action      Action
	Campaign    string // UUID; empty for records
	Order       string // UUID; empty for records
	Record      string // UUID
	PhoneNumber string
	Status      string // the order's, after the commit
}

// Journal answers what was committed after the given commit (0: all), in order.
func (s *Server) Journal(after int64) ([]Commit, error) {
	defer s.db.reading()()
	rows, err := s.db.reader.query(`SELECT seq, at, action, campaign, order_uuid, record_uuid, phone_number, status
		FROM journal WHERE seq > ? ORDER BY seq`, after)
	return collect(rows, err, func(rows *sql.Rows) (c Commit, err error) {
		err = rows.Scan(&c.Seq, storedTime{&c.At}, &c.Action, &c.Campaign, &c.Order, &c.Record, &c.PhoneNumber, &c.Status)
		return c, err
	})
}
