package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// accountRecords are the records that rows may have: those of the campaign's
// type, also when they are in no campaign.
func (r *Runner) accountRecords() client.RecordQuery {
	if r.Campaign.RecordTypeUUID == "" {
		return client.RecordQuery{CampaignUUID: r.Campaign.UUID}
	}
	return client.RecordQuery{RecordTypeUUID: r.Campaign.RecordTypeUUID}
}

// lookRecords reads the records of the query that the rows which are missing
// some may have.
func (r *Runner) lookRecords(ctx context.Context, query client.RecordQuery, missing filter) error {
	searching, err := r.count(ctx, 1, missing)
	if err != nil || searching == 0 {
		return err
	}
	first, err := r.Records.Page(ctx, query, 1, pageSize)
	if err != nil {
		return fmt.Errorf("reading the records: %w", err)
	}
	listing := pagesLeft(first)
	if listing > 0 && !strings.HasPrefix(r.Identity, "parameters.") {
		if searching, err = r.count(ctx, listing, missing); err != nil {
			return err
		}
		if searching < listing {
			return r.searchRecords(ctx, query, missing)
		}
	}
	r.Observer.Stage("reading records", int64(max(first.Total, 0)))
	c := census[client.Record]{
		what: "the records",
		fetch: func(ctx context.Context, page int) (client.Page[client.Record], error) {
			return r.Records.Page(ctx, query, page, pageSize)
		},
		id:    func(rec client.Record) string { return rec.UUID },
		reset: func() error { return nil }, // one that is gone by now is no worse than one that goes a moment later
		take: func(records []client.Record) error {
			r.Observer.Advance(int64(len(records)), 0)
			return r.addRecords(ctx, records)
		},
	}
	_, err = c.read(ctx, &first)
	return err
}

func (r *Runner) addRecords(ctx context.Context, records []client.Record) error {
	read := make([]SnapshotRecord, 0, len(records))
	for _, rec := range records {
		if r.Campaign.RecordTypeUUID != "" && rec.RecordTypeUUID != "" && rec.RecordTypeUUID != r.Campaign.RecordTypeUUID {
			continue
		}
		body, err := json.Marshal(rec)
		if err != nil {
			return err
		}
		phone := e164(rec.PhoneNumber, r.Region)
		key := r.otherKey(rec)
		if r.byPhone() {
			key = phone
		}
		if key == "" {
			continue
		}
		read = append(read, SnapshotRecord{
			Record: reconcile.Record{UUID: rec.UUID, UpdatedAt: rec.UpdatedAt}, Phone: phone, Key: key, Body: body,
		})
	}
	if len(read) == 0 {
		return nil
	}
	return r.Ledger.AddRecords(ctx, read)
}

// searchRecords looks for the records of the rows one by one.
func (r *Runner) searchRecords(ctx context.Context, query client.RecordQuery, missing filter) error {
	keys := func(ctx context.Context, batch []Person) ([]string, error) {
		batch, err := missing(ctx, batch)
		return keysOf(batch), err
	}
	return r.search(ctx, "reading records", pending, keys, func(ctx context.Context, key string) error {
		if r.Identity == identityRecord {
			return r.getRecord(ctx, key)
		}
		q := query
		q.Search = key
		c := census[client.Record]{
			what: "the records of a key",
			fetch: func(ctx context.Context, page int) (client.Page[client.Record], error) {
				return r.Records.Page(ctx, q, page, pageSize)
			},
			id:    func(rec client.Record) string { return rec.UUID },
			reset: func() error { return nil },
			take:  func(records []client.Record) error { return r.addRecords(ctx, records) },
		}
		_, err := c.read(ctx, nil)
		return err
	})
}

// lookAssociated reads the records by which the run has associated rows, where
// another run's look at its own has put them out: an order is looked for by the
// number of its record.
func (r *Runner) lookAssociated(ctx context.Context) error {
	forgotten := func(p *Person) bool { return p.Record != "" && p.RecordPhone == "" }
	return r.search(ctx, "reading records", forgotten, func(_ context.Context, batch []Person) (records []string, err error) {
		for _, p := range batch {
			records = append(records, p.Record)
		}
		return records, nil
	}, r.getRecord)
}

// getRecord reads one record; one that is not there is none, and what a row has
// may be no UUID at all.
func (r *Runner) getRecord(ctx context.Context, uuid string) error {
	rec, there, err := recordOf(ctx, r.Records, uuid)
	var refused *client.Error
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusBadRequest:
		return nil
	case err != nil || !there:
		return err
	}
	return r.addRecords(ctx, []client.Record{rec})
}

// recordOf reads a record. One that the server does not know is not there, also
// where an order names it: it has gone meanwhile, and its key and number with it.
func recordOf(ctx context.Context, records Records, uuid string) (rec client.Record, there bool, err error) {
	if uuid == "" {
		return rec, false, nil
	}
	switch rec, err = records.Get(ctx, uuid); {
	case isGone(err):
		return client.Record{}, false, nil
	case err != nil:
		return client.Record{}, false, fmt.Errorf("reading record %s: %w", uuid, err)
	}
	return rec, true, nil
}
