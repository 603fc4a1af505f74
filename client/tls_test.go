package client_test

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/campsync/campsync/client"
)

// childBase is set in the environment of the process that TestTLS starts: it
// has to trust the test server before the system's certificates are read,
// which happens once in a process.
const childBase = "CLIENT_TEST_BASE"

// With a certificate that is trusted, the client's own transport speaks HTTP/2,
// and the failures are told apart on it as well.
func TestTLS(t *testing.T) {
	if base := os.Getenv(childBase); base != "" {
		overTLS(t, base)
		return
	}
	var writes atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("came by %s", r.Proto)
		}
		io.Copy(io.Discard, r.Body)
		if writes.Add(1) == 2 {
			panic(http.ErrAbortHandler) // resets the stream
		}
		answer(201, created)(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := filepath.Join(t.TempDir(), "roots.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(roots, text, 0o600); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestTLS$", "-test.count=1")
	child.Env = append(os.Environ(), childBase+"="+server.URL+"/base", "SSL_CERT_FILE="+roots, "SSL_CERT_DIR=/nonexistent")
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := writes.Load(); n != 3 {
		t.Errorf("%d writes arrived, want 3", n)
	}
}

func overTLS(t *testing.T, base string) {
	c := dial(t, base)
	for i, want := range []client.Decision{client.Done, client.Settle, client.Done} {
		if _, err := create(c); client.Decide(http.MethodPost, err) != want {
			t.Errorf("write %d: %v", i+1, err)
		}
	}
}
