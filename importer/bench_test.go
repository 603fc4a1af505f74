package importer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/campsync/campsync/importer"
)

// bareServer does as little as a server of orders can: it counts them, and
// lists them a hundred at a time.
type bareServer struct {
	mu     sync.Mutex
	orders [][]byte
	n      atomic.Int64
}

func (s *bareServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		s.list(w, r)
		return
	}
	var body bytes.Buffer
	_, _ = body.ReadFrom(r.Body)
	n := s.n.Add(1)
	from := bytes.Index(body.Bytes(), []byte(`"+`))
	phone := body.Bytes()[from+1 : from+14]
	order := fmt.Appendf(nil, `{"uuid":"00000000-0000-7000-8000-%012d","status":"registered","record":{"uuid":"00000000-0000-7000-9000-%012d","name":"x","phoneNumber":"%s"}}`, n, n, phone)
	s.mu.Lock()
	s.orders = append(s.orders, order)
	s.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(order)
}

func (s *bareServer) list(w http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	name := "orders"
	if filepath.Base(r.URL.Path) == "records" {
		name, page = "records", 1<<20
	}
	s.mu.Lock()
	all := s.orders
	s.mu.Unlock()
	from := min((page-1)*100, len(all))
	items := bytes.Join(all[from:min(from+100, len(all))], []byte(","))
	_, _ = fmt.Fprintf(w, `{"%s":[%s],"total":%d,"page":%d,"limit":100}`, name, items, len(all), page)
}

// BenchmarkImport imports rows into an empty campaign of a bare server, over
// loopback, ledger and verification included; the bare loop sends the same
// bodies to the same server and does nothing else. Both in one run: the
// machine's speed drops out of the ratio.
func BenchmarkImport(b *testing.B) {
	const rows = 20_000
	files := []file{contacts(rows)}
	for b.Loop() {
		b.StopTimer()
		bare := bareRate(b, rows)
		server := httptest.NewServer(&bareServer{})
		w := &world{t: b, writes: new(atomic.Int64), ledger: filepath.Join(b.TempDir(), "ledger.db"), url: server.URL}
		w.campaign.UUID, w.campaign.RecordTypeUUID = "c", "t"
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 64
		w.connect(transport)
		before := b.Elapsed()
		b.StartTimer()
		must(b, w.run(w.runner(files, "", func(r *importer.Runner) { r.Workers = 64 }), "create").err)
		b.StopTimer()
		created := rows / (b.Elapsed() - before).Seconds()
		b.ReportMetric(created, "rows/s")
		b.ReportMetric(bare, "bare-POST/s")
		b.ReportMetric(created/bare, "of-bare")
		transport.CloseIdleConnections()
		server.Close()
		b.StartTimer()
	}
}

// bareRate is how many creates a second a bare loop makes.
func bareRate(b *testing.B, n int) float64 {
	server := httptest.NewServer(&bareServer{})
	defer server.Close()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var next atomic.Int64
	var group sync.WaitGroup
	began := b.Elapsed()
	b.StartTimer()
	for range 32 {
		group.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				body, _ := json.Marshal(map[string]any{"status": "registered", "record": map[string]string{"name": "Person", "phoneNumber": number(int(i))}})
				resp, err := client.Post(server.URL+"/campaigns/c/orders", "application/json", bytes.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
	group.Wait()
	b.StopTimer()
	return float64(n) / (b.Elapsed() - began).Seconds()
}
