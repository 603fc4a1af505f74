package importer_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

const drawnHeader = "email,phone,first,company,amount,price,say,keep"

// A drawn campaign is a random one with a file for it, and with what has to
// become of the orders that no row has, found out without the engine.
type drawn struct {
	rng      *rand.Rand
	byEmail  bool
	shared   bool
	orders   []sandbox.Order
	records  []sandbox.Record // without an order
	rows     []string
	listed   []string // suppressed numbers
	spec     string
	change   func(*importer.Runner)
	emails   map[string]bool // of rows that are not filtered out
	phones   map[string]bool
	withheld bool // a row has no key, or cannot be read
	bound    int  // orders that may be taken out
	kind     reconcile.Kind
}

// draw makes a campaign of up to most people. A tidy one has no row that
// cannot be read or has no key, and no key twice: it is there to be applied.
func draw(seed uint64, most int, tidy bool) *drawn {
	rng := rand.New(rand.NewPCG(seed, 11))
	d := &drawn{rng: rng, byEmail: rng.IntN(2) == 0, shared: rng.IntN(4) == 0, emails: map[string]bool{}, phones: map[string]bool{}}
	d.kind = []reconcile.Kind{reconcile.RemoveOrder, reconcile.CancelOrder}[rng.IntN(2)]
	d.rows = []string{drawnHeader}
	spoiled := !tidy && rng.IntN(6) == 0
	for i := range 1 + rng.IntN(most) {
		d.person(i, tidy, spoiled)
	}
	d.withheld = d.withheld || len(d.rows) == 1 // nothing follows from a file without rows
	d.settings(tidy)
	return d
}

func (d *drawn) one(words ...string) string { return words[d.rng.IntN(len(words))] }

func (d *drawn) in(n int) bool { return d.rng.IntN(n) == 0 }

// person adds somebody to the campaign, to the account and to the file, or to
// some of them.
func (d *drawn) person(i int, tidy, spoiled bool) {
	email, phone := fmt.Sprintf("p%d@example.com", i), number(i)
	if d.byEmail && d.shared && d.in(3) {
		phone = number(i / 2)
	}
	rec := sandbox.Record{Email: sandbox.Text(email), PhoneNumber: phone, FirstName: sandbox.Text(d.one("", "Ann", "Bob")),
		Parameters: json.RawMessage(d.one(`{}`, `{"company":"Acme"}`, `{"company":"Acme","amount":5.0}`, `{"amount":"7"}`))}
	switch d.rng.IntN(4) {
	case 0, 1:
		o := sandbox.Order{Status: d.one("registered", "registered", "planned", "scheduled", "busy", "no-answer", d.one(allStatuses...)), Record: rec}
		if d.in(2) {
			o.Price, o.Instructions = amount(d.one("5", "5.0", "6")), "Be kind"
		}
		if d.in(10) {
			o.Record.Email = ""
		}
		d.orders = append(d.orders, o)
	case 2:
		d.records = append(d.records, rec)
	}
	if d.in(3) {
		return
	}
	if d.in(12) {
		d.listed = append(d.listed, phone)
	}
	if d.byEmail && d.in(8) {
		phone = number(10_000 + i) // another one by now
	}
	d.row(email, phone, d.one("yes", "yes", "yes", "no"))
	switch {
	case spoiled && d.in(5):
		d.withheld = true
		d.rows = append(d.rows, d.one("nobody,nobody,,,,,,yes", "too,few", `x@example.com,"`+phone))
	case !tidy && d.in(6):
		d.row(email, phone, "yes") // twice
	}
}

// row adds a row; some of them are refused for another field than their key.
func (d *drawn) row(email, phone, keep string) {
	amount := d.one("", "5", "7.0", "7")
	if d.in(8) {
		amount = "much"
	}
	d.rows = append(d.rows, strings.Join([]string{email, phone, d.one("", "Ann", "Bob"), d.one("", "Acme"), amount, d.one("", "5", "6.5"), d.one("", "Be kind"), keep}, ","))
	if keep == "yes" {
		d.emails[email], d.phones[phone] = true, true
	}
}

func (d *drawn) settings(tidy bool) {
	more := []string{`filter: columns["keep"] == "yes"`, "onBlank: " + d.one("keep", "clear", "error")}
	if d.byEmail {
		more = append(more, "identity: email")
	}
	if d.shared {
		more = append(more, "sharedNumbers: allow")
	}
	d.spec = syncSpec(drawnHeader, more...)
	bound := importer.Cap{}
	switch d.bound = len(d.orders); {
	case !tidy && d.in(3):
		d.bound = d.rng.IntN(5)
		bound = importer.Cap{Number: int64(d.bound), Set: true}
	case tidy:
		bound = importer.Cap{Number: 1000, Set: true}
	case len(d.orders) >= 20:
		d.bound = len(d.orders) / 10
	}
	policy := importer.DuplicatePolicy(d.one("first", "last", "error"))
	associate := reconcile.Association(d.one("auto", "auto", "never", "only"))
	if tidy {
		associate = reconcile.AssociateAuto
	}
	conflicts := reconcile.Resolution(d.one("report", "server", "file"))
	staged := d.in(2)
	status := client.Status(d.one("registered", "planned"))
	d.change = syncing(func(r *importer.Runner) {
		r.Prune, r.MaxRemovals, r.Duplicates, r.AllowEmpty = d.kind, bound, policy, true
		r.Policy.Associate, r.Policy.Conflicts.Otherwise, r.Policy.Staged, r.Policy.Status = associate, conflicts, staged, status
		r.Suppression = importer.NewSuppression()
		r.Suppression.Lists = append(r.Suppression.Lists, importer.SuppressionList{Name: "list"})
		for _, n := range d.listed {
			r.Suppression.AddNumber(n)
		}
	})
}

// gone are the orders that no row has and that may be touched, by UUID.
func (d *drawn) gone() map[string]bool {
	gone := make(map[string]bool)
	for _, o := range d.orders {
		email, phone := string(o.Record.Email), o.Record.PhoneNumber
		has := d.phones[phone]
		if d.byEmail {
			has = email == "" || d.emails[email] || has && !d.shared
		}
		if !has && !client.Status(o.Status).Protected() && !d.withheld {
			gone[o.UUID] = true
		}
	}
	return gone
}

// A shelf is a campaign and an account that can only be looked at.
type shelf struct {
	orders  []client.Order
	records []client.Record
}

// shelve puts the drawn campaign where a run can look at it.
func (d *drawn) shelve(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{}
	read := func(from, to any) {
		text, err := json.Marshal(from)
		must(t, err)
		must(t, json.Unmarshal(text, to))
	}
	for i := range d.orders {
		o := &d.orders[i]
		if o.UUID == "" {
			o.UUID, o.Record.UUID = fmt.Sprintf("o%04d", d.rng.IntN(10)*1000+i), fmt.Sprintf("r%04d", i)
		}
		var order client.Order
		read(o, &order)
		s.orders = append(s.orders, order)
		s.records = append(s.records, order.Record)
	}
	for i := range d.records {
		d.records[i].RecordTypeUUID, d.records[i].UUID = "type", fmt.Sprintf("s%04d", i)
		var rec client.Record
		read(d.records[i], &rec)
		s.records = append(s.records, rec)
	}
	return s
}

// shelvedOrders are a shelf's orders.
type shelvedOrders struct {
	importer.Orders
	*shelf
}

func (s shelvedOrders) Page(_ context.Context, _ string, q client.OrderQuery, page, limit int) (client.Page[client.Order], error) {
	return pageOf(s.orders, func(o client.Order) bool { return strings.Contains(o.Record.PhoneNumber, q.Search) }, page, limit), nil
}

func pageOf[T any](all []T, which func(T) bool, page, limit int) client.Page[T] {
	all = slices.DeleteFunc(slices.Clone(all), func(v T) bool { return !which(v) })
	from := min((page-1)*limit, len(all))
	return client.Page[T]{Items: all[from:min(from+limit, len(all))], Total: len(all)}
}

// shelvedRecords are a shelf's records.
type shelvedRecords struct{ *shelf }

func (s shelvedRecords) Page(_ context.Context, q client.RecordQuery, page, limit int) (client.Page[client.Record], error) {
	return pageOf(s.records, func(r client.Record) bool {
		return strings.Contains(cmp.Or(r.Email, " ")+" "+r.PhoneNumber, q.Search)
	}, page, limit), nil
}

func (s shelvedRecords) Get(_ context.Context, uuid string) (client.Record, error) {
	i := slices.IndexFunc(s.records, func(r client.Record) bool { return r.UUID == uuid })
	return s.records[i], nil
}

func (s shelvedRecords) Update(context.Context, string, client.RecordPatch) (client.Record, error) {
	panic("nothing is to be changed")
}
