package importer_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// mix is a random campaign, and files for it.
type mix struct {
	*world
	rng    *rand.Rand
	people []someone
	files  []file
	rows   int
	spec   string
	adjust func(*importer.Runner)
	old    int // orders that were there
	guard  map[string]sandbox.Order
}

// someone has a standing in the campaign: a status, "record" for a record
// without an order, or nothing.
type someone struct {
	number, email, standing string
	rows                    int
	say                     string // of the first row
}

func newMix(t testing.TB, seed uint64) *mix {
	rng := rand.New(rand.NewPCG(seed, 2))
	m := &mix{rng: rng, guard: map[string]sandbox.Order{},
		world: newWorld(t, sandbox.Config{NewestFirst: rng.IntN(2) == 0, PartialRecords: rng.IntN(2) == 0, MaxBatch: 1 + rng.IntN(30)})}
	m.spec = "version: 1\ncolumns:\n  phoneNumber: phone\n  email: email\n  order.instructions: say\n"
	shared := 1
	if m.byEmail = rng.IntN(3) == 0; m.byEmail {
		shared = 1 + rng.IntN(3)
		m.spec += "identity: email\nsharedNumbers: allow\n"
	}
	standings := []string{"", "", "", "", "record", "record", "registered", "busy", "contacted", "canceled", "negotiating", "do-not-call", "dnc"}
	for i := range 15 + rng.IntN(40) {
		p := someone{number: number(i / shared), email: fmt.Sprintf("p%d@example.com", i), standing: standings[rng.IntN(len(standings))]}
		m.people = append(m.people, p)
		m.place(p)
	}
	m.write()
	workers, status := 1+rng.IntN(24), []client.Status{client.StatusRegistered, client.StatusPlanned}[rng.IntN(2)]
	m.adjust = func(r *importer.Runner) {
		r.Workers, r.Batch, r.Policy.Status = workers, 1+workers*2, status
	}
	return m
}

// place gives a person their standing.
func (m *mix) place(p someone) {
	rec := sandbox.Record{PhoneNumber: p.number, Email: sandbox.Text(p.email), RecordTypeUUID: m.campaign.RecordTypeUUID}
	switch p.standing {
	case "":
	case "record":
		_, err := m.server.AddRecord(rec)
		must(m.t, err)
	default:
		o, err := m.server.AddOrder(sandbox.Order{CampaignUUID: m.campaign.UUID, Status: p.standing, Record: rec})
		must(m.t, err)
		m.guard[o.UUID] = o
		m.old++
	}
}

// write makes the files: some people stand in them twice, in other writings.
func (m *mix) write() {
	texts := make([]strings.Builder, 1+m.rng.IntN(3))
	for i := range texts {
		texts[i].WriteString("phone,email,say\n")
	}
	order := m.rng.Perm(len(m.people))
	into := 0
	for n, i := range order {
		into = max(into, n*len(texts)/len(order))
		for p := &m.people[i]; p.rows == 0 || m.rng.IntN(6) == 0; p.rows++ {
			number := p.number
			if m.rng.IntN(2) == 0 {
				number = "0" + number[3:7] + " " + number[7:]
			}
			say := []string{"", "Be kind", "Be brief"}[m.rng.IntN(3)]
			if p.rows == 0 {
				p.say = say
			}
			fmt.Fprintf(&texts[into], "%s,%s,%s\n", number, p.email, say)
			m.rows++
		}
	}
	for i := range texts {
		m.files = append(m.files, file{fmt.Sprintf("%d.csv", i), texts[i].String()})
	}
}

func (m *mix) faults() sandbox.Faults {
	share := func() float64 { return m.rng.Float64() * 0.12 }
	return sandbox.Faults{
		Seed: m.rng.Uint64(), Cut: share(), CommitThenCut: share(), HTML: share(), Truncate: share(), Slow: share() / 4, SlowFor: 20 * time.Second,
		LateCommit: share() / 2, LateBy: time.Duration(m.rng.IntN(15)) * time.Second, Lag: time.Duration(m.rng.IntN(8)) * time.Second,
		Status: map[int]float64{503: share(), 429: share()}, RetryAfter: []string{"", "1", "90", "garbage"}[m.rng.IntN(4)],
	}
}

// try runs once, to the end or to a crash or an interruption.
func (m *mix) try(name string, calm bool) ran {
	m.t.Helper()
	r := m.runner(m.files, m.spec, m.adjust)
	m.reconnect()
	switch kind := m.rng.IntN(4); {
	case calm || kind == 0:
		return m.run(r, name)
	case kind == 1:
		drain := make(chan struct{})
		timer := time.AfterFunc(time.Duration(m.rng.IntN(20_000))*time.Millisecond, func() { close(drain) })
		defer timer.Stop()
		return m.runWith(m.t.Context(), r, name, drain, nil)
	case kind == 2:
		return (&crash{write: 1 + m.rng.IntN(40), moment: []moment{before, after}[m.rng.IntN(2)]}).run(m.world, r, name)
	default:
		return (&crash{request: 1 + m.rng.IntN(40), moment: []moment{before, amid, after}[m.rng.IntN(3)]}).run(m.world, r, name)
	}
}

// chaos takes a run to its end through faults and crashes.
func (m *mix) chaos() (got ran, name string) {
	m.t.Helper()
	must(m.t, m.server.SetFaults(m.faults()))
	name = "run"
	for attempt := range 20 {
		if attempt > 8 {
			must(m.t, m.server.SetFaults(sandbox.Faults{}))
		}
		got = m.try(name, attempt > 5)
		switch got.state.Phase {
		case importer.Done:
			return got, name
		case importer.Applying:
			m.books(got, m.rows)
		default:
			name += "'"
		}
		if got.err != nil && attempt > 8 && !errors.Is(got.err, importer.ErrDrained) {
			m.t.Fatal(got.err)
		}
	}
	m.t.Fatalf("the run does not come to its end: %v: %s", got.err, got.outcomes())
	return got, name
}

// hold holds the campaign against what was to become of it.
func (m *mix) hold() {
	m.t.Helper()
	forbidden := map[string]bool{}
	for _, p := range m.people {
		if client.Status(p.standing).DoNotCall() {
			forbidden[p.number] = true
		}
	}
	wanted := map[string]string{} // key: what to say
	for _, p := range m.people {
		if key := map[bool]string{true: p.email, false: p.number}[m.byEmail]; (p.standing == "" || p.standing == "record") && !forbidden[p.number] {
			wanted[key] = p.say
		}
	}
	for _, o := range m.orders() {
		if was, old := m.guard[o.UUID]; old {
			if o.Status != was.Status || o.Instructions != "" || !o.UpdatedAt.Equal(was.UpdatedAt) {
				m.t.Errorf("%s was touched: %s, now %s %q", m.keyOf(o), was.Status, o.Status, o.Instructions)
			}
			continue
		}
		say, is := wanted[m.keyOf(o)]
		if !is || string(o.Instructions) != say {
			m.t.Errorf("%s has an order that says %q; want one %t, saying %q", m.keyOf(o), o.Instructions, is, say)
		}
		delete(wanted, m.keyOf(o))
	}
	for key := range wanted {
		m.t.Errorf("%s has no order", key)
	}
	m.registeredFirst()
}

// registeredFirst holds that no order with settings was callable before they
// were in: it was made as registered.
func (m *mix) registeredFirst() {
	m.t.Helper()
	says := map[string]string{}
	for _, o := range m.orders() {
		says[o.UUID] = string(o.Instructions)
	}
	journal, err := m.server.Journal(0)
	must(m.t, err)
	for _, c := range journal {
		if (c.Action == sandbox.ActionCreate || c.Action == sandbox.ActionAssociate) && says[c.Order] != "" && c.Status != "registered" {
			m.t.Errorf("%s was made as %s and had no settings yet", c.PhoneNumber, c.Status)
		}
	}
}

// TestAnyMix is the promise as a property. Whatever files, whatever faults,
// whatever number of workers, crashes and interruptions: one outcome a row, one
// order for each who is to have one, none for others, settings in, what is
// protected untouched; and a clean run at the end sends nothing.
func TestAnyMix(t *testing.T) {
	runs := 8
	if *long {
		runs = 500
	}
	for seed := range uint64(runs) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMix(t, seed)
				got, name := m.chaos()
				m.server.Settle()
				must(t, m.server.SetFaults(sandbox.Faults{}))
				m.books(got, m.rows)
				if m.hold(); t.Failed() {
					for _, row := range got.rows {
						t.Logf("%d:%d %s %s: %s %s %s %s", row.Source, row.Line, row.Key, row.Phone, row.Outcome, row.OrderUUID, row.Code, row.Message)
					}
				}
				m.writes.Store(0)
				clean := m.run(m.runner(m.files, m.spec, m.adjust), name+", clean")
				must(t, clean.err)
				if n := m.writes.Load(); n != 0 {
					t.Errorf("a clean run sent %d requests: %s", n, clean.outcomes())
				}
				if !clean.verification.Closed() {
					t.Errorf("%+v", clean.verification)
				}
			})
		})
	}
}

// TestWorkersDoNotMatter: the number of workers changes nothing in the results.
func TestWorkersDoNotMatter(t *testing.T) {
	for seed := range uint64(4) {
		var first string
		for _, workers := range []int{1, 3, 64} {
			m := newMix(t, seed+1000)
			got := m.run(m.runner(m.files, m.spec, func(r *importer.Runner) { m.adjust(r); r.Workers = workers }), "run")
			must(t, got.err)
			m.books(got, m.rows)
			m.hold()
			var text strings.Builder
			for _, row := range got.rows {
				fmt.Fprintln(&text, row.Source, row.Line, row.Key, row.Outcome, row.Attempts, row.Code, row.Field, row.Message)
			}
			if first == "" {
				first = text.String()
			}
			if text.String() != first {
				t.Errorf("seed %d: with %d workers\n%s\nwith one\n%s", seed, workers, text.String(), first)
			}
		}
	}
}
