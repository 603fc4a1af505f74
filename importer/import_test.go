package importer_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// TestOutcomes is the table of what becomes of rows: what the campaign holds,
// the file, and the outcome of each row.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	const a, b, c = "+447400000001", "+447400000002", "+447400000003"
	type order struct{ number, status string }
	tests := []struct {
		name     string
		orders   []order
		records  []string // numbers of records that have no order
		files    []file
		mapping  string
		change   func(*importer.Runner)
		outcomes string
		codes    string // of the rows that have one
		made     int    // orders that the run has made
		writes   int64
	}{
		{
			name:     "what is missing is created",
			files:    []file{lines("name,phone", "Ann,"+a, "Bob,"+b)},
			outcomes: "created created", made: 2, writes: 2,
		},
		{
			name:     "what is there is left alone",
			orders:   []order{{a, "registered"}, {b, "busy"}},
			files:    []file{lines("name,phone", "Ann,"+a, "Bob,"+b, "Cy,"+c)},
			outcomes: "skipped skipped created", codes: "in-campaign in-campaign", made: 1, writes: 1,
		},
		{
			name:     "Do Not Call in every spelling suppresses, other protected orders are protected",
			orders:   []order{{a, "do-not-call"}, {b, "canceled"}, {c, "contacted"}},
			files:    []file{lines("phone", a, b, c)},
			outcomes: "suppressed protected protected", codes: "do-not-call protected protected",
		},
		{
			name:     "a server may keep numbers in other writings",
			orders:   []order{{"447400000001", "dnc"}, {"07400 000002", "do-not-call"}, {"+44 7400-000003", "registered"}},
			files:    []file{lines("phone", a, b, c)},
			change:   func(r *importer.Runner) { r.Region = "GB" },
			outcomes: "suppressed suppressed skipped", codes: "do-not-call do-not-call in-campaign",
		},
		{
			name:     "the most protected of several orders counts",
			orders:   []order{{a, "registered"}, {a, "do-not-call"}, {a, "planned"}},
			files:    []file{lines("phone", a)},
			outcomes: "suppressed", codes: "do-not-call",
		},
		{
			name:     "known records are associated in one request",
			records:  []string{a, b},
			files:    []file{lines("phone", a, b, c)},
			outcomes: "associated associated created", made: 3, writes: 2,
		},
		{
			name:     "known records are left alone where that is wanted",
			records:  []string{a},
			files:    []file{lines("phone", a, b)},
			change:   func(r *importer.Runner) { r.Policy.Associate = reconcile.AssociateNever },
			outcomes: "created created", made: 2, writes: 2,
		},
		{
			name:     "only known records",
			records:  []string{a},
			files:    []file{lines("phone", a, b)},
			change:   func(r *importer.Runner) { r.Policy.Associate = reconcile.AssociateOnly },
			outcomes: "associated skipped", codes: "no-record", made: 1, writes: 1,
		},
		{
			name:     "an associated order that is to be planned is updated",
			records:  []string{a},
			files:    []file{lines("phone", a)},
			change:   func(r *importer.Runner) { r.Policy.Status = client.StatusPlanned },
			outcomes: "associated", made: 1, writes: 2,
		},
		{
			name:     "the first of several rows of one person is taken, in whatever writing and file",
			files:    []file{lines("phone", "07400 000001", a), {"more.csv", "Mobile;Name\n(07400) 000001;Ann\n07400-000002;Bob\n"}},
			outcomes: "created duplicate duplicate created", codes: "duplicate duplicate", made: 2, writes: 2,
		},
		{
			name:     "the last of several rows",
			files:    []file{lines("name,phone", "Ann,"+a, "Bob,"+b, "Ann Lee,"+a)},
			change:   func(r *importer.Runner) { r.Duplicates = importer.DuplicatesLast },
			outcomes: "duplicate created created", codes: "duplicate", made: 2, writes: 2,
		},
		{
			name:     "none of several rows",
			files:    []file{lines("name,phone", "Ann,"+a, "Bob,"+b, "Ann Lee,"+a)},
			change:   func(r *importer.Runner) { r.Duplicates = importer.DuplicatesError },
			outcomes: "rejected created rejected", codes: "duplicate duplicate", made: 1, writes: 1,
		},
		{
			name:     "a rejected row does not make another a duplicate",
			files:    []file{lines("name,phone,email", "Ann,"+a+",nonsense", "Ann,"+a+",ann@example.com")},
			outcomes: "rejected created", codes: "email-invalid", made: 1, writes: 1,
		},
		{
			name:     "a suppressed row does not make another a duplicate",
			orders:   []order{{a, "dnc"}},
			files:    []file{lines("phone", a, a)},
			outcomes: "suppressed suppressed", codes: "do-not-call do-not-call",
		},
		{
			name:     "settings go in by a second request",
			files:    []file{lines("phone,instructions", a+",Be kind", b+",")},
			mapping:  "version: 1\ncolumns:\n  phoneNumber: phone\n  order.instructions: instructions\n",
			outcomes: "created created", made: 2, writes: 3,
		},
		{
			name:     "a time in the past rejects the row that would send it",
			orders:   []order{{b, "registered"}},
			files:    []file{lines("phone,at", a+",2001-01-01T10:00:00Z", b+",2001-01-01T10:00:00Z")},
			mapping:  "version: 1\ncolumns:\n  phoneNumber: phone\n  order.scheduledTime: at\n",
			outcomes: "rejected skipped", codes: "past-time in-campaign",
		},
		{
			name:     "one number of several people, by e-mail",
			orders:   []order{{c, "do-not-call"}},
			files:    []file{lines("phone,email", a+",ann@example.com", a+",bob@example.com", a+",ann@example.com", c+",cy@example.com")},
			mapping:  "version: 1\nidentity: email\nsharedNumbers: allow\ncolumns:\n  phoneNumber: phone\n  email: email\n",
			outcomes: "created created duplicate suppressed", codes: "duplicate do-not-call", made: 2, writes: 2,
		},
		{
			name:     "one number of several people is a duplicate where it is not allowed",
			files:    []file{lines("phone,email", a+",ann@example.com", a+",bob@example.com")},
			mapping:  "version: 1\nidentity: email\ncolumns:\n  phoneNumber: phone\n  email: email\n",
			outcomes: "created duplicate", codes: "duplicate", made: 1, writes: 1,
		},
		{
			name:     "more errors than allowed stop the run before it sends",
			files:    []file{lines("phone", a, "nonsense", "12", b)},
			change:   func(r *importer.Runner) { r.MaxErrors = importer.Cap{Set: true, Number: 1} },
			outcomes: "unprocessed rejected rejected unprocessed",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			for _, o := range tt.orders {
				w.addOrder(o.number, o.status)
			}
			for _, number := range tt.records {
				_, err := w.server.AddRecord(sandbox.Record{PhoneNumber: number, RecordTypeUUID: w.campaign.RecordTypeUUID})
				must(t, err)
			}
			before := len(w.orders())
			got := w.run(w.runner(tt.files, tt.mapping, tt.change), "run")
			if got.outcomes() != tt.outcomes {
				t.Errorf("outcomes: %s; want %s (%v)", got.outcomes(), tt.outcomes, got.err)
			}
			var codes []string
			for _, row := range got.rows {
				if row.Code != "" && row.Outcome != reconcile.Unprocessed && tt.codes != "" {
					codes = append(codes, row.Code)
				}
			}
			if strings.Join(codes, " ") != tt.codes {
				t.Errorf("codes: %v; want %s", codes, tt.codes)
			}
			if made := len(w.orders()) - before; made != tt.made {
				t.Errorf("%d orders were made; want %d", made, tt.made)
			}
			if w.writes.Load() != tt.writes {
				t.Errorf("%d requests to change something; want %d", w.writes.Load(), tt.writes)
			}
			if got.err == nil && !got.verification.Closed() {
				t.Errorf("the books do not close: %+v", got.verification)
			}

			// The same again changes nothing.
			w.writes.Store(0)
			again := w.run(w.runner(tt.files, tt.mapping, tt.change), "again")
			if w.writes.Load() != 0 {
				t.Errorf("the same again sent %d requests: %s", w.writes.Load(), again.outcomes())
			}
		})
	}
}

func TestProtectedOrdersAreNeverTouched(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	statuses := []string{"calling", "contacted", "completed", "failed", "canceled", "do-not-call", "dnc", "do_not_call", "doNotCall"}
	rows := []string{"phone,instructions"}
	for i, status := range statuses {
		w.addOrder(number(i), status)
		rows = append(rows, number(i)+",Hello")
	}
	before := w.orders()
	got := w.run(w.runner([]file{lines(rows...)}, "version: 1\ncolumns:\n  phoneNumber: phone\n  order.instructions: instructions\n", nil), "run")
	must(t, got.err)
	if n := w.writes.Load(); n != 0 {
		t.Errorf("%d requests to change something", n)
	}
	for i, o := range w.orders() {
		if o.Status != before[i].Status || o.Instructions != "" {
			t.Errorf("order %s was touched: %s %q", o.Record.PhoneNumber, o.Status, o.Instructions)
		}
	}
}

func TestRecordUUIDs(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	other, err := w.server.AddRecordType(sandbox.RecordType{Name: "Other"})
	must(t, err)
	add := func(number, recordType string) string {
		rec, err := w.server.AddRecord(sandbox.Record{PhoneNumber: number, RecordTypeUUID: sandbox.Text(recordType)})
		must(t, err)
		return rec.UUID
	}
	ours := string(w.campaign.RecordTypeUUID)
	plain, foreign := add(number(1), ours), add(number(2), other.UUID)
	forbidden := add(number(3), ours)
	w.addOrder(number(3), "do-not-call") // of another record with the same number
	twin := add(number(1), ours)
	leads := lines("record", plain, foreign, forbidden, twin, "01a21053-0000-7000-8000-000000000000", "nonsense")
	got := w.run(w.runner([]file{leads}, "version: 1\nidentity: recordUuid\ncolumns:\n  recordUuid: record\n", nil), "run")
	must(t, got.err)
	if want := "associated rejected suppressed duplicate rejected rejected"; got.outcomes() != want {
		t.Errorf("outcomes: %s; want %s", got.outcomes(), want)
	}
	if w.writes.Load() != 1 {
		t.Errorf("%d requests to change something; want 1", w.writes.Load())
	}
}

func TestAssociateBatches(t *testing.T) {
	w := newWorld(t, sandbox.Config{MaxBatch: 40})
	rows := []string{"phone"}
	for i := range 130 {
		_, err := w.server.AddRecord(sandbox.Record{PhoneNumber: number(i), RecordTypeUUID: w.campaign.RecordTypeUUID})
		must(t, err)
		rows = append(rows, number(i))
	}
	got := w.run(w.runner([]file{lines(rows...)}, "", nil), "run")
	must(t, got.err)
	w.books(got, 130)
	if n := strings.Count(got.outcomes(), "associated"); n != 130 {
		t.Errorf("%d rows are associated: %s", n, got.outcomes())
	}
}

func TestAssociatedRecordsThatDifferAreShown(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	_, err := w.server.AddRecord(sandbox.Record{PhoneNumber: number(1), Email: "old@example.com", RecordTypeUUID: w.campaign.RecordTypeUUID})
	must(t, err)
	got := w.run(w.runner([]file{lines("phone,email", number(1)+",new@example.com")}, "", nil), "run")
	must(t, got.err)
	if row := got.rows[0]; row.Outcome != reconcile.Associated || row.Code != "record-differs" || row.Field != "email" {
		t.Errorf("%s %s %q", row.Outcome, row.Code, row.Field)
	}
	if rec := w.orders()[0].Record; rec.Email != "old@example.com" {
		t.Errorf("the record was changed: %s", rec.Email)
	}
}

func TestSettingsArriveWithTheStatus(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	at := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
	got := w.run(w.runner([]file{lines("phone,at,price,say", number(1)+","+at.Format(time.RFC3339)+",12.50,Be kind")},
		"version: 1\ncolumns:\n  phoneNumber: phone\n  order.scheduledTime: at\n  order.price: price\n  order.instructions: say\n",
		func(r *importer.Runner) { r.Policy.Status = client.StatusScheduled; r.Verify = importer.VerifyFull }), "run")
	must(t, got.err)
	if !got.verification.Closed() {
		t.Errorf("the books do not close: %+v", got.verification)
	}
	o := w.orders()[0]
	if o.Status != "scheduled" || o.ScheduledTime == nil || !o.ScheduledTime.Equal(at) || o.Price.String() != "12.50" || o.Instructions != "Be kind" {
		t.Errorf("order: %+v", o)
	}
	journal, err := w.server.Journal(0)
	must(t, err)
	for _, c := range journal {
		if c.Order == o.UUID && c.Status != "registered" && c.Seq == journal[0].Seq {
			t.Errorf("the order was %s before its settings were in", c.Status)
		}
	}
}

// TestTwiceByNumber: where each number is to have one order, two are found
// whatever the identity is, also where lists show no e-mail.
func TestTwiceByNumber(t *testing.T) {
	w := newWorld(t, sandbox.Config{PartialRecords: true})
	w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		if r.Method == http.MethodPost {
			w.addOrder(number(1), "registered") // somebody else does the same at that moment
		}
		return send()
	}
	got := w.run(w.runner([]file{lines("phone,email", number(1)+",ann@example.com")},
		"version: 1\nidentity: email\ncolumns:\n  phoneNumber: phone\n  email: email\n",
		func(r *importer.Runner) { r.Settle = 50 * time.Millisecond }), "run")
	must(t, got.err)
	if v := got.verification; !v.Off() || len(v.Twice) != 1 || v.Twice[0].Key != number(1) || len(v.Twice[0].Orders) != 2 {
		t.Errorf("%+v", got.verification)
	}
}
