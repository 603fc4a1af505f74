package clienttest_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/dlclark/regexp2"
	"go.uber.org/goleak"

	"github.com/campsync/campsync/client/clienttest"
	"github.com/campsync/campsync/client/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(tests{m}) }

// tests stops the clock by which the sandbox's patterns time out before leaks
// are looked for.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer regexp2.StopTimeoutClock()
	return t.M.Run()
}

func TestSandbox(t *testing.T) {
	for name, config := range map[string]sandbox.Config{
		"memory":          {},
		"file":            {Path: filepath.Join(t.TempDir(), "sandbox.db")},
		"newest first":    {NewestFirst: true},
		"partial records": {PartialRecords: true},
		"lag":             {Faults: sandbox.Faults{Lag: 10 * time.Millisecond}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, config)
			server := httptest.NewServer(s.Handler())
			defer server.Close()
			clienttest.Run(t, clienttest.Target{
				BaseURL: server.URL + sandbox.BasePath, Token: sandbox.DefaultToken, Campaign: "Demo",
				Lag: 500 * config.Faults.Lag,
			})
			orders, err := s.Orders(s.Campaigns()[0].UUID)
			records, recordsErr := s.Records()
			if err != nil || recordsErr != nil || len(orders) != 0 || len(records) != 0 {
				t.Errorf("left behind: %v %v, %v %v", orders, records, err, recordsErr)
			}
		})
	}
}

func open(t *testing.T, config sandbox.Config) *sandbox.Server {
	t.Helper()
	s, err := sandbox.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestEnvironment runs the suite against the server that the environment names.
func TestEnvironment(t *testing.T) {
	target, named, err := clienttest.FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	if !named {
		t.Skip("CAMPSYNC_TEST_URL, CAMPSYNC_TEST_TOKEN and CAMPSYNC_TEST_CAMPAIGN name no server")
	}
	clienttest.Run(t, target)
}
