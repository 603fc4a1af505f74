package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.Background(), path)
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	return l
}

func begin(t testing.TB, l *ledger.Ledger, name string) *ledger.Run {
	t.Helper()
	run, err := l.Begin(t.Context(), ledger.Meta{Name: name, Command: "import", StartedAt: time.UnixMilli(1_700_000_000_000)})
	must(t, err)
	return run
}

func all(t testing.TB, run *ledger.Run) []importer.Row {
	t.Helper()
	var rows []importer.Row
	for row, err := range run.All(t.Context()) {
		must(t, err)
		rows = append(rows, row)
	}
	return rows
}

// TestRowsComeBackAsTheyWere: whatever bytes cells hold.
func TestRowsComeBackAsTheyWere(t *testing.T) {
	run := begin(t, open(t, filepath.Join(t.TempDir(), "l.db")), "run")
	at := time.Date(2026, 5, 10, 14, 30, 0, 0, time.UTC)
	rows := []importer.Row{
		{Seq: 1, Line: 2, Cells: []string{"a", "", "ü\x00\xff", "two\nlines"}, Key: "+441", Phone: "+441", Record: []byte(`{"name":"a"}`),
			Settings: &mapping.Settings{ScheduledTime: at, Timezone: "Europe/London", Instructions: "x"}},
		{Seq: 2, Source: 1, Line: 7, Raw: `a,"b`, Result: importer.Result{Outcome: reconcile.Rejected, Code: "quote", Field: "f", Message: "m"}},
		{Seq: 3, Source: 1, Line: 9, Cells: []string{""}, Meant: "u", Key: "u", Result: importer.Result{Outcome: reconcile.Skipped}},
	}
	must(t, run.Stage(t.Context(), rows))
	want := append([]importer.Row{}, rows...)
	want[0].Result = importer.Result{Outcome: reconcile.Unprocessed, Code: "unprocessed", Message: "the run stopped before it"}
	if diff := cmp.Diff(want, all(t, run)); diff != "" {
		t.Error(diff)
	}
}

// TestAdjusted: a run is gone on with as it was adjusted last, in its settings and in its state.
func TestAdjusted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	run := begin(t, open(t, path), "run")
	state := importer.State{Phase: importer.Applying, Rows: 3, Suppression: []importer.SuppressionList{{Name: "never.txt", Numbers: 2, SHA256: "00"}}}
	must(t, run.Advance(t.Context(), importer.State{Phase: importer.Applying, Rows: 3}))
	must(t, run.Adjust(t.Context(), []byte(`{"Suppress":["never.txt"]}`), state))
	_, info, err := open(t, path).Resume(t.Context(), "run")
	must(t, err)
	if diff := cmp.Diff(state, info.State); diff != "" || string(info.Settings) != `{"Suppress":["never.txt"]}` || !info.Unfinished() {
		t.Errorf("%s %s", info.Settings, diff)
	}
}

// TestLife follows a row through its operations.
func TestLife(t *testing.T) {
	ctx := t.Context()
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	run := begin(t, l, "run")
	must(t, run.Stage(ctx, []importer.Row{{Seq: 1, Line: 2, Key: "k", Phone: "+441"}, {Seq: 2, Line: 3, Key: "l", Phone: "+442"}}))
	pending := func() (seqs []int64) {
		rows, err := run.Pending(ctx, 0, 10)
		must(t, err)
		for _, r := range rows {
			seqs = append(seqs, r.Seq)
		}
		return seqs
	}
	expect := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	expect("pending", pending(), []int64{1, 2})

	sent := time.UnixMilli(1_700_000_000_123)
	create := importer.Operation{Seq: 1, Step: 1, Kind: reconcile.CreateOrder, State: importer.Sent, SentAt: sent, Attempts: 1}
	update := importer.Operation{Seq: 1, Step: 2, Kind: reconcile.UpdateOrder, SentAt: sent, HalfOf: importer.OwnHalf}
	must(t, run.Write(ctx, importer.Change{Operations: []importer.Operation{create, update}}))
	expect("pending once it is sent", pending(), []int64{2})
	expect("outcome without an answer", all(t, run)[0].Outcome, reconcile.Ambiguous)
	open, err := run.Open(ctx, 0, 10)
	must(t, err)
	expect("open", open[0].Operations, []importer.Operation{create, update})
	books, err := run.Books(ctx)
	must(t, err)
	expect("books", books, importer.Books{MaybeMade: 1})

	create.State, create.Order, update.Order = importer.Applied, "order", "order"
	must(t, run.Write(ctx, importer.Change{Operations: []importer.Operation{create, update}}))
	row := all(t, run)[0]
	expect("outcome of half a row", []string{string(row.Outcome), row.OrderUUID}, []string{"unprocessed", "order"})
	books, err = run.Books(ctx)
	must(t, err)
	expect("books", books, importer.Books{Made: 1})
	for _, tt := range []struct {
		seq   int64
		order string
		taken bool
	}{{1, "order", false}, {2, "order", true}, {2, "other", false}} {
		taken, err := run.Taken(ctx, tt.seq, tt.order)
		must(t, err)
		expect("taken", taken, tt.taken)
	}

	// A later run finds the missing half by its order.
	must(t, run.AddOrders(ctx, []importer.SnapshotOrder{{Order: reconcile.Order{UUID: "order"}, Phone: "+441"}}, true))
	orders, err := run.OrdersOf(ctx, importer.Wanted{Phones: []string{"+441"}})
	must(t, err)
	if !orders[0].Unfinished || orders[0].HalfOf == 0 {
		t.Errorf("the missing half is not known: %+v", orders[0])
	}
	later := begin(t, l, "later")
	must(t, later.Stage(ctx, []importer.Row{{Seq: 1, Line: 2, Key: "k", Phone: "+441"}}))
	must(t, later.Write(ctx, importer.Change{Operations: []importer.Operation{{
		Seq: 1, Step: 2, Kind: reconcile.UpdateOrder, State: importer.Applied, Order: "order", HalfOf: orders[0].HalfOf}}}))
	if orders, err = later.OrdersOf(ctx, importer.Wanted{Phones: []string{"+441"}}); err != nil || orders[0].Unfinished {
		t.Errorf("the half is finished and still missing: %+v, %v", orders, err)
	}

	must(t, run.Write(ctx, importer.Change{Results: []importer.RowResult{{Seq: 1, Result: importer.Result{Outcome: reconcile.Created}}},
		Operations: []importer.Operation{{Seq: 2, Step: 1, Kind: reconcile.CreateOrder, State: importer.Sent}}}))
	must(t, run.Write(ctx, importer.Change{Withdrawn: []int64{2}}))
	expect("pending after it was withdrawn", pending(), []int64{2})
	expect("outcomes", []reconcile.Outcome{all(t, run)[0].Outcome, all(t, run)[1].Outcome}, []reconcile.Outcome{reconcile.Created, reconcile.Unprocessed})
}

func TestRuns(t *testing.T) {
	ctx := t.Context()
	l := open(t, filepath.Join(t.TempDir(), "l.db"))
	for i := range 14 {
		run := begin(t, l, fmt.Sprint("done ", i))
		must(t, run.Stage(ctx, []importer.Row{{Seq: 1, Line: 2}}))
		must(t, run.Advance(ctx, importer.State{Phase: importer.Done, Rows: 1}))
		must(t, run.Finish(ctx, 3, time.UnixMilli(5)))
	}
	reading := begin(t, l, "reading")
	must(t, reading.Advance(ctx, importer.State{Phase: importer.Looking}))
	applying := begin(t, l, "applying")
	must(t, applying.Advance(ctx, importer.State{Phase: importer.Applying, Rows: 7, Before: 3, Sources: []importer.SourceState{{Name: "a.csv", Rows: 7}}}))
	must(t, l.Tidy(ctx))
	runs, err := l.Runs(ctx)
	must(t, err)
	if len(runs) != 11 || runs[0].Name != "applying" || !runs[0].Unfinished() || runs[0].Before != 3 || runs[0].Sources[0].Name != "a.csv" {
		t.Errorf("after tidying: %d runs, the latest %+v", len(runs), runs[0])
	}
	if last := runs[len(runs)-1]; last.Name != "done 4" || last.Unfinished() || last.ExitCode != 3 || last.FinishedAt.UnixMilli() != 5 {
		t.Errorf("the oldest run kept: %+v", last)
	}
	if _, _, err := l.Resume(ctx, "reading"); !errors.Is(err, ledger.ErrNoRun) {
		t.Errorf("a run that had sent nothing is kept: %v", err)
	}
	must(t, l.Forget(ctx, "applying"))
	if _, _, err := l.Resume(ctx, "applying"); !errors.Is(err, ledger.ErrNoRun) {
		t.Errorf("a forgotten run is kept: %v", err)
	}
}

// TestManyWriters share commits; each finds its change when Write returns.
func TestManyWriters(t *testing.T) {
	ctx := t.Context()
	run := begin(t, open(t, filepath.Join(t.TempDir(), "l.db")), "run")
	const rows = 200
	for i := range int64(rows) {
		must(t, run.Stage(ctx, []importer.Row{{Seq: i + 1, Line: int(i)}}))
	}
	var group sync.WaitGroup
	for i := range int64(rows) {
		group.Go(func() {
			res := importer.RowResult{Seq: i + 1, Result: importer.Result{Outcome: reconcile.Created, OrderUUID: fmt.Sprint(i)}}
			op := importer.Operation{Seq: i + 1, Step: 1, Kind: reconcile.CreateOrder, State: importer.Applied, Order: fmt.Sprint(i)}
			if err := run.Write(ctx, importer.Change{Results: []importer.RowResult{res}, Operations: []importer.Operation{op}}); err != nil {
				t.Error(err)
			}
			if taken, err := run.Taken(ctx, 0, fmt.Sprint(i)); err != nil || !taken {
				t.Errorf("row %d is not there after its write: %v", i, err)
			}
		})
	}
	group.Wait()
}

func TestAudit(t *testing.T) {
	ctx := t.Context()
	run := begin(t, open(t, filepath.Join(t.TempDir(), "l.db")), "run")
	early, late := time.UnixMilli(1000), time.UnixMilli(2000)
	order := func(uuid, phone, key string, at time.Time) importer.SnapshotOrder {
		return importer.SnapshotOrder{Order: reconcile.Order{UUID: uuid}, Phone: phone, Key: key, ReadAt: at}
	}
	must(t, run.AddOrders(ctx, []importer.SnapshotOrder{order("a", "+1", "", early), order("b", "+1", "", early), order("gone", "+2", "", early), order("c", "+2", "x", early)}, true))
	must(t, run.AddOrders(ctx, []importer.SnapshotOrder{order("a", "+1", "", late), order("b", "+1", "", late), order("c", "+2", "", late),
		order("d", "+3", "y", late), order("e", "+3", "y", late)}, false))
	twice, err := run.Twice(ctx, late, false, 10)
	must(t, err)
	want := []importer.Twice{{Key: "+3", Orders: []string{"d", "e"}}, {Key: "+1", Orders: []string{"a", "b"}, Original: true}}
	if diff := cmp.Diff(want, twice); diff != "" {
		t.Error(diff)
	}
	if twice, err = run.Twice(ctx, late, true, 10); err != nil || len(twice) != 1 || twice[0].Key != "y" {
		t.Errorf("by key: %v, %v", twice, err)
	}

	must(t, run.Stage(ctx, []importer.Row{{Seq: 1}, {Seq: 2}}))
	must(t, run.Write(ctx, importer.Change{Operations: []importer.Operation{
		{Seq: 1, Step: 1, Kind: reconcile.CreateOrder, State: importer.Applied, Order: "d"},
		{Seq: 2, Step: 1, Kind: reconcile.Associate, State: importer.Applied, Order: "nowhere"}}}))
	missing, err := run.Missing(ctx, late, 10)
	must(t, err)
	rows, err := run.RowsOf(ctx, []string{"a", "d"})
	must(t, err)
	if len(missing) != 1 || missing[0].Seq != 2 || len(rows) != 1 || rows[0].Seq != 1 {
		t.Errorf("missing %v, rows of orders %v", missing, rows)
	}
}

// TestPrivate: what the ledger holds is its owner's alone, under any umask.
func TestPrivate(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "state")
	path := filepath.Join(dir, "campaigns", "x", "ledger.db")
	begin(t, open(t, path), "run")
	must(t, filepath.Walk(filepath.Join(dir, "campaigns", "x"), func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has mode %o", path, mode)
		}
		return nil
	}))
}

// TestDamage cuts the database off and flips bits in it, at places all over
// it: it opens, or says what is wrong; it never panics, and a file that was
// cut off never passes for a whole one.
func TestDamage(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "l.db")
	func() {
		l, err := ledger.Open(t.Context(), path)
		must(t, err)
		run := begin(t, l, "run")
		for i := range int64(40) {
			must(t, run.Stage(t.Context(), []importer.Row{{Seq: i + 1, Line: int(i), Key: fmt.Sprint("+44740000", i), Phone: fmt.Sprint("+44740000", i)}}))
		}
		must(t, run.Advance(t.Context(), importer.State{Phase: importer.Applying, Rows: 40}))
		must(t, l.Close())
	}()
	whole, err := os.ReadFile(path)
	must(t, err)
	broken := 0
	check := func(what string, text []byte) {
		bad := filepath.Join(t.TempDir(), "bad.db")
		must(t, os.WriteFile(bad, text, 0o600))
		if err := read(t.Context(), bad); err != nil {
			broken++
			if !strings.Contains(err.Error(), "ledger") && !strings.Contains(err.Error(), "reading") {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	for n := 1; n < len(whole); n += 1733 {
		check(fmt.Sprint("cut at ", n), whole[:n])
	}
	if broken == 0 {
		t.Error("no cut was noticed")
	}
	for n := 0; n < len(whole); n += 4099 {
		text := append([]byte{}, whole...)
		text[n] ^= 0x55
		check(fmt.Sprint("bits flipped at ", n), text)
	}
}

// read opens a ledger and reads all of its runs.
func read(ctx context.Context, path string) (err error) {
	l, err := ledger.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	runs, err := l.Runs(ctx)
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	for _, info := range runs {
		run, _, err := l.Resume(ctx, info.Name)
		if err != nil {
			return err
		}
		n := 0
		for row, err := range run.All(ctx) {
			if err != nil {
				return err
			}
			if want := fmt.Sprint("+44740000", row.Seq-1); row.Phone != want {
				return fmt.Errorf("reading: row %d has number %s", row.Seq, row.Phone)
			}
			n++
		}
		if n != 40 {
			return fmt.Errorf("reading: %d rows", n)
		}
	}
	return nil
}

// TestBroken: after a write that failed nothing is written any more.
func TestBroken(t *testing.T) {
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "l.db"))
	must(t, err)
	run := begin(t, l, "run")
	must(t, l.Close())
	first := run.Write(t.Context(), importer.Change{Withdrawn: []int64{1}})
	second := run.Stage(t.Context(), []importer.Row{{Seq: 1}})
	if first == nil || second == nil || first.Error() != second.Error() {
		t.Errorf("after a failed write: %v; then %v", first, second)
	}
}

func BenchmarkStage(b *testing.B) {
	run := begin(b, open(b, filepath.Join(b.TempDir(), "l.db")), "run")
	rows := make([]importer.Row, 256)
	seq := int64(0)
	b.ResetTimer()
	for b.Loop() {
		for i := range rows {
			seq++
			rows[i] = importer.Row{Seq: seq, Line: int(seq), Cells: []string{"First", "Last", "+44 7400 000000", "p@example.com", "GB", "Company", "note", "5.50", "gold"},
				Key: "+447400000000", Phone: "+447400000000", Record: []byte(`{"firstName":"First","lastName":"Last","email":"p@example.com","phoneNumber":"+447400000000","country":"GB"}`)}
		}
		must(b, run.Stage(b.Context(), rows))
	}
	b.ReportMetric(float64(seq)/b.Elapsed().Seconds(), "rows/s")
}
