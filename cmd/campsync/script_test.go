package main

import (
	"bufio"
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
//	serve campsync ...        run a program that serves until stop, and take its "export" lines
//	stop CODE                 interrupt it; it must end with this exit code
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
			e.Values[servers{}] = &running{}
			e.Defer(func() { searchCanary(t, e.WorkDir) })
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"server": serveSandbox,
			"serve":  serve,
			"stop":   stop,
		},
	})
}

// servers is the key of what a script has running.
type servers struct{}

type running struct{ program *exec.Cmd }

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
		if strings.Contains(ts.ReadFile(stream), canary) {
			ts.Fatalf("%s shows the token", stream)
		}
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
	ts.Setenv("CAMPSYNC_BASE_URL", api.URL+sandbox.BasePath)
	ts.Setenv("CAMPSYNC_TOKEN", canary)
}

var exported = regexp.MustCompile(`^export (CAMPSYNC_\w+)=(\S+)$`)

func serve(ts *testscript.TestScript, _ bool, args []string) {
	path := lookPath(ts, args[0])
	program := exec.Command(path, args[1:]...)
	program.Dir = ts.MkAbs(".")
	for _, name := range []string{"HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "PATH", "TESTSCRIPT_COVERAGE"} {
		program.Env = append(program.Env, name+"="+ts.Getenv(name))
	}
	out, err := program.StdoutPipe()
	ts.Check(err)
	ts.Check(program.Start())
	ts.Defer(func() {
		if program.ProcessState == nil {
			_ = program.Process.Kill() // the script has failed before its stop
			_ = program.Wait()
		}
	})
	lines := bufio.NewScanner(out)
	for range 2 {
		if !lines.Scan() {
			ts.Fatalf("it ended before it said where it is: %v", program.Wait())
		}
		found := exported.FindStringSubmatch(lines.Text())
		if found == nil {
			ts.Fatalf("it said %q", lines.Text())
		}
		ts.Setenv(found[1], found[2])
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	ts.Value(servers{}).(*running).program = program
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

func stop(ts *testscript.TestScript, _ bool, args []string) {
	program := ts.Value(servers{}).(*running).program
	ts.Check(program.Process.Signal(syscall.SIGINT))
	if got := strconv.Itoa(codeOf(program.Wait())); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
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
