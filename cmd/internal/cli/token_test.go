package cli_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
)

// canary is a token that must be found nowhere.
const canary = "canary-7f3a9c-canary"

// server serves a sandbox whose token is the canary.
func server(t *testing.T, tokens ...sandbox.Token) *httptest.Server {
	t.Helper()
	s, err := sandbox.Open(context.Background(), sandbox.Config{Tokens: tokens})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		api.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return api
}

func TestWhereTheTokenComesFrom(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no mode there")
	}
	inFolder(t, map[string]string{
		"one":           canary + "\n",
		"two":           "another",
		"open":          canary,
		"empty":         " \n",
		"long":          strings.Repeat("x", 20000),
		"lines":         canary + "\n" + canary,
		"campsync.yaml": "tokenFile: one",
	})
	if err := os.Chmod("open", 0o640); err != nil {
		t.Fatal(err)
	}
	api := server(t, sandbox.Token{Value: canary, Permissions: []string{"campaigns:read"}})
	base := "CAMPSYNC_BASE_URL=" + api.URL + sandbox.BasePath
	for _, test := range []struct {
		name string
		env  []string
		args string
		code int
		want string // in what is said
	}{
		{"configuration", nil, "", 0, "from one\n"},
		{"variable before configuration", []string{"CAMPSYNC_TOKEN=" + canary}, "", 0, "from CAMPSYNC_TOKEN\n"},
		{"flag before variable", []string{"CAMPSYNC_TOKEN=wrong"}, "--token-file one", 0, "from one\n"},
		{"variable before the other variable", []string{"CAMPSYNC_TOKEN=" + canary, "CAMPSYNC_TOKEN_FILE=two"}, "", 0, "from CAMPSYNC_TOKEN\n"},
		{"refused", nil, "--token-file two", 4, "campsync: token from two, at "},
		{"others may read it", nil, "--token-file open", 2, "token file open (--token-file): others may read or change it (mode 0640); run: chmod 600 open\n"},
		{"not there", nil, "--token-file gone", 2, "token file gone (--token-file): no such file or directory\n"},
		{"empty", nil, "--token-file empty", 2, "token file empty (--token-file): it is empty\n"},
		{"too long", nil, "--token-file long", 2, "token file long (--token-file): it is too long for a token\n"},
		{"two lines", nil, "--token-file lines", 2, "campsync: the token holds"},
		{"a folder", nil, "--token-file .", 2, "token file . (--token-file): "},
	} {
		got := run(append(test.env, base), append([]string{"auth", "status"}, strings.Fields(test.args)...)...)
		said := got.stdout + got.stderr
		if got.code != test.code || !strings.Contains(said, test.want) {
			t.Errorf("%s: %+v", test.name, got)
		}
		if strings.Contains(said, canary) {
			t.Errorf("%s: the token is shown: %s", test.name, said)
		}
	}
}

func TestNoToken(t *testing.T) {
	inFolder(t, nil)
	got := run(nil, "auth", "status")
	want := result{4, "", "campsync: there is no API token\n" +
		"  set CAMPSYNC_TOKEN, or name a file with --token-file; --sandbox tries things out with no account\n"}
	if got != want {
		t.Errorf("%+v", got)
	}
}

// A server, or a proxy before it, may echo what it was sent.
func TestAnEchoedTokenIsNotShown(t *testing.T) {
	inFolder(t, nil)
	for _, status := range []int{200, 301, 400, 401, 403, 404, 418, 422} {
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://example.com/?"+r.Header.Get("Authorization"))
			w.WriteHeader(status)
			echo := r.Header.Get("Authorization")
			_, _ = io.WriteString(w, strings.ReplaceAll(`{"message": "you sent ECHO", "user": {"uuid": "1", "name": "ECHO"},
				"campaigns": [{"uuid": "2", "name": "ECHO"}], "total": 1, "page": 1, "limit": 100}`, "ECHO", echo))
		}))
		env := []string{"CAMPSYNC_TOKEN=" + canary, "CAMPSYNC_BASE_URL=" + api.URL}
		for _, args := range []string{"auth status", "campaigns", "campaigns --json", "orders list -c x --log-format json --log-level debug"} {
			got := run(env, strings.Fields(args)...)
			if strings.Contains(got.stdout+got.stderr, canary) {
				t.Errorf("HTTP %d, campsync %s: %+v", status, args, got)
			}
			if wantAuth := status == 401 || status == 403; wantAuth && got.code != 4 || !wantAuth && got.code == 4 {
				t.Errorf("HTTP %d, campsync %s: exit code %d", status, args, got.code)
			}
		}
		api.Close()
	}
}

func TestBaseURLs(t *testing.T) {
	inFolder(t, nil)
	for base, want := range map[string]string{
		"http://callcamp.ai/api":       "must begin with https",
		"https://user:pw@callcamp.ai/": "must hold no user or password",
		"ftp://callcamp.ai":            "must begin with https",
		"callcamp.ai":                  "is no address",
	} {
		got := run([]string{"CAMPSYNC_TOKEN=" + canary}, "campaigns", "--base-url", base)
		if got.code != 2 || !strings.Contains(got.stderr, want) || strings.Contains(got.stderr, "pw") {
			t.Errorf("%s: %+v", base, got)
		}
	}
}
