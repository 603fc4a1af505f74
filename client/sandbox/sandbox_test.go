package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
)

// api asks a sandbox in the process.
type api struct {
	t       testing.TB
	handler http.Handler
	token   string
}

// open makes a sandbox in memory that is closed with the test.
func open(t testing.TB, config sandbox.Config) (*sandbox.Server, api) {
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
	return s, api{t, s.Handler(), sandbox.DefaultToken}
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a api) send(method, path, contentType string, body io.Reader) answer {
	a.t.Helper()
	r := httptest.NewRequest(method, sandbox.BasePath+path, body)
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return record(a.handler, r)
}

// ask sends a body (a string is sent as it is, nil is none).
func (a api) ask(method, path string, body any) answer {
	a.t.Helper()
	switch body := body.(type) {
	case nil:
		return a.send(method, path, "", nil)
	case string:
		return a.send(method, path, "application/json", bytes.NewReader([]byte(body)))
	}
	text, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.send(method, path, "application/json", bytes.NewReader(text))
}

// want asks, and fails the test unless the status is the one that is wanted.
func (a api) want(status int, method, path string, body any) answer {
	a.t.Helper()
	got := a.ask(method, path, body)
	if got.status != status {
		a.t.Fatalf("%s %s %v: %d %s; want %d", method, path, body, got.status, got.body, status)
	}
	return got
}

func decode[T any](a answer, t testing.TB) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return v
}

// demo is the UUID of the campaign that a new sandbox has.
func demo(t testing.TB, s *sandbox.Server) string {
	t.Helper()
	campaigns := s.Campaigns()
	if len(campaigns) != 1 || campaigns[0].Name != "Demo" {
		t.Fatalf("campaigns %+v; want Demo alone", campaigns)
	}
	return campaigns[0].UUID
}

func ordersPath(campaign string) string { return "/campaigns/" + campaign + "/orders" }

func number(i int) string { return fmt.Sprintf("+4479%08d", i) }

func record(handler http.Handler, r *http.Request) answer {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}
