package clienttest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/campsync/campsync/client/clienttest"
	"github.com/campsync/campsync/client/sandbox"
)

// A breakage makes a server of the sandbox that does one thing wrong.
type breakage struct {
	noticed string // by which test of the suite
	serve   func(api http.Handler, w http.ResponseWriter, r *http.Request)
}

func breakages() map[string]breakage {
	return map[string]breakage{
		"takes any token":  {"account", changedRequest(func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken) })},
		"searches nothing": {"search", changedQuery(func(q map[string][]string) { delete(q, "search") })},
		"filters nothing":  {"statuses", changedQuery(func(q map[string][]string) { delete(q, "status") })},
		"has one page only": {"paging", changedQuery(func(q map[string][]string) {
			if q["page"] != nil {
				q["page"] = []string{"1"}
			}
		})},
		"counts one more": {"paging", changedAnswer(func(body map[string]any) {
			if n, ok := body["total"].(float64); ok {
				body["total"] = n + 1
			}
		})},
		"plans at once": {"create", changedBody("POST", "/orders", func(body map[string]any) {
			if body["status"] == nil && body["record"] != nil {
				body["status"] = "planned"
			}
		})},
		"mends numbers": {"create_refused", changedBody("POST", "/orders", func(body map[string]any) {
			if record, ok := body["record"].(map[string]any); ok {
				number, _ := record["phoneNumber"].(string)
				record["phoneNumber"] = "+44" + strings.TrimPrefix(strings.TrimPrefix(strings.ReplaceAll(number, " ", ""), "+44"), "0")
			}
		})},
		"clears what is not given": {"update", changedBody("PATCH", "/orders/", func(body map[string]any) {
			for _, field := range []string{"scheduledTime", "price", "currencyCode", "instructions"} {
				body[field] = orNull(body[field])
			}
		})},
		"replaces parameters": {"records", changedBody("PATCH", "/records/", func(body map[string]any) {
			if parameters, ok := body["parameters"].(map[string]any); ok {
				for _, field := range []string{"company", "contact_person", "product", "notes"} {
					parameters[field] = orNull(parameters[field])
				}
			}
		})},
		"deletes the record with the order": {"remove", func(api http.Handler, w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete && strings.Contains(r.URL.Path, "/orders/") {
				deleteRecordOf(api, r)
				w.WriteHeader(http.StatusNoContent)
				return
			}
			api.ServeHTTP(w, r)
		}},
		"associates the first before it refuses": {"associate_refused", func(api http.Handler, w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/associate") {
				var body struct {
					RecordUuids []string `json:"recordUuids"`
				}
				text, _ := io.ReadAll(r.Body)
				_ = json.Unmarshal(text, &body)
				first, _ := json.Marshal(map[string]any{"recordUuids": body.RecordUuids[:1]})
				api.ServeHTTP(httptest.NewRecorder(), withBody(r, first))
				r = withBody(r, text)
			}
			api.ServeHTTP(w, r)
		}},
	}
}

// deleteRecordOf finds the record of the order that a request is about, and
// deletes it.
func deleteRecordOf(api http.Handler, r *http.Request) {
	orders, uuid := r.URL.Path[:strings.LastIndex(r.URL.Path, "/")], r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	ask := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		q := httptest.NewRequest(method, path, nil)
		q.Header = r.Header
		api.ServeHTTP(w, q)
		return w
	}
	var page struct{ Orders []sandbox.Order }
	_ = json.Unmarshal(ask("GET", orders+"?limit=100").Body.Bytes(), &page)
	for _, o := range page.Orders {
		if o.UUID == uuid {
			ask("DELETE", sandbox.BasePath+"/records/"+o.Record.UUID)
		}
	}
}

func withBody(r *http.Request, text []byte) *http.Request {
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return r
}

func changedRequest(change func(*http.Request)) func(http.Handler, http.ResponseWriter, *http.Request) {
	return func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		change(r)
		api.ServeHTTP(w, r)
	}
}

func changedQuery(change func(map[string][]string)) func(http.Handler, http.ResponseWriter, *http.Request) {
	return changedRequest(func(r *http.Request) {
		query := r.URL.Query()
		change(query)
		r.URL.RawQuery = query.Encode()
	})
}

func changedBody(method, path string, change func(map[string]any)) func(http.Handler, http.ResponseWriter, *http.Request) {
	return func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.Method == method && strings.Contains(r.URL.Path, path) {
			text, _ := io.ReadAll(r.Body)
			var body map[string]any
			if json.Unmarshal(text, &body) == nil {
				change(body)
				text, _ = json.Marshal(body)
			}
			r = withBody(r, text)
		}
		api.ServeHTTP(w, r)
	}
}

func changedAnswer(change func(map[string]any)) func(http.Handler, http.ResponseWriter, *http.Request) {
	return func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		text := answer.Body.Bytes()
		var body map[string]any
		if json.Unmarshal(text, &body) == nil {
			change(body)
			text, _ = json.Marshal(body)
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(text)
	}
}

const brokenBy = "CAMPSYNC_CLIENTTEST_BROKEN"

// TestBroken runs the suite against a broken server, for TestSuiteNotices.
func TestBroken(t *testing.T) {
	b, ok := breakages()[os.Getenv(brokenBy)]
	if !ok {
		t.Skip("run by TestSuiteNotices")
	}
	api := open(t, sandbox.Config{}).Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.serve(api, w, r) }))
	defer server.Close()
	clienttest.Run(t, clienttest.Target{BaseURL: server.URL + sandbox.BasePath, Token: sandbox.DefaultToken, Campaign: "Demo"})
}

// The suite fails where it should: each breakage is noticed by its test.
func TestSuiteNotices(t *testing.T) {
	if os.Getenv(brokenBy) != "" {
		t.Skip("this is the run of a broken server")
	}
	for name, b := range breakages() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBroken$", "-test.v")
			command.Env = append(os.Environ(), brokenBy+"="+name)
			output, err := command.CombinedOutput()
			if err == nil || !strings.Contains(string(output), "--- FAIL: TestBroken/"+b.noticed) {
				t.Errorf("not noticed by %q: %v\n%s", b.noticed, err, output)
			}
		})
	}
}

// orNull is the value of a field, or null where it was not given.
func orNull(value any) any { return value }
