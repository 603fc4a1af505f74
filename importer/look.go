package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// searchesInFlight is how many keys are searched for at a time.
const searchesInFlight = 16

// lookBatch is how many rows are looked up in the ledger at a time.
const lookBatch = 500

// look reads into the snapshot what is there already and gives the number of
// the campaign's orders. original says that nothing of this run was sent yet.
//
// Reads may lag behind writes: where an earlier run has just made an order
// for one of the rows and the list does not show it, it is read again until it
// does, or until the settle window since that write is over.
func (r *Runner) look(ctx context.Context, original bool) (int, error) {
	for delay := r.Settle / (1 << looks); ; delay *= 2 {
		since := time.Now().Add(-r.Settle)
		orders, err := r.lookOnce(ctx, original)
		if err != nil || !original {
			return orders, err
		}
		hidden, err := r.Ledger.Hidden(ctx, since)
		if err != nil || !hidden {
			return orders, err
		}
		r.Observer.Notice("the campaign does not show yet what the run before has made; looking again")
		if err := sleep(ctx, min(delay, r.Settle/4)); err != nil {
			return 0, err
		}
	}
}

// sleep waits; it fails with the context's cause where that ends meanwhile.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(max(d, time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// lookOnce reads by the cheaper of listing everything and searching for each
// row.
func (r *Runner) lookOnce(ctx context.Context, original bool) (int, error) {
	if original {
		if err := errors.Join(r.Ledger.ClearOrders(ctx), r.Ledger.ClearRecords(ctx)); err != nil {
			return 0, err
		}
	}
	if r.byPhone() {
		// The number finds the orders; records matter for what has none.
		orders, err := r.lookOrders(ctx, original)
		if err != nil || r.Policy.Associate == reconcile.AssociateNever {
			return orders, err
		}
		return orders, r.lookRecords(ctx)
	}
	// Orders show only name and number for sure: a row's other key leads to its
	// record first, and from there to the order.
	if err := r.lookRecords(ctx); err != nil {
		return 0, err
	}
	return r.lookOrders(ctx, original)
}

const (
	identityPhone  = "phoneNumber"
	identityEmail  = "email"
	identityRecord = "recordUuid"
)

func (r *Runner) byPhone() bool { return r.Identity == "" || r.Identity == identityPhone }

// lookOrders reads the campaign's orders.
func (r *Runner) lookOrders(ctx context.Context, original bool) (int, error) {
	first, err := r.Orders.Page(ctx, r.Campaign.UUID, client.OrderQuery{}, 1, pageSize)
	if err != nil {
		return 0, fmt.Errorf("reading the campaign's orders: %w", err)
	}
	listing := pagesLeft(first)
	if listing > 0 {
		searching, err := r.count(ctx, listing, everyone)
		if err != nil {
			return 0, err
		}
		if searching < listing {
			return first.Total, r.searchOrders(ctx, "reading orders", original, pending)
		}
	}
	r.Observer.Stage("reading orders", int64(max(first.Total, 0)))
	return r.listOrders(ctx, &first, original, func([]client.Order) error { return nil })
}

// pagesLeft is how many requests the rest of a list takes; a list that is not
// counted is taken for one that has to be read.
func pagesLeft[T any](first client.Page[T]) int {
	size := len(first.Items)
	if size == 0 || first.Total < 0 || first.Total <= size {
		return 0
	}
	return (first.Total+size-1)/size - 1
}

func (r *Runner) listOrders(ctx context.Context, first *client.Page[client.Order], original bool, each func([]client.Order) error) (int, error) {
	c := census[client.Order]{
		what: "the campaign's orders",
		fetch: func(ctx context.Context, page int) (client.Page[client.Order], error) {
			return r.Orders.Page(ctx, r.Campaign.UUID, client.OrderQuery{}, page, pageSize)
		},
		id: func(o client.Order) string { return o.UUID },
		reset: func() error {
			if original {
				return r.Ledger.ClearOrders(ctx)
			}
			return nil
		},
		take: func(orders []client.Order) error {
			r.Observer.Advance(int64(len(orders)), 0)
			if err := r.addOrders(ctx, orders, original); err != nil {
				return err
			}
			return each(orders)
		},
	}
	return c.read(ctx, first)
}

func (r *Runner) addOrders(ctx context.Context, orders []client.Order, original bool) error {
	if len(orders) == 0 {
		return nil
	}
	now := time.Now()
	read := make([]SnapshotOrder, 0, len(orders))
	for _, o := range orders {
		read = append(read, SnapshotOrder{
			Order:  reconcile.Order{UUID: o.UUID, RecordUUID: o.Record.UUID, Status: o.Status},
			Phone:  e164(o.Record.PhoneNumber),
			Key:    r.otherKey(o.Record),
			ReadAt: now,
		})
	}
	return r.Ledger.AddOrders(ctx, read, original)
}

// otherKey is a record's key where the identity is not the number, and empty
// where it is, or where the server did not send the field.
func (r *Runner) otherKey(rec client.Record) string {
	switch {
	case r.byPhone():
		return ""
	case r.Identity == identityEmail:
		return strings.ToLower(strings.TrimSpace(rec.Email))
	case r.Identity == identityRecord:
		return strings.ToLower(rec.UUID)
	}
	return parameterText(rec, strings.TrimPrefix(r.Identity, "parameters."))
}

func parameterText(rec client.Record, id string) string {
	raw := rec.Parameters[id]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// e164 takes the writing off a number that the server shows; the API keeps
// E.164, and only that can be compared.
func e164(number string) string {
	digits := func(c rune) bool { return (c < '0' || c > '9') && c != '+' }
	if strings.IndexFunc(number, digits) < 0 {
		return number
	}
	return strings.Map(func(c rune) rune {
		if digits(c) {
			return -1
		}
		return c
	}, number)
}

// searchOrders looks for the orders of the rows' numbers.
func (r *Runner) searchOrders(ctx context.Context, stage string, original bool, which func(*Person) bool) error {
	return r.search(ctx, stage, which, func(ctx context.Context, batch []Person) ([]string, error) {
		records, err := r.Ledger.RecordsOf(ctx, keysOf(batch))
		if err != nil {
			return nil, err
		}
		var numbers []string
		for _, p := range batch {
			numbers = append(numbers, p.Phone)
		}
		for _, rec := range records {
			numbers = append(numbers, rec.Phone)
		}
		return numbers, nil
	}, func(ctx context.Context, number string) error {
		orders, err := r.ordersOf(ctx, number)
		if err != nil {
			return err
		}
		return r.addOrders(ctx, orders, original)
	})
}

// ordersOf reads the orders that have exactly this number.
func (r *Runner) ordersOf(ctx context.Context, number string) ([]client.Order, error) {
	found := make(map[string]client.Order)
	c := census[client.Order]{
		what: "the orders of a number",
		fetch: func(ctx context.Context, page int) (client.Page[client.Order], error) {
			return r.Orders.Page(ctx, r.Campaign.UUID, client.OrderQuery{Search: number}, page, pageSize)
		},
		id:    func(o client.Order) string { return o.UUID },
		reset: func() error { clear(found); return nil },
		take: func(orders []client.Order) error {
			for _, o := range orders {
				if e164(o.Record.PhoneNumber) == number {
					found[o.UUID] = o
				}
			}
			return nil
		},
	}
	if _, err := c.read(ctx, nil); err != nil {
		return nil, err
	}
	orders := make([]client.Order, 0, len(found))
	for _, o := range found {
		orders = append(orders, o)
	}
	slices.SortFunc(orders, func(a, b client.Order) int { return strings.Compare(a.UUID, b.UUID) })
	return orders, nil
}

// lookRecords reads the records that rows without an order may have.
func (r *Runner) lookRecords(ctx context.Context) error {
	missing := everyone
	if r.byPhone() {
		missing = r.withoutOrder
	}
	searching, err := r.count(ctx, 1, missing)
	if err != nil || searching == 0 {
		return err
	}
	query := client.RecordQuery{RecordTypeUUID: r.Campaign.RecordTypeUUID}
	if query.RecordTypeUUID == "" {
		query.CampaignUUID = r.Campaign.UUID
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
		reset: func() error { return r.Ledger.ClearRecords(ctx) },
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
		phone := e164(rec.PhoneNumber)
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

// getRecord reads one record; one that is not there is none.
func (r *Runner) getRecord(ctx context.Context, uuid string) error {
	rec, err := r.Records.Get(ctx, uuid)
	var refused *client.Error
	if errors.As(err, &refused) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusBadRequest) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading record %s: %w", uuid, err)
	}
	return r.addRecords(ctx, []client.Record{rec})
}

// search calls look for every different key of the rows.
func (r *Runner) search(ctx context.Context, stage string, which func(*Person) bool, keys func(context.Context, []Person) ([]string, error), look func(context.Context, string) error) error {
	r.Observer.Stage(stage, 0)
	return r.persons(ctx, which, func(batch []Person) error {
		wanted, err := keys(ctx, batch)
		if err != nil {
			return err
		}
		slices.Sort(wanted)
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(searchesInFlight)
		for _, key := range slices.Compact(wanted) {
			if key == "" {
				continue
			}
			g.Go(func() error {
				r.Observer.Advance(1, 0)
				return look(gctx, key)
			})
		}
		return g.Wait()
	})
}

// filter takes those out of a batch for whom nothing has to be looked up.
type filter func(context.Context, []Person) ([]Person, error)

func everyone(_ context.Context, batch []Person) ([]Person, error) { return batch, nil }

var errEnough = errors.New("enough")

// count counts the rows that have no outcome and pass the filter; it stops
// counting at enough.
func (r *Runner) count(ctx context.Context, enough int, f filter) (int, error) {
	n := 0
	err := r.persons(ctx, pending, func(batch []Person) error {
		batch, err := f(ctx, batch)
		if n += len(batch); err == nil && n >= enough {
			return errEnough
		}
		return err
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return n, err
}

// pending picks the rows that nothing was done for yet.
func pending(p *Person) bool { return !p.Touched }

// persons gives the rows that are picked, in batches.
func (r *Runner) persons(ctx context.Context, which func(*Person) bool, take func([]Person) error) error {
	batch := make([]Person, 0, lookBatch)
	for p, err := range r.Ledger.Persons(ctx) {
		if err != nil {
			return err
		}
		if !which(&p) {
			continue
		}
		if batch = append(batch, p); len(batch) == lookBatch {
			if err := take(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return take(batch)
}

func keysOf(batch []Person) []string {
	keys := make([]string, 0, len(batch))
	for _, p := range batch {
		keys = append(keys, p.Key)
	}
	return keys
}

// withoutOrder gives those whose number has no order in the snapshot.
func (r *Runner) withoutOrder(ctx context.Context, batch []Person) ([]Person, error) {
	orders, err := r.Ledger.OrdersOf(ctx, nil, keysOf(batch), nil)
	if err != nil {
		return nil, err
	}
	ordered := make(map[string]bool, len(orders))
	for _, o := range orders {
		ordered[o.Phone] = true
	}
	var without []Person
	for _, p := range batch {
		if !ordered[p.Phone] {
			without = append(without, p)
		}
	}
	return without, nil
}
