package sandbox_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a %b?c#d.db")
	first, err := sandbox.Open(t.Context(), sandbox.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Open(t.Context(), sandbox.Config{Path: path}); err == nil || !strings.Contains(err.Error(), "another sandbox") {
		t.Errorf("opened twice: %v", err)
	}
	campaign := demo(t, first)
	a := api{t, first.Handler(), sandbox.DefaultToken}
	for i := range 3 {
		a.want(201, "POST", ordersPath(campaign), fmt.Sprintf(`{"status":"planned","record":{"phoneNumber":%q}}`, number(i)))
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Orders(campaign); err == nil {
		t.Error("a closed sandbox answers")
	}
	if got := a.ask("POST", ordersPath(campaign), `{"record":{"phoneNumber":"+447911123456"}}`); got.status != 500 {
		t.Errorf("a closed sandbox answers %d", got.status)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 2 {
		t.Errorf("left behind: %v, %v; want the database and its lock", left, err)
	}
	if stat, err := os.Stat(path); err != nil || stat.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", stat.Mode(), err)
	}

	second, a := open(t, sandbox.Config{Path: path})
	if demo(t, second) != campaign {
		t.Error("the Demo was made again")
	}
	a.want(201, "POST", ordersPath(campaign), `{"record":{"phoneNumber":"+447911123456"}}`)
	p := decode[orderPage](a.want(200, "GET", ordersPath(campaign)+"?status=planned", nil), t)
	journal, err := second.Journal(2)
	if err != nil || p.Total != 3 || len(journal) != 2 || journal[1].Seq != 4 {
		t.Errorf("total %d, journal %+v, %v", p.Total, journal, err)
	}
}

func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	s, err := sandbox.Open(t.Context(), sandbox.Config{Path: "rehearsal.db"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if stat, err := os.Stat("rehearsal.db"); err != nil || stat.Size() == 0 {
		t.Errorf("%v, %v", stat, err)
	}
	if _, err := sandbox.Open(t.Context(), sandbox.Config{Path: "no/such/folder/a.db"}); err == nil || !strings.Contains(err.Error(), "no/such/folder/a.db") {
		t.Errorf("in a folder that is not there: %v", err)
	}
}

func TestForeignDatabase(t *testing.T) {
	dir := t.TempDir()
	for name, statement := range map[string]string{
		"of another program": "CREATE TABLE a (b)",
		"its format 99":      "PRAGMA application_id = 1667329392; PRAGMA user_version = 99; CREATE TABLE a (b)",
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := sandbox.Open(t.Context(), sandbox.Config{Path: path}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v; want %q", err, name)
		}
	}
	path := filepath.Join(dir, "text")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Open(t.Context(), sandbox.Config{Path: path}); err == nil {
		t.Error("a text file was opened")
	}
}

// A failure inside undoes what shares its transaction, and the counts hold.
func TestFailedTransaction(t *testing.T) {
	for _, path := range []string{"", filepath.Join(t.TempDir(), "sandbox.db")} {
		s, a := open(t, sandbox.Config{Path: path})
		campaign := demo(t, s)
		o, err := s.AddOrder(sandbox.Order{CampaignUUID: campaign, Record: sandbox.Record{PhoneNumber: number(0)}})
		if err != nil {
			t.Fatal(err)
		}
		o.Record = sandbox.Record{PhoneNumber: number(1)}
		if _, err := s.AddOrder(o); err == nil {
			t.Fatal("an order was added twice")
		}
		a.want(201, "POST", ordersPath(campaign), `{"record":{"phoneNumber":"+447911123456"}}`)
		orders := decode[orderPage](a.want(200, "GET", ordersPath(campaign), nil), t)
		records := decode[recordPage](a.want(200, "GET", "/records", nil), t)
		if orders.Total != 2 || len(orders.Orders) != 2 || records.Total != 2 || len(records.Records) != 2 {
			t.Errorf("%d of %d orders, %d of %d records; want 2", len(orders.Orders), orders.Total, len(records.Records), records.Total)
		}
	}
}

// Many writers and readers at once: everything that was answered is there, in
// the journal and in the lists.
func TestConcurrent(t *testing.T) {
	for _, path := range []string{"", filepath.Join(t.TempDir(), "sandbox.db")} {
		s, a := open(t, sandbox.Config{Path: path})
		campaign := demo(t, s)
		const workers, each = 8, 40
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				for i := range each {
					body := fmt.Sprintf(`{"record":{"phoneNumber":%q}}`, number(w*each+i))
					o := decode[sandbox.Order](a.ask("POST", ordersPath(campaign), body), t)
					switch i % 4 {
					case 0:
						a.ask("DELETE", ordersPath(campaign)+"/"+o.UUID, nil)
					case 1:
						a.ask("PATCH", ordersPath(campaign)+"/"+o.UUID, `{"status":"planned"}`)
					case 2:
						a.ask("GET", ordersPath(campaign)+"?limit=7&page=3", nil)
					}
				}
			})
		}
		wg.Wait()
		seen := map[string]bool{}
		for page := 1; page <= 3; page++ {
			p := decode[orderPage](a.want(200, "GET", fmt.Sprintf("%s?limit=100&page=%d", ordersPath(campaign), page), nil), t)
			if p.Total != workers*each*3/4 {
				t.Fatalf("total %d; want %d", p.Total, workers*each*3/4)
			}
			for _, o := range p.Orders {
				seen[o.UUID] = true
			}
		}
		planned := decode[orderPage](a.want(200, "GET", ordersPath(campaign)+"?status=planned", nil), t)
		journal, err := s.Journal(0)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range journal {
			switch c.Action {
			case sandbox.ActionRemove:
				if seen[c.Order] {
					t.Errorf("%s was removed, and is listed", c.Order)
				}
			case sandbox.ActionUpdate:
				if !seen[c.Order] {
					t.Errorf("%s is not listed", c.Order)
				}
			}
		}
		if len(seen) != workers*each*3/4 || planned.Total != workers*each/4 || len(journal) != workers*each*3/2 {
			t.Errorf("%d orders, %d planned, %d commits", len(seen), planned.Total, len(journal))
		}
	}
}

func TestListen(t *testing.T) {
	s, _ := open(t, sandbox.Config{})
	for _, addr := range []string{"", ":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:80", "127.0.0.1"} {
		if ln, err := s.Listen(addr); err == nil {
			ln.Close()
			t.Errorf("listens on %q", addr)
		}
	}
	if s.URL() != "" {
		t.Errorf("URL %q without a listener", s.URL())
	}
	everywhere, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context(), everywhere); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("serves %s: %v", everywhere.Addr(), err)
	}
}

func TestServe(t *testing.T) {
	s, _ := open(t, sandbox.Config{})
	ln, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if want := "http://" + ln.Addr().String() + "/api"; s.URL() != want {
		t.Errorf("URL %q; want %q", s.URL(), want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln) }()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/campaigns", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sandbox")
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || response.StatusCode != 200 || !strings.Contains(string(body), `"Demo"`) {
		t.Errorf("%d %s, %v", response.StatusCode, body, err)
	}
	cancel()
	if err := <-served; err != nil {
		t.Errorf("stopped with %v", err)
	}
	if err := s.Serve(t.Context(), ln); err == nil {
		t.Error("serves a listener that is closed")
	}
}

func TestEmpty(t *testing.T) {
	s, a := open(t, sandbox.Config{Empty: true})
	if len(s.Campaigns()) != 0 || a.want(200, "GET", "/record-types", nil).body != "[]" {
		t.Error("an empty sandbox is not")
	}
}
