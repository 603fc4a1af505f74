package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping/phone"
)

// Suppression is a set of numbers that must not be called, whatever the
// identity of the contacts: of files, and of the Do-Not-Call orders of
// campaigns. It takes about 13 bytes a number.
type Suppression struct {
	Lists   []SuppressionList
	numbers *keySet
}

// SuppressionList is where suppressed numbers came from.
type SuppressionList struct {
	Name    string    `json:"name"`
	Numbers int64     `json:"numbers"`
	At      time.Time `json:"at"`               // when the file was changed last, or the campaign was read
	SHA256  string    `json:"sha256,omitempty"` // of a file's bytes
}

// ErrNoNumbers is the error for a list in which there is no number: it would
// suppress nobody, which cannot be what was meant.
var ErrNoNumbers = errors.New("there is no number in it")

// listBytes are those of the place of a number, which is its list.
const listBytes = 2

// NewSuppression makes an empty set.
func NewSuppression() *Suppression { return &Suppression{numbers: newKeySet(listBytes)} }

// All are its lists. It may be called on nil, which has none.
func (s *Suppression) All() []SuppressionList {
	if s == nil {
		return nil
	}
	return s.Lists
}

// By is the name of the list that has a number, or empty where none has. It
// may be called on nil.
func (s *Suppression) By(number string) string {
	if s == nil || number == "" {
		return ""
	}
	if at, known := s.numbers.get(number); known {
		return s.Lists[at].Name
	}
	return ""
}

// ByOrder is By for the number of an order, however the server keeps it.
func (s *Suppression) ByOrder(o client.Order, region string) string {
	return s.By(e164(o.Record.PhoneNumber, region))
}

// AddFile adds every number of a file, in whatever column it stands. The first
// row may be a header; every other one has to hold a number of the region that
// can be read, or it is an error: who is on the list would be called.
func (s *Suppression) AddFile(ctx context.Context, name string, changed time.Time, file *source.Reader, region string) error {
	s.Lists = append(s.Lists, SuppressionList{Name: name, At: changed})
	for first := true; ; first = false {
		row, err := file.Next()
		if errors.Is(err, io.EOF) {
			if s.Lists[len(s.Lists)-1].SHA256, err = file.Rest(); err != nil {
				return err
			}
			return s.check(name)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if err := s.addRow(row, region); err != nil && !first {
			return fmt.Errorf("%s:%d: %w; mend the row or take it out", name, row.Line, err)
		}
	}
}

// addRow adds the numbers of a row; the error says why there is none.
func (s *Suppression) addRow(row source.Row, region string) error {
	if row.Cells == nil && row.Fault != nil {
		return errors.New(row.Fault.Message)
	}
	found := false
	why := errors.New("no cell holds a number")
	for _, cell := range row.Cells {
		n, err := phone.Normalize(cell, region)
		var refused *phone.Error
		switch {
		case err == nil:
			s.add(n.E164)
			found = true
		case errors.As(err, &refused) && strings.ContainsAny(cell, "0123456789"):
			why = fmt.Errorf("%s %s", cell, refused.Message)
		}
	}
	if found {
		return nil
	}
	return why
}

// AddCampaign adds the numbers of a campaign's Do-Not-Call orders.
func (s *Suppression) AddCampaign(ctx context.Context, name, campaign string, orders Orders, records Records, region string) error {
	s.Lists = append(s.Lists, SuppressionList{Name: "campaign " + name, At: time.Now()})
	c := census[client.Order]{
		what: "the orders of campaign " + name,
		fetch: func(ctx context.Context, page int) (client.Page[client.Order], error) {
			return orders.Page(ctx, campaign, client.OrderQuery{}, page, pageSize)
		},
		id:    func(o client.Order) string { return o.UUID },
		reset: func() error { return nil }, // a number that was there is suppressed rather too long
		take: func(orders []client.Order) error {
			forbidden := slices.DeleteFunc(slices.Clone(orders), func(o client.Order) bool { return !o.Status.DoNotCall() })
			if err := numbered(ctx, records, forbidden); err != nil {
				return err
			}
			for _, o := range forbidden {
				if number := e164(o.Record.PhoneNumber, region); number != "" {
					s.add(number)
				}
			}
			return nil
		},
	}
	_, err := c.read(ctx, nil)
	return err
}

func (s *Suppression) add(number string) {
	list := len(s.Lists) - 1
	if _, known := s.numbers.add(number, place(list)); !known {
		s.Lists[list].Numbers++
	}
}

func (s *Suppression) check(name string) error {
	if s.Lists[len(s.Lists)-1].Numbers > 0 {
		return nil
	}
	for _, l := range s.Lists[:len(s.Lists)-1] {
		if l.Numbers > 0 {
			return nil // all of them were on an earlier list
		}
	}
	return fmt.Errorf("%s: %w", name, ErrNoNumbers)
}
