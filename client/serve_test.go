package client_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/campsync/campsync/client"
)

var long = flag.Bool("long", false, "also run what takes minutes")

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // where net/http complains about the servers of these tests
	goleak.VerifyTestMain(m)
}

const (
	token    = "canary-3f9a51c07b6d4e28"
	campaign = "6f1c2b7e-8a57-4b7e-9d6c-0c9a6f1b2d3e"
	orderID  = "0d9e8f7a-1b2c-4d3e-8f90-a1b2c3d4e5f6"
	recordID = "5b3f2c1d-9e8a-4f7b-a6c5-d4e3f2a1b0c9"
)

// setup serves handler on a base path, as the API is, and gives a client of it.
func setup(t testing.TB, handler http.HandlerFunc, change ...func(*client.Config)) *client.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/base/api/", http.StripPrefix("/base/api", handler))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("request beside the base path: %s %s", r.Method, r.URL)
		http.NotFound(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return dial(t, server.URL+"/base/api", change...)
}

func dial(t testing.TB, base string, change ...func(*client.Config)) *client.Client {
	t.Helper()
	config := client.Config{BaseURL: base, Token: token}
	for _, f := range change {
		f(&config)
	}
	c, err := client.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// answer is a handler that always says the same.
func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// tripper answers without a network.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func always(status int, body string, header ...string) tripper {
	return func(*http.Request) (*http.Response, error) { return response(status, body, header...), nil }
}

func impatient(c *client.Config) { c.Patience = time.Nanosecond }

func create(c *client.Client) (client.Order, error) {
	return c.Orders.Create(context.Background(), campaign, client.OrderCreate{Record: json.RawMessage(`{"phoneNumber":"+447911123456"}`)})
}
