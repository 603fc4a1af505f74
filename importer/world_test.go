package importer_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a server, a campaign on it, and a host that imports into it.
type world struct {
	t        testing.TB
	server   *sandbox.Server
	campaign sandbox.Campaign
	client   *client.Client
	gate     *client.Gate
	writes   *atomic.Int64 // requests that were no GET
	between  interceptor   // nil: nothing stands between the host and the server
	ledger   string
	url      string
	wire     http.RoundTripper
	byEmail  bool // who people are; else by number
}

func newWorld(t testing.TB, config sandbox.Config) *world {
	t.Helper()
	server, err := sandbox.Open(t.Context(), config)
	must(t, err)
	transport, stop := sandbox.Pipe(server.Handler())
	w := &world{t: t, server: server, writes: new(atomic.Int64), ledger: filepath.Join(scratch(t), "ledger.db"), url: "http://localhost/api"}
	w.connect(transport)
	t.Cleanup(func() {
		stop()
		server.Settle()
		must(t, server.Close())
	})
	rt, err := server.AddRecordType(sandbox.RecordType{Name: "Lead", Parameters: []sandbox.Field{
		{ID: "company", Type: "input", Title: "Company"}, {ID: "amount", Type: "decimal", Title: "Amount"},
	}})
	must(t, err)
	w.campaign, err = server.AddCampaign(sandbox.Campaign{Name: "Spring", RecordTypeUUID: sandbox.Text(rt.UUID)})
	must(t, err)
	return w
}

// scratch is a folder for a ledger, in memory where the system has such
// folders: these tests sync thousands of times, and most disks are slow at it.
func scratch(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "campsync-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	return dir
}

// An interceptor gets each request of the host and what sends it on.
type interceptor func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error)

// wire is the host's way to the server. It counts what may change something.
type wire struct {
	http.RoundTripper
	world *world
}

func (c wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet {
		c.world.writes.Add(1)
	}
	if c.world.between == nil {
		return c.RoundTripper.RoundTrip(r)
	}
	return c.world.between(r, func() (*http.Response, error) { return c.RoundTripper.RoundTrip(r) })
}

// answer is one that the server has not given.
func answer(r *http.Request, status int, body string, header ...string) *http.Response {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body) // it was sent
	}
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

// reworded is an answer with another body.
func reworded(resp *http.Response, err error, reword func(body []byte) string) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return answer(&http.Request{}, resp.StatusCode, reword(body)), nil
}

// reconnect is another process on the same host.
func (w *world) reconnect() { w.connect(w.wire) }

func (w *world) connect(transport http.RoundTripper) {
	w.wire = transport
	w.gate = client.NewGate(client.Limits{Concurrency: 32})
	var err error
	w.client, err = client.New(client.Config{
		BaseURL: w.url, Token: "sandbox", Timeout: 5 * time.Second, Patience: 20 * time.Second,
		Gate: w.gate, Transport: wire{transport, w},
	})
	must(w.t, err)
}

// file is a source of a run.
type file struct{ name, text string }

// runner makes an engine for the files; change adjusts it.
func (w *world) runner(files []file, spec string, change func(*importer.Runner)) *importer.Runner {
	r := &importer.Runner{
		Campaign: importer.Campaign{UUID: w.campaign.UUID, RecordTypeUUID: string(w.campaign.RecordTypeUUID)},
		Orders:   w.client.Orders, Records: w.client.Records,
		Policy: reconcile.Policy{Status: client.StatusRegistered, Associate: reconcile.AssociateAuto, Now: time.Now()},
		Settle: 30 * time.Second, Resend: importer.ResendSettled, Verify: importer.VerifyCount,
		Observer: silent{}, Workers: 8,
	}
	var parsed *mapping.Spec
	if spec != "" {
		var err error
		parsed, err = mapping.ParseSpec("mapping.yaml", []byte(spec))
		must(w.t, err)
		r.Identity, r.SharedNumbers = parsed.Identity, parsed.SharedNumbers == "allow"
	}
	for _, f := range files {
		r.Sources = append(r.Sources, importer.Source{
			Name: f.name,
			Open: func() (*source.Reader, error) {
				return source.NewReader(io.NopCloser(strings.NewReader(f.text)), f.name, source.Options{})
			},
			Mapper: func(header []string, _ importer.Ahead) (*mapping.Mapper, error) {
				rt := mapping.RecordType{Parameters: mapping.Typed, Fields: []mapping.Field{
					{ID: "company", Type: "input", Title: "Company"}, {ID: "amount", Type: "decimal", Title: "Amount"},
				}}
				spec := parsed
				if spec == nil {
					var err error
					if spec, _, err = mapping.Propose(header, rt); err != nil {
						return nil, err
					}
				}
				return mapping.Compile(spec, header, rt, mapping.Env{Region: "GB", Now: r.Policy.Now})
			},
		})
	}
	if change != nil {
		change(r)
	}
	return r
}

// ran is what a run has come to.
type ran struct {
	rows         []importer.Row
	state        importer.State
	verification importer.Verification
	err          error
}

// run takes a run to its end; name is that of a run that is gone on with, or
// of a new one.
func (w *world) run(r *importer.Runner, name string) ran {
	w.t.Helper()
	return w.runWith(w.t.Context(), r, name, nil, nil)
}

func (w *world) runWith(ctx context.Context, r *importer.Runner, name string, drain <-chan struct{}, wrap func(importer.Ledger) importer.Ledger) ran {
	w.t.Helper()
	clean := context.WithoutCancel(ctx)
	l, err := ledger.Open(clean, w.ledger)
	must(w.t, err)
	defer func() { must(w.t, l.Close()) }()
	run, _, err := l.Resume(clean, name)
	if err != nil {
		run, err = l.Begin(clean, ledger.Meta{Name: name, Command: "import", StartedAt: time.Now()})
		must(w.t, err)
	}
	r.Ledger = run
	if wrap != nil {
		r.Ledger = wrap(run)
	}
	var out ran
	out.verification, out.err = r.Run(ctx, drain)
	for row, err := range run.All(clean) {
		must(w.t, err)
		out.rows = append(out.rows, row)
	}
	out.state, err = run.Progress(clean)
	must(w.t, err)
	return out
}

// outcomes are those of the rows, in order, as one line.
func (r ran) outcomes() string {
	words := make([]string, 0, len(r.rows))
	for _, row := range r.rows {
		words = append(words, string(row.Outcome))
	}
	return strings.Join(words, " ")
}

// books holds a run against the server: each row has one outcome, nobody has
// two orders, and every order that the ledger calls made is there.
func (w *world) books(r ran, rows int) {
	w.t.Helper()
	if len(r.rows) != rows {
		w.t.Fatalf("%d rows have an outcome, %d were read", len(r.rows), rows)
	}
	byUUID := make(map[string]sandbox.Order)
	orders := make(map[string]int)
	for _, o := range w.orders() {
		byUUID[o.UUID] = o
		if orders[w.keyOf(o)]++; orders[w.keyOf(o)] > 1 {
			w.t.Errorf("%s has two orders", w.keyOf(o))
		}
	}
	for _, row := range r.rows {
		if row.Outcome == "" {
			w.t.Errorf("line %d has no outcome", row.Line)
		}
		if row.Outcome.Made() {
			if o, ok := byUUID[row.OrderUUID]; !ok || w.keyOf(o) != row.Key {
				w.t.Errorf("line %d is %s as order %q of %s, which the server does not have", row.Line, row.Outcome, row.OrderUUID, row.Key)
			}
		}
	}
}

func (w *world) keyOf(o sandbox.Order) string {
	if w.byEmail {
		return string(o.Record.Email)
	}
	return o.Record.PhoneNumber
}

func (w *world) orders() []sandbox.Order {
	w.t.Helper()
	orders, err := w.server.Orders(w.campaign.UUID)
	must(w.t, err)
	return orders
}

func (w *world) addOrder(number, status string) sandbox.Order {
	w.t.Helper()
	o, err := w.server.AddOrder(sandbox.Order{CampaignUUID: w.campaign.UUID, Status: status,
		Record: sandbox.Record{PhoneNumber: number, RecordTypeUUID: w.campaign.RecordTypeUUID}})
	must(w.t, err)
	return o
}

// contacts is a file of n contacts with different numbers.
func contacts(n int) file {
	var b strings.Builder
	b.WriteString("name,phone,company\n")
	for i := range n {
		fmt.Fprintf(&b, "Person %d,%s,Company %d\n", i, number(i), i%7)
	}
	return file{"leads.csv", b.String()}
}

func number(i int) string { return fmt.Sprintf("+4474%08d", i) }

type silent struct{}

func (silent) Stage(string, int64)  {}
func (silent) Advance(int64, int64) {}
func (silent) Notice(string)        {}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func lines(rows ...string) file { return file{"leads.csv", strings.Join(rows, "\n") + "\n"} }
