package cli_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/campsync/campsync/cmd/internal/cli"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// result is what a run of the command line gives.
type result struct {
	code           int
	stdout, stderr string
}

// run runs the command line in the current folder. env are NAME=value.
func run(env []string, args ...string) result {
	var stdout, stderr bytes.Buffer
	code := cli.Main(context.Background(), cli.Process{
		Args: args, Env: env, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
	})
	return result{code, stdout.String(), stderr.String()}
}

// inFolder works in a new folder that has these files.
func inFolder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUsageFaults(t *testing.T) {
	inFolder(t, nil)
	for _, test := range []struct {
		args, stderr string
	}{
		{"campaing", "campsync: \"campaing\" is no command of campsync; did you mean campaigns?\n  campsync --help shows how it is used\n"},
		{"camps", "campsync: \"camps\" is no command of campsync\n  campsync --help shows how it is used\n"},
		{"orders lst", "campsync: \"lst\" is no command of campsync orders; did you mean list?\n  campsync orders --help shows how it is used\n"},
		{"campaigns --serch x", "campsync: campsync campaigns has no flag --serch; did you mean --search?\n  campsync campaigns --help shows how it is used\n"},
		{"campaigns -z", "campsync: unknown shorthand flag: 'z' in -z\n  campsync campaigns --help shows how it is used\n"},
		{"campaigns --search", "campsync: --search needs a value\n  campsync campaigns --help shows how it is used\n"},
		{"campaigns --limit=-1", "campsync: --limit \"-1\": must be a whole number, 0 or more\n  campsync campaigns --help shows how it is used\n"},
		{"campaigns x", "campsync: campsync campaigns does not take \"x\"\n  campsync campaigns --help shows how it is used\n"},
		{"campaigns --log-level loud", "campsync: --log-level \"loud\": must be warn, error, info or debug\n  campsync campaigns --help shows how it is used\n"},
		{"campaigns --db x.db", "campsync: --db is the file of a sandbox\n  add --sandbox\n"},
		{"completion bahs", "campsync: \"bahs\" is no shell that is known here: bash, zsh, fish or powershell; did you mean bash?\n"},
		{"completion", "campsync: campsync completion needs the name of a shell: bash, zsh, fish or powershell\n  campsync completion --help shows how it is used\n"},
		{"orders list --sandbox", "campsync: which campaign? name it with --campaign NAME (or CAMPSYNC_CAMPAIGN, or campaign: in campsync.yaml)\n  campsync campaigns lists them\n"},
		{"sandbox --addr nowhere", "campsync: --addr \"nowhere\": must be a host and a port, such as 127.0.0.1:8787\n"},
		{"campaigns --token secret", "campsync: a token on the command line can be read by every user of this host; set CAMPSYNC_TOKEN or use --token-file\n  campsync campaigns --help shows how it is used\n"},
	} {
		got := run(nil, strings.Fields(test.args)...)
		if want := (result{2, "", test.stderr}); got != want {
			t.Errorf("campsync %s\ngot  %+v\nwant %+v", test.args, got, want)
		}
	}
}

func TestHelp(t *testing.T) {
	inFolder(t, map[string]string{"campsync.yaml": "broken: ["})
	for _, args := range []string{"", "--help", "help"} {
		got := run(nil, strings.Fields(args)...)
		if got.code != 0 || got.stderr != "" || !strings.Contains(got.stdout, "130, 143  interrupted\n") {
			t.Errorf("campsync %s: %+v", args, got)
		}
	}
	got := run(nil, "orders", "list", "--help")
	if got.code != 0 || got.stderr != "" || strings.Contains(got.stdout, "Exit codes") || !strings.Contains(got.stdout, "--search TEXT") {
		t.Errorf("%+v", got)
	}
	got = run(nil, "version")
	if got.code != 0 || got.stderr != "" || !strings.HasPrefix(got.stdout, "campsync ") {
		t.Errorf("%+v", got)
	}
}

func TestErrorsAsJSON(t *testing.T) {
	inFolder(t, nil)
	got := run(nil, "campaigns", "--log-format", "json")
	if got.code != 4 || !strings.Contains(got.stderr, `"level":"ERROR","msg":"there is no API token"`) ||
		!strings.Contains(got.stderr, `"exitCode":4}`) || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("%+v", got)
	}
}

func TestPanicsAreReported(t *testing.T) {
	inFolder(t, nil)
	var stdout, stderr bytes.Buffer
	code := cli.MainWith(cli.Process{Args: []string{"try"}, Stdout: &stdout, Stderr: &stderr},
		func(context.Context, context.Context) error { panic("oh\x1b[2J") })
	text := stderr.String()
	if code != 1 || !strings.HasPrefix(text, "campsync: internal error: oh\\x1b[2J\n") || !strings.Contains(text, "app.go") {
		t.Errorf("exit code %d, %s", code, text)
	}
}
