package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
)

// Where the guard stops a run and the answer that is under way says that the
// token is refused, the exit code is that of the token.
func TestARefusedTokenGoesBeforeTheGuard(t *testing.T) {
	s, err := sandbox.Open(t.Context(), sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	handler := s.Handler()
	var writes atomic.Int32
	both, guarded := make(chan struct{}), make(chan struct{})
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			handler.ServeHTTP(w, r)
			return
		}
		if writes.Add(1) == 1 {
			<-both
			w.WriteHeader(http.StatusUnprocessableEntity)
			close(guarded)
			return
		}
		close(both)
		<-guarded
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer api.Close()
	inFolder(t, map[string]string{"leads.csv": "Name,Phone\nAnn,+447911123456\nBo,+447911123457\n"})
	got := run([]string{"CAMPSYNC_BASE_URL=" + api.URL + sandbox.BasePath, "CAMPSYNC_TOKEN=sandbox", "HOME=" + t.TempDir()},
		"import", "leads.csv", "--campaign", "Demo", "--max-errors", "0", "--concurrency", "2")
	if got.code != 4 || !strings.Contains(got.stderr, "401") {
		t.Errorf("%+v", got)
	}
}
