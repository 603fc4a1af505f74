package importer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
)

// TestDamagedLedgers: the files that a crash has left are cut off, or a bit of
// them is flipped. Going on with them ends well or with an error that names
// the ledger; without it a new run begins. Nobody is called twice, nobody is
// lost, and no wrong number is called.
func TestDamagedLedgers(t *testing.T) {
	t.Parallel()
	trials := 40
	if *long {
		trials = 4000
	}
	refused := 0
	for seed := range uint64(trials) {
		synctest.Test(t, func(t *testing.T) {
			const rows = 12
			rng := rand.New(rand.NewPCG(seed, 7))
			w := newWorld(t, sandbox.Config{})
			w.addRecords(0, 3)
			files := []file{withSettings(rows)}
			c := crash{moment: amid, request: 1 + rng.IntN(20)}
			var left string
			c.run(w, w.runner(files, settingsSpec, nil), "run", func() { left = w.copyLedger() })
			synctest.Wait()      // what was under way comes in: of an intent that is lost nobody can know to wait
			if rng.IntN(3) > 0 { // as it is when all was written back
				l, err := ledger.Open(t.Context(), left)
				must(t, errors.Join(err, l.Close()))
			}
			how := damage(t, rng, left)
			w.ledger = left
			if err := w.goOnWith(w.runner(files, settingsSpec, nil)); err != nil {
				refused++
				if !strings.Contains(err.Error(), "ledger") {
					t.Errorf("seed %d, %s: %v", seed, how, err)
				}
				w.ledger = filepath.Join(scratch(t), "ledger.db")
				must(t, w.goOnWith(w.runner(files, settingsSpec, nil)))
			}
			numbers := map[string]int{}
			for _, o := range w.orders() {
				numbers[o.Record.PhoneNumber]++
			}
			for i := range rows {
				if numbers[number(i)] != 1 {
					t.Errorf("seed %d, %s: %s has %d orders", seed, how, number(i), numbers[number(i)])
				}
			}
			if len(numbers) != rows {
				t.Errorf("seed %d, %s: numbers that are in no file were called: %v", seed, how, numbers)
			}
		})
	}
	if refused == 0 || refused == trials {
		t.Errorf("%d of %d ledgers were refused", refused, trials)
	}
	t.Logf("%d of %d ledgers were refused", refused, trials)
}

// damage damages one of the files of a ledger, and says how.
func damage(t *testing.T, rng *rand.Rand, path string) string {
	suffix := "-wal"
	text, err := os.ReadFile(path + suffix)
	if errors.Is(err, os.ErrNotExist) {
		suffix = ""
		text, err = os.ReadFile(path)
	}
	must(t, err)
	how := "whole"
	if len(text) > 0 {
		at := rng.IntN(len(text))
		if rng.IntN(2) == 0 {
			how, text = fmt.Sprintf("ledger.db%s cut at %d of %d", suffix, at, len(text)), text[:at]
		} else {
			text[at] ^= 1 << rng.IntN(8)
			how = fmt.Sprintf("ledger.db%s with a bit flipped at %d of %d", suffix, at, len(text))
		}
	}
	must(t, os.WriteFile(path+suffix, text, 0o600))
	return how
}

// goOnWith goes on with the run of a ledger that may be damaged, or begins one
// where it has none that can have sent something.
func (w *world) goOnWith(r *importer.Runner) (err error) {
	ctx := w.t.Context()
	l, err := ledger.Open(ctx, w.ledger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	runs, err := l.Runs(ctx)
	if err != nil {
		return err
	}
	var run *ledger.Run
	if i := slices.IndexFunc(runs, func(i ledger.Info) bool { return i.Phase == importer.Applying || i.Phase == importer.Done }); i >= 0 {
		run, _, err = l.Resume(ctx, runs[i].Name)
	} else {
		run, err = l.Begin(ctx, ledger.Meta{Name: fmt.Sprint("run ", len(runs)+1), Command: "import", StartedAt: time.Now()})
	}
	if err != nil {
		return err
	}
	r.Ledger = run
	if _, err := r.Run(ctx, nil); err != nil {
		return err
	}
	for _, err := range run.All(ctx) {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestFullDisk lets the disk be full at every size of the ledger, in a process
// of its own: the run stops with an error that says so, and with room again it
// is gone on with.
func TestFullDisk(t *testing.T) {
	const inside = "CAMPSYNC_TEST_FULL_DISK"
	if os.Getenv(inside) == "" {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestFullDisk$", "-test.v", fmt.Sprint("-long=", *long))
		cmd.Env = append(os.Environ(), inside+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "full at") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ) // the write fails instead
	step := int64(30_000)
	if *long {
		step = 1_500
	}
	const rows = 30
	stopped := 0
	for limit := int64(1000); ; limit += step {
		whole := false
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			w.addRecords(0, 8)
			files := []file{withSettings(rows)}
			room := limitFiles(t, limit)
			err := w.goOnWith(w.runner(files, settingsSpec, nil))
			room()
			if whole = err == nil; whole {
				return
			}
			stopped++
			if !strings.Contains(err.Error(), "ledger") {
				t.Errorf("full at %d: %v", limit, err)
			}
			must(t, w.goOnWith(w.runner(files, settingsSpec, nil)))
			w.allOnce(rows)
		})
		if whole {
			break
		}
	}
	if stopped < 3 {
		t.Errorf("the disk was full %d times only", stopped)
	}
	t.Logf("full at %d sizes", stopped)
}

// limitFiles lets no file of this process grow over the limit until the
// function is called.
func limitFiles(t *testing.T, limit int64) (lift func()) {
	var old syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(limit), Max: old.Max}))
	return func() { must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old)) }
}
