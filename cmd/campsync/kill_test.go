//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/campsync/campsync/client/sandbox"
)

var long = flag.Bool("long", false, "larger figures for tests that look for rare failures")

// TestProgram stops the real program, built as users get it, by signals.
func TestProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "campsync")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v: %s", err, out)
	}
	t.Run("kill -9", func(t *testing.T) { kill9(t, path) })
	t.Run("interrupt", func(t *testing.T) { interrupt(t, path) })
	t.Run("interrupt twice", func(t *testing.T) { interruptTwice(t, path) })
	t.Run("two at once", func(t *testing.T) { twoAtOnce(t, path) })
}

// killed is a host whose program is stopped by signals, and a server that
// writes down what was committed.
type killed struct {
	t       *testing.T
	path    string
	folder  string
	server  *sandbox.Server
	api     *httptest.Server
	leads   int
	cmd     *exec.Cmd
	out     *bytes.Buffer // of the program that was started last
	errs    *bytes.Buffer
	mu      sync.Mutex
	writes  int
	trigger func(write int, served bool) // called at each write, before and after it is served
	latest  time.Time                    // when a write came last
}

func newKilled(t *testing.T, path string, rows int) *killed {
	t.Helper()
	s, err := sandbox.Open(t.Context(), sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	k := &killed{t: t, path: path, folder: t.TempDir(), server: s, leads: rows}
	api := s.Handler()
	k.api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			api.ServeHTTP(w, r)
			return
		}
		k.mu.Lock()
		k.writes++
		n, trigger := k.writes, k.trigger
		k.latest = time.Now()
		k.mu.Unlock()
		if trigger != nil {
			trigger(n, false)
		}
		api.ServeHTTP(w, r)
		if trigger != nil {
			trigger(n, true)
		}
	}))
	t.Cleanup(func() {
		k.api.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var text strings.Builder
	text.WriteString("name,phone,company\n")
	for i := range rows {
		fmt.Fprintf(&text, "Person %d,+4474%08d,Company %d\n", i, i, i%7)
	}
	if err := os.WriteFile(filepath.Join(k.folder, "leads.csv"), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return k
}

// start runs the program in the background.
func (k *killed) start(args ...string) {
	k.t.Helper()
	k.out, k.errs = new(bytes.Buffer), new(bytes.Buffer)
	cmd := exec.Command(k.path, args...)
	cmd.Dir = k.folder
	cmd.Env = append(os.Environ(), "HOME="+k.folder, "XDG_STATE_HOME="+k.folder+"/state", "XDG_CONFIG_HOME="+k.folder+"/conf",
		"CAMPSYNC_BASE_URL="+k.api.URL+sandbox.BasePath, "CAMPSYNC_TOKEN="+sandbox.DefaultToken)
	cmd.Stdout, cmd.Stderr = k.out, k.errs
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cmd = cmd
}

// wait gives the exit code, -1 where a signal ended the program.
func (k *killed) wait() int {
	cmd := k.running()
	_ = cmd.Wait() // the code tells
	return cmd.ProcessState.ExitCode()
}

func (k *killed) running() *exec.Cmd {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cmd
}

func (k *killed) run(args ...string) int {
	k.t.Helper()
	k.start(args...)
	return k.wait()
}

// importArgs and the resume that follows them settle soon: nothing is late
// here but what a dead program has left under way.
func importArgs() []string {
	return []string{"import", "leads.csv", "--campaign", "Demo", "--settle", "300ms", "--rate", "0", "--report-dir", "out", "--json"}
}

// at makes something happen at the write with this number from now on, before
// it is served or after.
func (k *killed) at(write int, served bool, do func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	from := k.writes
	var once sync.Once
	k.trigger = func(n int, is bool) {
		if n == from+write && is == served {
			once.Do(do)
		}
	}
}

func (k *killed) signal(s os.Signal) {
	_ = k.running().Process.Signal(s) // it may have ended by itself
}

// on sets what happens at writes, and gives when one came last.
func (k *killed) on(trigger func(write int, served bool)) (latest time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.trigger = trigger
	return k.latest
}

// goOn is the command with which to go on after a kill: a run that had sent
// nothing yet leaves nothing to resume.
func (k *killed) goOn() []string {
	if code := k.run("runs", "--json"); code != 0 {
		k.t.Fatalf("runs: exit code %d: %s", code, k.errs.String())
	}
	if strings.Contains(k.out.String(), `"unfinished": true`) {
		return []string{"resume", "--json"}
	}
	return importArgs()
}

// balanced holds a finished run's report against the server's journal.
func (k *killed) balanced() {
	k.t.Helper()
	text, err := os.ReadFile(filepath.Join(k.folder, "out", "report.json"))
	if err != nil {
		k.t.Fatal(err)
	}
	var report struct {
		Outcomes map[string]int
		Rows     int
		Balanced bool
	}
	if err := json.Unmarshal(text, &report); err != nil {
		k.t.Fatal(err)
	}
	if report.Rows != k.leads || report.Outcomes["created"] != k.leads || !report.Balanced {
		k.t.Errorf("report: %+v", report)
	}
	k.once()
}

// once holds that the server's journal has one order for everybody.
func (k *killed) once() {
	k.t.Helper()
	made := map[string]int{}
	journal, err := k.server.Journal(0)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, c := range journal {
		if c.Action == sandbox.ActionCreate {
			if made[c.PhoneNumber]++; made[c.PhoneNumber] > 1 {
				k.t.Errorf("%s has two orders", c.PhoneNumber)
			}
		}
	}
	if len(made) != k.leads {
		k.t.Errorf("%d people have an order; want %d", len(made), k.leads)
	}
}

// kill9 kills imports of 2,000 rows at random moments, and what goes on
// with them too, until they are through: nobody is called twice, nobody is
// lost.
func kill9(t *testing.T, path string) {
	kills := 25
	if *long {
		kills = 500
	}
	rng := rand.New(rand.NewPCG(5, 5))
	done, imports := 0, 0
	for done < kills {
		k := newKilled(t, path, 2000)
		imports++
		args, code := importArgs(), -1
		for attempt := 0; code == -1; attempt++ {
			if attempt < 13 && done < kills {
				if rng.IntN(5) == 0 { // also while it begins, reads and ends
					delay := time.Duration(rng.IntN(400)) * time.Millisecond
					k.start(args...)
					timer := time.AfterFunc(delay, func() { k.signal(syscall.SIGKILL) })
					code = k.wait()
					timer.Stop()
				} else {
					k.at(1+rng.IntN(700), rng.IntN(2) == 0, func() { k.signal(syscall.SIGKILL) })
					code = k.run(args...)
				}
				if code == -1 {
					done++
					args = k.goOn()
				}
				continue
			}
			code = k.run(args...)
		}
		if code != 0 {
			t.Fatalf("exit code %d: %s%s", code, k.out.String(), k.errs.String())
		}
		k.balanced()
	}
	t.Logf("%d kills in %d imports", done, imports)
}

// interrupt stops imports softly: what is under way is awaited and nothing
// new is sent; then they are gone on with.
func interrupt(t *testing.T, path string) {
	stops := 8
	if *long {
		stops = 500
	}
	rng := rand.New(rand.NewPCG(6, 6))
	var latest time.Duration
	for i := 0; i < stops; {
		k := newKilled(t, path, 1000)
		for args := importArgs(); ; args = []string{"resume", "--json"} {
			sig, want := syscall.SIGINT, 130
			if rng.IntN(2) == 0 {
				sig, want = syscall.SIGTERM, 143
			}
			sent := make(chan time.Time, 1)
			k.at(1+rng.IntN(400), false, func() {
				sent <- time.Now()
				k.signal(sig)
			})
			code := k.run(args...)
			if code == 0 {
				k.balanced()
				break
			}
			i++
			if code != want {
				t.Fatalf("exit code %d, want %d: %s%s", code, want, k.out.String(), k.errs.String())
			}
			if !strings.Contains(k.out.String(), `"ambiguous": 0`) {
				t.Errorf("an answer that was awaited is missing: %s", k.out.String())
			}
			latest = max(latest, k.on(nil).Sub(<-sent))
			if k.goOn()[0] == "import" {
				break // all was sent when the signal came: only the verification is missing
			}
		}
		k.once()
	}
	t.Logf("the last write came %s after its signal", latest)
	if latest > time.Second { // 100 ms on a machine that has nothing else to do
		t.Errorf("a write came %s after the signal", latest)
	}
}

// interruptTwice ends a program at once that waits for an answer.
func interruptTwice(t *testing.T, path string) {
	k := newKilled(t, path, 50)
	hang, came := make(chan struct{}), make(chan struct{})
	var once sync.Once
	k.on(func(int, bool) {
		once.Do(func() { close(came) })
		<-hang
	})
	k.start(importArgs()...)
	<-came
	began := time.Now()
	k.signal(syscall.SIGINT)
	time.AfterFunc(300*time.Millisecond, func() { k.signal(syscall.SIGINT) })
	if code := k.wait(); code != 130 {
		t.Errorf("exit code %d: %s", code, k.errs.String())
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	k.on(nil)
	close(hang) // what was under way is committed now
	if code := k.run("resume"); code != 0 {
		t.Fatalf("resume: exit code %d: %s%s", code, k.out.String(), k.errs.String())
	}
	k.balanced()
}

// TestTwoAtOnce: the second of two runs on a campaign is refused, and a dead
// one is in nobody's way.
func twoAtOnce(t *testing.T, path string) {
	k := newKilled(t, path, 50)
	hang, came := make(chan struct{}), make(chan struct{})
	var once sync.Once
	k.on(func(int, bool) {
		once.Do(func() { close(came) })
		<-hang
	})
	k.start(importArgs()...)
	<-came
	first := k.running()
	for _, args := range [][]string{importArgs(), {"resume"}} {
		if code := k.run(args...); code != 6 || !strings.Contains(k.errs.String(), "another run holds the campaign") {
			t.Errorf("%v: exit code %d: %s", args, code, k.errs.String())
		}
	}
	_ = first.Process.Kill()
	_ = first.Wait()
	k.on(nil)
	close(hang)
	if code := k.run("resume"); code != 0 {
		t.Fatalf("resume: exit code %d: %s%s", code, k.out.String(), k.errs.String())
	}
	k.balanced()
}
