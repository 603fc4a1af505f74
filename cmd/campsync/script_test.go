//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/campsync/campsync/client/sandbox"
)

// canary is the token in all scripts. It must be found nowhere.
const canary = "canary-7f3a9c5e1b-canary"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"campsync": main})
}

// The scripts drive the real program. Beside testscript's own commands there
// are:
//
//	exits CODE campsync ...   run it; it must end with this exit code and show no token
//	server                    serve a sandbox; CAMPSYNC_BASE_URL and CAMPSYNC_TOKEN lead to it
//	commits N                 wait until that has committed at least N changes
//	once                      no number may have two orders there
//	start campsync ...        run it in the background
//	exports N                 wait for N lines "export NAME=value" of it, and take them
//	send SIGNAL               send it INT, TERM, KILL, STOP or CONT
//	finish CODE               wait for its end; it must have this exit code and show no token
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(root, "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			for _, name := range []string{"home", "state", "conf"} {
				if err := os.Mkdir(filepath.Join(e.WorkDir, "."+name), 0o700); err != nil {
					return err
				}
			}
			e.Setenv("HOME", filepath.Join(e.WorkDir, ".home"))
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, ".state"))
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, ".conf"))
			e.Setenv("TESTDATA", filepath.Join(root, "testdata"))
			e.Setenv("TERM", "xterm")
			e.Values[stageKey{}] = &stage{}
			e.Defer(func() { searchCanary(t, e.WorkDir) })
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"server":  serveSandbox,
			"commits": commits,
			"once":    once,
			"start":   start,
			"exports": exports,
			"send":    send,
			"finish":  finish,
		},
	})
}

// stageKey is the key of what a script has running.
type stageKey struct{}

type stage struct {
	server  *sandbox.Server
	program *exec.Cmd
	out     *bufio.Reader // of the program
	errs    bytes.Buffer  // of the program, once it has ended
}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	if got := codeOf(err); got != want {
		ts.Fatalf("exit code %d, want %d (%v)", got, want, err)
	}
	for _, stream := range []string{"stdout", "stderr", "ttyout"} {
		checkCanary(ts, stream, ts.ReadFile(stream))
	}
}

func checkCanary(ts *testscript.TestScript, stream, text string) {
	if strings.Contains(text, canary) {
		ts.Fatalf("%s shows the token", stream)
	}
}

// codeOf is the exit code of a program that ended with err; -1 where it did
// not even run.
func codeOf(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

func serveSandbox(ts *testscript.TestScript, _ bool, _ []string) {
	s, err := sandbox.Open(context.Background(), sandbox.Config{Tokens: []sandbox.Token{
		{Value: canary},
		{Value: "reader", Permissions: []string{"campaigns:read", "records:read", "record-types:read"}},
	}})
	ts.Check(err)
	api := httptest.NewServer(s.Handler())
	ts.Defer(func() {
		api.Close()
		ts.Check(s.Close())
	})
	stageOf(ts).server = s
	ts.Setenv("CAMPSYNC_BASE_URL", api.URL+sandbox.BasePath)
	ts.Setenv("CAMPSYNC_TOKEN", canary)
}

// commits waits for the server, which has no way to call back; what comes
// after it must hold however late it is.
func commits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		journal, err := stageOf(ts).server.Journal(0)
		ts.Check(err)
		if len(journal) >= want {
			return
		}
	}
	ts.Fatalf("there are fewer than %d commits after a minute", want)
}

func once(ts *testscript.TestScript, _ bool, _ []string) {
	journal, err := stageOf(ts).server.Journal(0)
	ts.Check(err)
	seen := make(map[string]bool)
	for _, c := range journal {
		if c.Action != sandbox.ActionCreate {
			continue
		}
		if seen[c.PhoneNumber] {
			ts.Fatalf("%s has two orders", c.PhoneNumber)
		}
		seen[c.PhoneNumber] = true
	}
}

func start(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	s.program = exec.Command(lookPath(ts, args[0]), args[1:]...)
	s.program.Dir = ts.MkAbs(".")
	for _, name := range []string{"HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "PATH", "CAMPSYNC_BASE_URL", "CAMPSYNC_TOKEN"} {
		s.program.Env = append(s.program.Env, name+"="+ts.Getenv(name))
	}
	s.errs.Reset()
	s.program.Stderr = &s.errs
	out, err := s.program.StdoutPipe()
	ts.Check(err)
	s.out = bufio.NewReader(out)
	ts.Check(s.program.Start())
	program := s.program
	ts.Defer(func() {
		if program.ProcessState == nil { // the script has failed before its finish
			_ = program.Process.Kill()
			_ = program.Wait()
		}
	})
}

var exported = regexp.MustCompile(`^export (CAMPSYNC_\w+)=(\S+)\n$`)

func exports(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	for range n {
		line, err := stageOf(ts).out.ReadString('\n')
		ts.Check(err)
		found := exported.FindStringSubmatch(line)
		if found == nil {
			ts.Fatalf("it said %q", line)
		}
		ts.Setenv(found[1], found[2])
	}
}

func lookPath(ts *testscript.TestScript, name string) string {
	for _, folder := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	ts.Fatalf("there is no program %s", name)
	return ""
}

func send(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]os.Signal{
		"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL,
		"STOP": syscall.SIGSTOP, "CONT": syscall.SIGCONT,
	}
	ts.Check(stageOf(ts).program.Process.Signal(signals[args[0]]))
}

func finish(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	out, err := io.ReadAll(s.out)
	ts.Check(err)
	code := strconv.Itoa(codeOf(s.program.Wait()))
	_, err = ts.Stdout().Write(out)
	ts.Check(err)
	_, err = ts.Stderr().Write(s.errs.Bytes())
	ts.Check(err)
	checkCanary(ts, "stdout", string(out))
	checkCanary(ts, "stderr", s.errs.String())
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s\n%s%s", code, args[0], out, s.errs.String())
	}
}

// searchCanary looks for the token in everything that a script left behind;
// files named token* are where it is kept.
func searchCanary(t *testing.T, folder string) {
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "token") {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), canary) {
			t.Errorf("%s holds the token", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
