package cli_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/campsync/campsync/cmd/internal/cli"
)

func hello(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReportsAreForTheirOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no mode there")
	}
	path := filepath.Join(t.TempDir(), "campsync-runs", "20261125-1")
	d, err := cli.OpenReportDir(path, "20261125-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two"} {
		if err := d.Write("report.json", hello(text)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, d.Path("report.json")); got != text {
			t.Errorf("it says %q, not %q", got, text)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{
		filepath.Dir(path): os.ModeDir | 0o700, path: os.ModeDir | 0o700, filepath.Join(path, "report.json"): 0o600,
	} {
		if got := mode(t, name); got != want {
			t.Errorf("%s has mode %s, want %s", name, got, want)
		}
	}
	entries, err := os.ReadDir(path)
	if err != nil || len(entries) != 2 { // the report and the owner's file
		t.Errorf("left behind: %v %v", entries, err)
	}
}

func TestAFailedWriteLeavesWhatWasThere(t *testing.T) {
	d, err := cli.OpenReportDir(t.TempDir(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Write("results.csv", hello("whole")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left on device")
	err = d.Write("results.csv", func(w io.Writer) error {
		return errors.Join(hello("half")(w), full)
	})
	if !errors.Is(err, full) || err.Error() != full.Error() { // it is not the file's error
		t.Errorf("got %v", err)
	}
	if err := d.Write("no/such/folder.csv", hello("x")); err == nil || err.Error() != "writing "+d.Path("no/such/folder.csv")+": no such file or directory" {
		t.Errorf("got %v", err)
	}
	if got := read(t, d.Path("results.csv")); got != "whole" {
		t.Errorf("it says %q", got)
	}
	entries, err := os.ReadDir(filepath.Dir(d.Path("x")))
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

func TestARunWithoutReportsLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	for _, path := range []string{parent, filepath.Join(parent, "new")} {
		d, err := cli.OpenReportDir(path, "a")
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

func TestAnotherRunsFolderIsRefused(t *testing.T) {
	path := t.TempDir()
	for _, run := range []string{"a", "a"} { // a run that is resumed finds its own
		d, err := cli.OpenReportDir(path, run)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write("report.json", hello("{}")); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := cli.OpenReportDir(path, "b"); err == nil || err.Error() != "holds the files of run a" {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"report.json", "results.csv", "rejected-leads.csv", "report.html"} {
		path := t.TempDir()
		if err := os.WriteFile(filepath.Join(path, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := cli.OpenReportDir(path, "b"); err == nil || err.Error() != fmt.Sprintf("holds %s of another run", name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAFolderOfOtherThingsIsTaken(t *testing.T) {
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, "leads.csv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := cli.OpenReportDir(path, "a")
	if err != nil {
		t.Fatal(err)
	}
	_ = d.Close()
	if _, err := cli.OpenReportDir(filepath.Join(path, "leads.csv"), "a"); err == nil {
		t.Error("a file is taken for a folder")
	}
}

func TestPlantedLinksAreNotFollowed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	path, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := cli.OpenReportDir(path, "a")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := os.Symlink(victim, d.Path("report.json")); err != nil {
		t.Fatal(err)
	}
	if err := d.Write("report.json", hello("ours")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, victim); got != "mine" {
		t.Errorf("the link was followed: %q", got)
	}
	if !mode(t, d.Path("report.json")).IsRegular() {
		t.Error("the link is still there")
	}
	if err := d.Write("../escaped", hello("out")); err == nil {
		t.Error("a name leads out of the folder")
	}
}

func TestExpandFiles(t *testing.T) {
	inFolder(t, map[string]string{"b.csv": "", "a.csv": "", "we[i]rd.csv": "", "c.txt": ""})
	if err := os.Link("a.csv", "same.txt"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("sub", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args, want, err string
	}{
		{"*.csv", "a.csv b.csv we[i]rd.csv", ""},
		{"we[i]rd.csv", "we[i]rd.csv", ""},
		{"b.csv -", "b.csv -", ""},
		{"", "", "campsync needs a file (- for stdin)"},
		{"x*.csv", "", "x*.csv: no file has such a name"},
		{"gone.csv", "", "gone.csv: no such file or directory"},
		{"sub", "", "sub is a folder; name the files in it, as in sub/*.csv"},
		{"[", "", "[: syntax error in pattern"},
		{"a.csv *.csv", "", "a.csv is given twice (as a.csv)"},
		{"a.csv same.txt", "", "same.txt is given twice (as a.csv)"},
		{"- -", "", "- is given twice (as -)"},
	} {
		got, err := cli.ExpandFiles("campsync", strings.Fields(test.args))
		text := ""
		if err != nil {
			text = err.Error()
			if cli.ExitCode(err) != 2 {
				t.Errorf("%s: exit code %d", test.args, cli.ExitCode(err))
			}
		}
		if strings.Join(got, " ") != test.want || text != test.err {
			t.Errorf("%s: got %q, %q, want %q, %q", test.args, got, text, test.want, test.err)
		}
	}
}
