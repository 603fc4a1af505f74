package importer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// countSteps is a review that counts the steps of a preview.
func countSteps(t testing.TB, steps *int) func(context.Context, *importer.Preview) error {
	t.Helper()
	return func(ctx context.Context, p *importer.Preview) error {
		return p.Each(ctx, func(planned *importer.Planned) error {
			*steps += len(planned.Action.Steps)
			return nil
		})
	}
}

// TestSync is the table of what a sync does to what is there: every letter that
// is sent, and the outcome of each row.
func TestSync(t *testing.T) {
	const a, b, c = "+447400000001", "+447400000002", "+447400000003"
	noon := time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC)
	person := func(number, first, email, parameters string) sandbox.Record {
		return sandbox.Record{PhoneNumber: number, FirstName: sandbox.Text(first), Email: sandbox.Text(email), Parameters: json.RawMessage(parameters)}
	}
	tests := []struct {
		name     string
		orders   []sandbox.Order
		records  []sandbox.Record
		mapping  []string // settings of the mapping
		columns  string   // more of its columns, as they are written
		rows     []string // the header first
		change   func(*importer.Runner)
		outcomes string
		codes    string
		sent     []string
		again    string // outcomes of the same once more, which changes nothing; "" unchanged where it was updated or created
	}{
		{
			name: "settings differ", orders: []sandbox.Order{{Price: amount("5"), Instructions: "Be kind", Record: person(a, "", "", "")}},
			rows: []string{"phone,price,say", a + ",7.5,Be kind"}, outcomes: "updated",
			sent: []string{`patch order 1 {"price":7.5}`},
		},
		{
			name: "fields and parameters of the record differ", orders: []sandbox.Order{{Record: person(a, "Ann", "", `{"company":"Acme","amount":3}`)}},
			rows: []string{"phone,first,company,amount", a + ",Anna,Acme,4"}, outcomes: "updated",
			sent: []string{`patch record 1 {"firstName":"Anna","parameters":{"amount":4}}`},
		},
		{
			name: "both differ", orders: []sandbox.Order{{Price: amount("5"), Record: person(a, "Ann", "", "")}},
			rows: []string{"phone,first,price", a + ",Anna,6"}, outcomes: "updated",
			sent: []string{`patch order 1 {"price":6}`, `patch record 1 {"firstName":"Anna"}`},
		},
		{
			name: "the same by meaning", orders: []sandbox.Order{
				{Price: amount("5.0"), ScheduledTime: &noon, ScheduledDurationSeconds: amount("60"), Record: person(a, "", "", `{"amount":"7.50"}`)},
				{Price: amount("5"), ScheduledTime: &noon, ScheduledDurationSeconds: amount("60.0"), Record: person(b, "", "", `{"amount":7.5}`)},
			},
			rows:     []string{"phone,price,at,seconds,amount", a + ",5,2026-05-10T14:00:00+02:00,60,7.5", b + ",5.00,2026-05-10T12:00:00Z,60,7.50"},
			outcomes: "unchanged unchanged",
		},
		{
			name: "a number that the server writes otherwise", orders: []sandbox.Order{{Record: person("07400 000001", "Ann", "", "")}},
			rows: []string{"phone,first", a + ",Ann"}, change: func(r *importer.Runner) { r.Region = "GB" }, outcomes: "unchanged",
		},
		{
			name: "what has no column is left", orders: []sandbox.Order{{Price: amount("5"), Record: person(a, "Ann", "a@example.com", `{"company":"Acme"}`)}},
			rows: []string{"phone,first", a + ",Ann"}, outcomes: "unchanged",
		},
		{
			name:   "blank cells keep",
			orders: []sandbox.Order{{Price: amount("5"), Record: person(a, "Ann", "", `{"company":"Acme"}`)}},
			rows:   []string{"phone,first,company,price", a + ",,,"}, outcomes: "unchanged",
		},
		{
			name: "blank cells clear", mapping: []string{"onBlank: clear"},
			orders: []sandbox.Order{
				{Price: amount("5"), Record: person(a, "Ann", "", `{"company":"Acme"}`)},
				{Record: person(b, "", "", `{"company":""}`)}, // nothing to clear
			},
			rows: []string{"phone,first,company,price", a + ",,,", b + ",,,"}, outcomes: "updated unchanged",
			sent: []string{`patch order 1 {"price":null}`, `patch record 1 {"firstName":null,"parameters":{"company":null}}`},
		},
		{
			name: "blank cells are an error where a value exists", mapping: []string{"onBlank: error"},
			orders: []sandbox.Order{{Record: person(a, "Ann", "", "")}, {Record: person(b, "", "", "")}},
			rows:   []string{"phone,first", a + ",", b + ",", c + ","}, outcomes: "rejected unchanged created", codes: "blank",
			sent: []string{"post orders"}, again: "rejected unchanged unchanged",
		},
		{
			name: "a default does not overwrite", columns: "  parameters.company: {column: company, default: None}\n",
			orders: []sandbox.Order{{Record: person(a, "", "", `{"company":"Acme"}`)}, {Record: person(b, "", "", "")}},
			rows:   []string{"phone,company", a + ",", b + ",", c + ","}, outcomes: "unchanged unchanged created",
			sent: []string{"post orders"},
		},
		{
			name: "a blank cell that has a default clears nothing", mapping: []string{"onBlank: clear"}, columns: "  parameters.company: {column: company, default: None}\n",
			orders: []sandbox.Order{{Record: person(a, "", "", `{"company":"Acme"}`)}},
			rows:   []string{"phone,company", a + ",", b + ","}, outcomes: "unchanged created", sent: []string{"post orders"},
		},
		{
			name: "a blank cell that has a default is no error", mapping: []string{"onBlank: error"}, columns: "  parameters.company: {column: company, default: None}\n",
			rows: []string{"phone,company", a + ","}, outcomes: "created", sent: []string{"post orders"},
		},
		{
			name: "what is protected, and its record, is left",
			orders: []sandbox.Order{
				{Status: "do-not-call", Record: person(a, "Ann", "", "")}, {Status: "contacted", Record: person(b, "Bob", "", "")},
				{Status: "negotiating", Record: person(c, "Cy", "", "")},
			},
			rows: []string{"phone,first,price", a + ",X,1", b + ",X,1", c + ",X,1"}, outcomes: "suppressed protected protected",
			codes: "do-not-call protected protected", again: "suppressed protected protected",
		},
		{
			name: "busy is no protection", orders: []sandbox.Order{{Status: "busy", Record: person(a, "Ann", "", "")}},
			rows: []string{"phone,first", a + ",Anna"}, outcomes: "updated", sent: []string{`patch record 1 {"firstName":"Anna"}`},
		},
		{
			name: "a suppressed number is left", orders: []sandbox.Order{{Record: person(a, "Ann", "", "")}},
			rows: []string{"phone,first", a + ",Anna"}, change: func(r *importer.Runner) {
				r.Suppression = importer.NewSuppression()
				must(t, addList(t, r.Suppression, "list", a+"\n", ""))
			},
			outcomes: "suppressed", codes: "suppressed", again: "suppressed",
		},
		{
			name: "a number changes, by e-mail", mapping: []string{"identity: email"},
			orders: []sandbox.Order{{Price: amount("5"), Record: person(a, "", "a@example.com", "")}},
			rows:   []string{"email,phone,price", "a@example.com," + b + ",6"}, outcomes: "updated",
			sent: []string{`patch order 1 {"price":6}`, `patch record 1 {"phoneNumber":"` + b + `"}`},
		},
		{
			name: "the number of another order is not taken", mapping: []string{"identity: email"},
			orders: []sandbox.Order{{Record: person(a, "", "a@example.com", "")}, {Record: person(b, "", "b@example.com", "")}},
			rows:   []string{"email,phone", "a@example.com," + b, "c@example.com," + b},
			// the second is a duplicate of no row: the first is rejected
			outcomes: "rejected skipped", codes: "number-taken number-in-campaign", again: "rejected skipped",
		},
		{
			name: "numbers are not swapped", mapping: []string{"identity: email"},
			orders: []sandbox.Order{{Record: person(a, "", "a@example.com", "")}, {Record: person(b, "", "b@example.com", "")}},
			rows:   []string{"email,phone", "a@example.com," + b, "b@example.com," + a}, outcomes: "rejected rejected", codes: "number-taken number-taken",
			again: "rejected rejected",
		},
		{
			name: "a number that has a protected order is not taken", mapping: []string{"identity: email"},
			orders: []sandbox.Order{{Record: person(a, "", "a@example.com", "")}, {Status: "dnc", Record: person(b, "", "b@example.com", "")}},
			rows:   []string{"email,phone", "a@example.com," + b}, outcomes: "suppressed", codes: "do-not-call", again: "suppressed",
		},
		{
			name: "shared numbers are taken", mapping: []string{"identity: email", "sharedNumbers: allow"},
			orders: []sandbox.Order{{Record: person(a, "", "a@example.com", "")}, {Record: person(b, "", "b@example.com", "")}},
			rows:   []string{"email,phone", "a@example.com," + b, "b@example.com," + b, "c@example.com," + b}, outcomes: "updated unchanged created",
			sent: []string{`patch record 1 {"phoneNumber":"` + b + `"}`, "post orders"},
		},
		{
			name: "a shared number that is Do Not Call suppresses all", mapping: []string{"identity: email", "sharedNumbers: allow"},
			orders: []sandbox.Order{{Record: person(a, "", "a@example.com", "")}, {Status: "dnc", Record: person(b, "", "b@example.com", "")}},
			rows:   []string{"email,phone", "a@example.com," + b, "c@example.com," + b}, outcomes: "suppressed suppressed",
			codes: "do-not-call do-not-call", again: "suppressed suppressed",
		},
		{
			name: "a time in the past is no problem where it is there", orders: []sandbox.Order{{ScheduledTime: new(noon.AddDate(-30, 0, 0)), Record: person(a, "", "", "")}},
			rows: []string{"phone,at,price", a + ",1996-05-10T12:00:00Z,6"}, outcomes: "updated", sent: []string{`patch order 1 {"price":6}`},
		},
		{
			name: "a time in the past is not sent", orders: []sandbox.Order{{Record: person(a, "", "", "")}},
			rows: []string{"phone,at,price", a + ",1996-05-10T12:00:00Z,6"}, outcomes: "rejected", codes: "past-time", again: "rejected",
		},
		{
			name: "an associated record is brought to the row", records: []sandbox.Record{person(a, "Ann", "", `{"company":"Acme"}`), person(b, "Bob", "", "")},
			rows: []string{"phone,first,company", a + ",Anna,Acme", b + ",Bob,"}, outcomes: "associated associated",
			sent: []string{"post associate", `patch record 1 {"firstName":"Anna"}`},
		},
		{
			name: "an associated record with settings", records: []sandbox.Record{person(a, "Ann", "", "")},
			rows: []string{"phone,first,price", a + ",Anna,5"}, outcomes: "associated",
			sent: []string{"post associate", `patch record 1 {"firstName":"Anna"}`, `patch order 1 {"price":5}`},
		},
		{
			name: "never associated", records: []sandbox.Record{person(a, "Ann", "", "")},
			rows: []string{"phone,first", a + ",Anna"}, change: func(r *importer.Runner) { r.Policy.Associate = reconcile.AssociateNever },
			outcomes: "created", sent: []string{"post orders"},
		},
		{
			name: "only associated, and updated", orders: []sandbox.Order{{Record: person(a, "Ann", "", "")}}, records: []sandbox.Record{person(b, "Bob", "", "")},
			rows:     []string{"phone,first", a + ",Anna", b + ",Bobby", c + ",Cy"},
			change:   func(r *importer.Runner) { r.Policy.Associate = reconcile.AssociateOnly },
			outcomes: "updated associated skipped", codes: "no-record", again: "unchanged unchanged skipped",
			sent: []string{`patch record 1 {"firstName":"Anna"}`, "post associate", `patch record 2 {"firstName":"Bobby"}`},
		},
		{
			name: "a blank cell of an associated record", mapping: []string{"onBlank: error"}, records: []sandbox.Record{person(a, "Ann", "", "")},
			rows: []string{"phone,first", a + ","}, outcomes: "rejected", codes: "blank", again: "rejected",
		},
	}
	for _, tt := range tests {
		for _, partial := range []bool{false, true} {
			t.Run(tt.name+map[bool]string{true: ", shown in part"}[partial], func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, sandbox.Config{PartialRecords: partial})
					for _, o := range tt.orders {
						w.put(o)
					}
					for _, rec := range tt.records {
						rec.RecordTypeUUID = w.campaign.RecordTypeUUID
						_, err := w.server.AddRecord(rec)
						must(t, err)
					}
					spec := syncSpec(tt.rows[0], tt.mapping...)
					if tt.columns != "" {
						spec = strings.Replace(spec, "  parameters.company: company\n", tt.columns, 1)
					}
					change := func(r *importer.Runner) {
						if r.Workers = 1; tt.change != nil {
							tt.change(r)
						}
					}
					sent := w.listen()
					got := w.sync("run", lines(tt.rows...), spec, change)
					slices.Sort(sent.sent)
					want := slices.Sorted(slices.Values(tt.sent))
					if got.outcomes() != tt.outcomes || got.codes() != tt.codes || !slices.Equal(sent.sent, want) {
						t.Errorf("%s (%s); want %s (%s)\nsent %q\nwant %q", got.outcomes(), got.codes(), tt.outcomes, tt.codes, sent.sent, want)
						got.messages(t)
					}
					if !got.verification.Closed() {
						t.Errorf("the books do not close: %+v", got.verification)
					}
					again := tt.again
					if again == "" {
						again = strings.TrimSpace(strings.Repeat("unchanged ", len(tt.rows)-1))
					}
					if got := w.settledBy("again", lines(tt.rows...), spec, change); got.outcomes() != again {
						t.Errorf("the same once more: %s; want %s", got.outcomes(), again)
						got.messages(t)
					}
				})
			})
		}
	}
}

// TestNumbersOfOthers: an order that has the row's number and does not show whose
// it is may be somebody else's, also where the account is too large to be listed.
func TestNumbersOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const header = "email,phone,first"
		w := newWorld(t, sandbox.Config{PartialRecords: true})
		for i := range 250 {
			w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(i), Email: sandbox.Text(fmt.Sprintf("p%d@example.com", i)), FirstName: "Ann"}})
		}
		w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(300), FirstName: "Cy"}})
		sent := w.listen()
		got := w.sync("run", lines(header, "new@example.com,"+number(7)+",Bob", "cy@example.com,"+number(300)+",Cy"), syncSpec(header, "identity: email"))
		if want := []string{`patch record 0 {"email":"cy@example.com"}`}; got.outcomes() != "skipped updated" || !slices.Equal(sent.sent, want) {
			t.Errorf("%s (%s), sent %q; want %q", got.outcomes(), got.codes(), sent.sent, want)
		}
	})
}

// TestSharedNumbersByNumber: where the number says who somebody is, it has one
// order, whatever the mapping says of shared ones.
func TestSharedNumbersByNumber(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	f, spec := lines("phone", number(1), number(1), number(2)), syncSpec("phone", "sharedNumbers: allow")
	for i, want := range []string{"created duplicate created", "skipped duplicate skipped"} {
		if got := w.run(w.runner([]file{f}, spec, nil), fmt.Sprint(i)); got.outcomes() != want || !got.verification.Closed() {
			t.Errorf("run %d: %s, %+v", i, got.outcomes(), got.verification)
		}
	}
	w.allOnce(2)
}

// TestReads holds what a sync reads: the pages of the campaign and nothing more,
// where they show all; else the records, by the cheaper of pages and searches.
func TestReads(t *testing.T) {
	t.Parallel()
	const orders = 250
	for _, tt := range []struct {
		name    string
		partial bool
		rows    int
		most    int // requests
	}{
		{"all is shown", false, orders, 3 + 3},
		{"shown in part", true, orders, 3 + 3 + 3},
		{"few rows", false, 1, 1 + 1 + 3},
		{"few rows, shown in part", true, 1, 1 + 1 + 1 + 1 + 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{PartialRecords: tt.partial})
				for i := range orders {
					w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(i), FirstName: "Ann"}})
				}
				rows := []string{"phone,first"}
				for i := range tt.rows {
					rows = append(rows, number(i)+",Ann")
				}
				sent := w.listen()
				got := w.sync("run", lines(rows...), syncSpec(rows[0]))
				if n := strings.Count(got.outcomes(), "unchanged"); n != tt.rows || len(sent.sent) > 0 || sent.reads > tt.most {
					t.Errorf("%d rows are unchanged, after %d reads and %q; want %d reads at most", n, sent.reads, sent.sent, tt.most)
				}
			})
		})
	}
}
