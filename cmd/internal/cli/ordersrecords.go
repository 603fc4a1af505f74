package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/campsync/campsync/client"
)

const (
	// recordsAtATime is how many records are read one by one at the same time.
	recordsAtATime = 16
	// manyRecords is from where listing all of a campaign's records is cheaper
	// than reading those of a page one by one, and those of the next ones.
	manyRecords = client.MaxLimit / 2
)

// withRecords gives the orders with their whole records, in their order. Lists
// of orders may show records in part: what such a list leaves out is read, a
// page of orders at a time.
func (w *ordersWriter) withRecords(ctx context.Context, orders iter.Seq2[client.Order, error]) iter.Seq2[client.Order, error] {
	return func(yield func(client.Order, error) bool) {
		page := make([]client.Order, 0, client.MaxLimit)
		give := func() bool {
			if err := w.complete(ctx, page); err != nil {
				yield(client.Order{}, err)
				return false
			}
			for _, o := range page {
				if !yield(o, nil) {
					return false
				}
			}
			page = page[:0]
			return true
		}
		for order, err := range orders {
			if err != nil {
				if give() {
					yield(client.Order{}, err)
				}
				return
			}
			if page = append(page, order); len(page) == client.MaxLimit && !give() {
				return
			}
		}
		give()
	}
}

// complete reads the records of a page of orders that are shown in part.
func (w *ordersWriter) complete(ctx context.Context, page []client.Order) error {
	partial := partialRecords(page)
	if w.whole && w.listed == nil && len(partial) >= manyRecords {
		if err := w.listRecords(ctx); err != nil {
			return err
		}
	}
	if w.listed != nil {
		for _, rec := range partial {
			if err := w.listed.find(rec); err != nil {
				return err
			}
		}
		partial = partialRecords(page)
	}
	gone := make([]bool, len(partial))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(recordsAtATime)
	for i, rec := range partial {
		group.Go(func() error {
			whole, err := w.session.Records.Get(ctx, rec.UUID)
			var refused *client.Error
			switch {
			case errors.As(err, &refused) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusGone):
				gone[i] = true
				return nil
			case err != nil:
				return fmt.Errorf("reading the record of %s: %w", rec.UUID, err)
			}
			*rec = whole
			return nil
		})
	}
	err := group.Wait()
	for _, is := range gone {
		if is {
			w.gone++
		}
	}
	return err
}

// partialRecords are the records of which the page does not show all fields.
func partialRecords(page []client.Order) []*client.Record {
	var partial []*client.Record
	for i := range page {
		if rec := &page[i].Record; rec.UUID != "" && !wholeRecord(rec) {
			partial = append(partial, rec)
		}
	}
	return partial
}

// wholeRecord reports whether a list shows all that can be exported of a
// record: a field that it leaves out is unknown, not blank.
func wholeRecord(rec *client.Record) bool {
	return !slices.ContainsFunc([]string{"name", "firstName", "lastName", "email", "phoneNumber", "country", "parameters"},
		func(field string) bool { return !rec.Has(field) })
}

// listRecords lists all records of the campaign, a hundred in one request.
func (w *ordersWriter) listRecords(ctx context.Context) (err error) {
	if w.listed, err = newRecordFile(); err != nil {
		return err
	}
	for rec, err := range w.session.Records.All(ctx, client.RecordQuery{CampaignUUID: w.campaign.UUID}) {
		if err != nil {
			return fmt.Errorf("reading the campaign's records: %w", err)
		}
		if !wholeRecord(&rec) {
			continue // to be read by itself
		}
		if err := w.listed.add(&rec); err != nil {
			return err
		}
	}
	return nil
}
