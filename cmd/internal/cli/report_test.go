package cli_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/client/sandbox"
)

// folderOf are the files of a folder.
func folderOf(t *testing.T, path string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(path, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files
}

func writes(r *http.Request) bool { return r.Method == http.MethodPost }

// However a run has ended, its report made again is the one of then, as text,
// as JSON and as files.
func TestReportsAreMadeAgainAsTheyWere(t *testing.T) {
	var many strings.Builder
	many.WriteString("Name,Phone,E-mail,order.price\n")
	for i := range 60 {
		fmt.Fprintf(&many, "Ann %d,+4479111%05d,ann@example.com,%d\n", i, i, i)
	}
	files := map[string]string{
		"many.csv": many.String(),
		"bad.csv":  "Name,Phone\nAnn,+447911100000\n\"Bo, \"\"B\"\"\",12\nCy,'+447911123457\nDi,+447911123457\nEd,+447911123458\n",
		"stop.csv": "Number\n+447911123458\n",
		"only.csv": "Name,Phone\nBo,12\n",
		"less.csv": "Name,Phone\nAnn 0,+447911100000\nAnna,+447911100001\n",
	}
	for name, test := range map[string]struct {
		faults sandbox.Faults
		first  string // what is brought in before
		args   string // import, where no command is named
		code   int
	}{
		"done":       {args: "many.csv --verify full"},
		"rejected":   {args: "bad.csv many.csv --suppress stop.csv --verify none", code: 3},
		"all":        {args: "only.csv", code: 3},
		"ambiguous":  {faults: sandbox.Faults{CommitThenCut: 0.3, Lag: time.Hour, Seed: 3}, args: "many.csv --resend never --settle 0s --verify none", code: 7},
		"unbalanced": {faults: sandbox.Faults{Lag: time.Hour}, args: "many.csv --settle 0s", code: 9},
		"pruned":     {first: "many.csv", args: "sync less.csv --prune remove --max-removals 100% --yes --history off"},
		"guard":      {faults: sandbox.Faults{Status: map[int]float64{422: 0.5}, Match: writes, Seed: 5}, args: "bad.csv many.csv --max-errors 5", code: 5},
	} {
		t.Run(name, func(t *testing.T) {
			s, env, _ := serve(t, sandbox.Config{})
			if err := s.SetFaults(test.faults); err != nil {
				t.Fatal(err)
			}
			inFolder(t, files)
			if test.first != "" {
				if got := run(env, "import", test.first, "--campaign", "Demo", "--report-dir", "first", "-q"); got.code != 0 {
					t.Fatalf("%+v", got)
				}
			}
			command := strings.Fields(test.args)
			if strings.HasSuffix(command[0], ".csv") {
				command = append([]string{"import"}, command...)
			}
			then := run(env, append(command, "--campaign", "Demo", "--report-dir", "then", "-q")...)
			if then.code != test.code {
				t.Fatalf("exit code %d, want %d: %+v", then.code, test.code, then)
			}
			if got := run(env, "report", "-q"); got.code != 0 || got.stdout != then.stdout {
				t.Errorf("again: %s", cmp.Diff(then.stdout, got.stdout))
			}
			was := folderOf(t, "then")
			if got := run(env, "report", "--json"); got.code != 0 || got.stdout != was["report.json"] {
				t.Errorf("again: %s", cmp.Diff(was["report.json"], got.stdout))
			}
			if got := run(env, "report", strings.TrimSpace(was[".campsync-run"]), "--report-dir", "now", "-q"); got.code != 0 {
				t.Fatalf("%+v", got)
			}
			if diff := cmp.Diff(was, folderOf(t, "now")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
