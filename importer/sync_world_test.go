package importer_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// syncTargets are what the columns of these tests' files are mapped to.
var syncTargets = map[string]string{
	"phone": "phoneNumber", "email": "email", "first": "firstName", "name": "name", "record": "recordUuid",
	"company": "parameters.company", "amount": "parameters.amount",
	"at": "order.scheduledTime", "zone": "order.timezone", "seconds": "order.durationSeconds",
	"price": "order.price", "currency": "order.currencyCode", "say": "order.instructions",
}

// syncSpec is a mapping of every column of a header, with more settings of its own.
func syncSpec(header string, more ...string) string {
	var b strings.Builder
	b.WriteString("version: 1\n")
	for _, line := range more {
		b.WriteString(line + "\n")
	}
	b.WriteString("columns:\n")
	for column := range strings.SplitSeq(header, ",") {
		if target, ok := syncTargets[column]; ok {
			b.WriteString("  " + target + ": " + column + "\n")
		}
	}
	return b.String()
}

// syncing makes a run a sync, and changes it further.
func syncing(change ...func(*importer.Runner)) func(*importer.Runner) {
	return func(r *importer.Runner) {
		r.Policy.Update = true
		for _, f := range change {
			f(r)
		}
	}
}

// sync takes a sync of one file to its end.
func (w *world) sync(name string, f file, spec string, change ...func(*importer.Runner)) ran {
	w.t.Helper()
	got := w.run(w.runner([]file{f}, spec, syncing(change...)), name)
	must(w.t, got.err)
	return got
}

// letters are what a host has sent to change something, as "order +44... {...}".
type letters struct {
	world *world
	mu    sync.Mutex
	sent  []string
	reads int
}

// listen notes all that the world's host sends from now on.
func (w *world) listen() *letters {
	l := &letters{world: w}
	next := w.between
	w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		l.note(r)
		if next != nil {
			return next(r, send)
		}
		return send()
	}
	return l
}

func (l *letters) note(r *http.Request) {
	if r.Method == http.MethodGet {
		l.mu.Lock()
		l.reads++
		l.mu.Unlock()
		return
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	text := strings.ToLower(r.Method) + " "
	switch id := path.Base(r.URL.Path); {
	case strings.Contains(r.URL.Path, "/records/"):
		text += "record " + l.numberOf(id)
	case r.Method == http.MethodPost:
		text += id // orders, associate
	default:
		text += "order " + l.numberOf(id)
	}
	if r.Method == http.MethodPatch {
		text += " " + string(body)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, text)
}

// numberOf is the last digit of the number of an order or a record, which is
// enough to tell those of a test apart.
func (l *letters) numberOf(uuid string) string {
	records, err := l.world.server.Records()
	must(l.world.t, err)
	for _, rec := range records {
		if rec.UUID == uuid {
			return rec.PhoneNumber[len(rec.PhoneNumber)-1:]
		}
	}
	for _, o := range l.world.orders() {
		if o.UUID == uuid {
			return o.Record.PhoneNumber[len(o.Record.PhoneNumber)-1:]
		}
	}
	return "?"
}

// amount is a number as the API has it.
func amount(text string) *json.Number {
	n := json.Number(text)
	return &n
}

// put adds an order with its record.
func (w *world) put(o sandbox.Order) sandbox.Order {
	w.t.Helper()
	o.CampaignUUID = w.campaign.UUID
	o, err := w.server.AddOrder(o)
	must(w.t, err)
	return o
}

// orderOf is the order of a number.
func (w *world) orderOf(number string) sandbox.Order {
	w.t.Helper()
	for _, o := range w.orders() {
		if o.Record.PhoneNumber == number {
			return o
		}
	}
	w.t.Fatalf("%s has no order", number)
	return sandbox.Order{}
}

// patchAs changes an order as a person would, beside the run.
func (w *world) patchAs(path, body string) {
	w.t.Helper()
	w.as(http.MethodPatch, path, body)
}

// removeAs takes an order out of the campaign as a person would.
func (w *world) removeAs(number string) {
	w.t.Helper()
	w.as(http.MethodDelete, "/campaigns/"+w.campaign.UUID+"/orders/"+w.orderOf(number).UUID, "")
}

func (w *world) as(method, path, body string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	must(w.t, err)
	r.Header.Set("Authorization", "Bearer sandbox")
	r.Header.Set("Content-Type", "application/json")
	resp, err := w.wire.RoundTrip(r)
	must(w.t, err)
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		text, _ := io.ReadAll(resp.Body)
		w.t.Fatalf("%s: %s %s", path, resp.Status, text)
	}
}

func (w *world) patchOrder(number, body string) {
	w.t.Helper()
	w.patchAs("/campaigns/"+w.campaign.UUID+"/orders/"+w.orderOf(number).UUID, body)
}

func (w *world) patchRecord(number, body string) {
	w.t.Helper()
	w.patchAs("/records/"+w.orderOf(number).Record.UUID, body)
}

// settled holds that a second run of the same changes nothing, and that its
// preview has no steps.
func (w *world) settledBy(name string, f file, spec string, change ...func(*importer.Runner)) ran {
	w.t.Helper()
	w.writes.Store(0)
	steps := 0
	got := w.sync(name, f, spec, append(change, func(r *importer.Runner) {
		r.Review = countSteps(w.t, &steps)
	})...)
	if n := w.writes.Load(); n > 0 || steps > 0 {
		w.t.Errorf("%s: nothing was left to do, and %d steps were planned and %d requests sent", name, steps, n)
	}
	return got
}

// errLooked ends a run that was only to be looked at.
var errLooked = errors.New("only looked at")

// preview is what a sync would do.
func (w *world) preview(name string, f file, spec string, change ...func(*importer.Runner)) (all []importer.Planned) {
	w.t.Helper()
	got := w.run(w.runner([]file{f}, spec, syncing(append(change, func(r *importer.Runner) {
		r.Review = func(ctx context.Context, p *importer.Preview) error {
			return cmp.Or(p.Each(ctx, func(planned *importer.Planned) error {
				all = append(all, *planned)
				return nil
			}), errLooked)
		}
	})...)), name)
	if !errors.Is(got.err, errLooked) {
		w.t.Fatal(got.err)
	}
	return all
}

// codes are those of the rows, in order, as one line.
func (r ran) codes() string {
	var words []string
	for _, row := range r.rows {
		if row.Code != "" {
			words = append(words, row.Code)
		}
	}
	return strings.Join(words, " ")
}

// messages are what the rows say, for a failed test.
func (r ran) messages(t testing.TB) {
	t.Helper()
	for _, row := range r.rows {
		t.Logf("line %d: %s %s: %s %s", row.Line, row.Key, row.Outcome, row.Code, row.Message)
	}
}
