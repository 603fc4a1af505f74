package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/campsync/campsync/cmd/internal/cli"
	"github.com/campsync/campsync/importer"
)

// settings resolves what a command with all flags would get.
func settings(t *testing.T, env []string, args ...string) (values, origins map[string]string, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	values, origins, err := cli.Settings(cli.Process{
		Args: append([]string{"try"}, args...), Env: env, Stdout: &out, Stderr: &errs,
	})
	if err != nil && errs.Len() == 0 {
		errs.WriteString(err.Error())
	}
	return values, origins, errs.String()
}

func TestDefaultsOfTheContract(t *testing.T) {
	inFolder(t, nil)
	values, origins, stderr := settings(t, nil)
	if stderr != "" || len(origins) != 0 {
		t.Fatalf("%s %v", stderr, origins)
	}
	for flag, want := range map[string]string{
		"base-url": "https://callcamp.ai/api", "status": "registered", "associate": "auto", "rate": "auto",
		"concurrency": "0", "timeout": "30s", "settle": "30s", "resend": "settled", "max-errors": "",
		"lock": "fail", "max-duration": "0s", "verify": "count", "duplicates": "first", "limit": "0", "log-format": "text", "log-level": "warn",
	} {
		if got, ok := values[flag]; !ok || got != want {
			t.Errorf("--%s is %q, want %q", flag, got, want)
		}
	}
}

func TestFlagBeforeEnvironmentBeforeFile(t *testing.T) {
	inFolder(t, map[string]string{"campsync.yaml": "settle: 10s\nrate: 5\nverify: full\nmaxErrors: 3%\n"})
	values, origins, stderr := settings(t, []string{"CAMPSYNC_RATE=7", "CAMPSYNC_SETTLE=20s", "CAMPSYNC_VERIFY="}, "--settle", "40s")
	if stderr != "" {
		t.Fatal(stderr)
	}
	for flag, want := range map[string][2]string{
		"settle":     {"40s", "--settle"},
		"rate":       {"7", "CAMPSYNC_RATE"},
		"verify":     {"full", "campsync.yaml:3"}, // an empty variable is none
		"max-errors": {"3%", "campsync.yaml:4"},
		"timeout":    {"30s", ""},
	} {
		if values[flag] != want[0] || origins[flag] != want[1] {
			t.Errorf("--%s is %q from %q, want %q", flag, values[flag], origins[flag], want)
		}
	}
}

func TestProfilesAndTheUsersFile(t *testing.T) {
	inFolder(t, map[string]string{"campsync.yaml": `
campaign: Demo
status: planned
profiles:
  eu:
    base-url: https://eu.example/api   # both spellings of a key go
    region: IE
`})
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "campsync"), 0o700); err != nil {
		t.Fatal(err)
	}
	users := filepath.Join(home, "campsync", "campsync.yaml")
	if err := os.WriteFile(users, []byte("campaign: Other\ntokenFile: ~/token\nprofiles:\n  eu: {region: GB, status: scheduled}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"XDG_CONFIG_HOME=" + home, "HOME=/home/someone"}
	values, origins, stderr := settings(t, env, "--profile", "eu")
	if stderr != "" {
		t.Fatal(stderr)
	}
	for flag, want := range map[string]string{
		"campaign":   "Demo",      // this folder before the user's
		"region":     "IE",        // the same within the profile
		"status":     "scheduled", // the profile before what is for all
		"base-url":   "https://eu.example/api",
		"token-file": "/home/someone/token",
	} {
		if values[flag] != want {
			t.Errorf("--%s is %q, want %q", flag, values[flag], want)
		}
	}
	if got := origins["status"]; got != users+":4" {
		t.Errorf("status came from %q", got)
	}
	if _, _, stderr = settings(t, env, "--profile", "ue"); !strings.Contains(stderr, `there is no profile "ue" in the configuration; did you mean eu?`) {
		t.Error(stderr)
	}
	if values, _, _ = settings(t, env); values["status"] != "planned" {
		t.Errorf("without the profile, status is %q", values["status"])
	}
	if values, _, _ = settings(t, append(env, "CAMPSYNC_PROFILE=eu")); values["status"] != "scheduled" {
		t.Errorf("with CAMPSYNC_PROFILE, status is %q", values["status"])
	}
}

func TestAFileChoosesItsProfile(t *testing.T) {
	inFolder(t, map[string]string{"mine.yaml": "profile: a\nprofiles:\n  a: {rate: 3}\n", "campsync.yaml": "rate: 9"})
	if values, _, stderr := settings(t, nil, "--config", "mine.yaml"); values["rate"] != "3" {
		t.Errorf("rate is %q: %s", values["rate"], stderr)
	}
}

func TestPathsAreRelativeToTheirFile(t *testing.T) {
	inFolder(t, nil)
	if err := os.Mkdir("conf", 0o700); err != nil {
		t.Fatal(err)
	}
	text := "mapping: m.yaml\nfiles: [a.csv, /b.csv]\nreportDir: out\nnames: [One, 'Two, three']\n"
	if err := os.WriteFile("conf/c.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	values, _, stderr := settings(t, []string{"CAMPSYNC_STATE_DIR=state"}, "--config", "conf/c.yaml")
	if stderr != "" {
		t.Fatal(stderr)
	}
	for flag, want := range map[string]string{
		"mapping": filepath.Join("conf", "m.yaml"), "files": filepath.Join("conf", "a.csv") + ",/b.csv",
		"report-dir": filepath.Join("conf", "out"), "state-dir": "state", "names": "One,Two, three",
	} {
		if values[flag] != want {
			t.Errorf("--%s is %q, want %q", flag, values[flag], want)
		}
	}
	values, _, _ = settings(t, []string{"CAMPSYNC_FILES=x.csv, y.csv"})
	if values["files"] != "x.csv,y.csv" {
		t.Errorf("the variable gives %q", values["files"])
	}
}

func TestPathsOfTheAPI(t *testing.T) {
	inFolder(t, map[string]string{"campsync.yaml": "api:\n  paths:\n    createOrder: /c/{uuid}/o\nprofiles:\n  x:\n    api: {paths: {associate: '/a/{uuid}'}}\n"})
	values, _, stderr := settings(t, nil, "--profile", "x")
	if stderr != "" || values["api.paths.createOrder"] != "/c/{uuid}/o" || values["api.paths.associate"] != "/a/{uuid}" {
		t.Errorf("%v %s", values, stderr)
	}
}

func TestConfigurationFaults(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown key", "rate: 3\nverfy: full\n", "campsync.yaml:2:1: verfy is no setting; did you mean verify?\n  2 | verfy: full\n    | ^\n"},
		{"unknown key in a profile", "profiles:\n  a:\n    rat: 3\n", "campsync.yaml:3:5: rat is no setting; did you mean rate?\n  3 |     rat: 3\n    |     ^\n"},
		{"a value that the flag does not take", "verify: all\n", "campsync.yaml:1:1: verify: must be count, none or full\n  1 | verify: all\n    | ^\n"},
		{"a bool", "noProgress: perhaps\n", "campsync.yaml:1:1: noProgress: must be true or false\n  1 | noProgress: perhaps\n    | ^\n"},
		{"a duration", "timeout: 30\n", "campsync.yaml:1:1: timeout: time: missing unit in duration \"30\"\n  1 | timeout: 30\n    | ^\n"},
		{"a list where one value is wanted", "rate: [1, 2]\n", "campsync.yaml:1:1: rate takes one value\n  1 | rate: [1, 2]\n    | ^\n"},
		{"twice in two spellings", "maxErrors: 3\nmax-errors: 4\n", "campsync.yaml:2:1: max-errors stands twice; the other is in line 1\n  2 | max-errors: 4\n    | ^\n"},
		{"no value", "rate:\n", "campsync.yaml:1:1: rate has no plain value\n  1 | rate:\n    | ^\n"},
		{"nested", "rate: {a: 1}\n", "campsync.yaml:1:1: rate takes a value, not settings of its own\n  1 | rate: {a: 1}\n    | ^\n"},
		{"no mapping", "- a\n", "campsync.yaml:1:1: a configuration consists of lines like \"campaign: Demo\"\n  1 | - a\n    | ^\n"},
		{"two documents", "rate: 1\n---\nrate: 2\n", "campsync.yaml:2:1: a configuration is one YAML document; this begins a second\n  2 | ---\n    | ^\n"},
		{"config", "config: x\n", "campsync.yaml:1:1: config is no setting\n  1 | config: x\n    | ^\n"},
		{"the token itself is not shown", "token: canary\n", "campsync.yaml:1:1: the token itself must not stand in a configuration; put it into a file that nobody else can read, and name that as tokenFile\n"},
	} {
		inFolder(t, map[string]string{"campsync.yaml": test.text})
		if _, _, got := settings(t, nil); got != "campsync: "+test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestBrokenYAML(t *testing.T) {
	for _, text := range []string{"a: [", "\tx: 1", "a: b: c", "a: 'x", "rate: 1\nrate: 2\n", "*x", "a: *x", "{", "\x00"} {
		inFolder(t, map[string]string{"campsync.yaml": text})
		got := run(nil, "campaigns")
		if got.code != 2 || !strings.HasPrefix(got.stderr, "campsync: campsync.yaml:") {
			t.Errorf("%q: %+v", text, got)
		}
	}
	for _, text := range []string{"", "# nothing yet\n", "---\n", "null\n"} {
		inFolder(t, map[string]string{"campsync.yaml": text})
		if got := run(nil, "campaigns"); got.code != 4 {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestEnvironmentFaults(t *testing.T) {
	inFolder(t, nil)
	got := run([]string{"CAMPSYNC_LIMIT=many"}, "campaigns")
	if want := "campsync: CAMPSYNC_LIMIT: \"many\": must be a whole number, 0 or more\n"; got.code != 2 || got.stderr != want {
		t.Errorf("%+v", got)
	}
	got = run([]string{"CAMPSYNC_LIMT=3"}, "campaigns")
	if !strings.Contains(got.stderr, "CAMPSYNC_LIMT in the environment is no setting of campsync; did you mean CAMPSYNC_LIMIT?") {
		t.Errorf("%+v", got)
	}
	got = run([]string{"CAMPSYNC_CONFIG=gone.yaml"}, "campaigns")
	if got.code != 2 || !strings.HasPrefix(got.stderr, "campsync: reading the configuration: open gone.yaml:") {
		t.Errorf("%+v", got)
	}
}

func TestFlagsThatDoNotFit(t *testing.T) {
	inFolder(t, nil)
	for args, want := range map[string]string{
		"--rate fast":        `--rate "fast": must be auto or a number of requests a second, such as 20 or 0.5 (at least 0.05; 0: no limit of our own)`,
		"--rate 0.01":        `--rate "0.01": must be auto`,
		"--rate=-1":          `--rate "-1": must be auto`,
		"--max-errors 5%%":   `--max-errors "5%%": must be a number such as 100, or a share such as 5%`,
		"--max-errors 101%":  `--max-errors "101%": must be`,
		"--max-errors 1.5":   `--max-errors "1.5": must be`,
		"--timeout 0s":       `--timeout 0s: must be more than nothing`,
		"--settle=-1s":       `--settle -1s: must be`,
		"--concurrency 5000": `--concurrency: at most 1024`,
		"--region GBR":       `--region "GBR": must be a country's two letters (ISO 3166-1), such as GB`,
		"--duplicates frist": `--duplicates "frist": must be first, last or error; did you mean first?`,
		"--record-type=":     `must not be empty`,
	} {
		if _, _, stderr := settings(t, nil, strings.Fields(args)...); !strings.Contains(stderr, want) {
			t.Errorf("%s: got %q, want %q", args, stderr, want)
		}
	}
}

func TestCaps(t *testing.T) {
	for text, want := range map[string]importer.Cap{
		"10":   {Set: true, Number: 10},
		"0":    {Set: true},
		"0.5%": {Set: true, Percent: 0.5},
		"100%": {Set: true, Percent: 100},
		"0%":   {Set: true},
	} {
		if got, err := cli.ParseCap(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", "NaN%", "1.5", "-1", "101%", "5 %", "ten"} {
		if got, err := cli.ParseCap(text); err == nil {
			t.Errorf("%q is taken as %+v", text, got)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"verify", "verify-all", "rate", "region"}
	for typed, want := range map[string]string{
		"verfy": "verify", "rat": "rate", "raet": "rate", "xyz": "", "ver": "verify", "": "", "regoin": "region", "r": "",
	} {
		if got := cli.Nearest(typed, words); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", typed, got, want)
		}
	}
}
