package sandbox_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
)

// BenchmarkCreate measures creates a second over loopback, beside those of a
// handler that reads the body and answers one of the same size.
func BenchmarkCreate(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		answer := []byte(strings.Repeat("x", 900))
		benchmarkCreates(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write(answer)
		}), "/")
	})
	for name, path := range map[string]string{"memory": "", "file": filepath.Join(b.TempDir(), "sandbox.db")} {
		b.Run(name, func(b *testing.B) {
			s, a := open(b, sandbox.Config{Path: path})
			benchmarkCreates(b, a.handler, sandbox.BasePath+ordersPath(demo(b, s)))
		})
	}
}

func benchmarkCreates(b *testing.B, handler http.Handler, path string) {
	server := httptest.NewServer(handler)
	defer server.Close()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	var n atomic.Int64
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := int(n.Add(1))
			body := fmt.Sprintf(`{"status":"planned","record":{"firstName":"Ada","lastName":"Lovelace %d","email":"ada%d@example.com",`+
				`"phoneNumber":%q,"country":"GB","parameters":{"company":"Engines Ltd","donation":12.5,"newsletter":true,"tier":"gold"}}}`, i, i, number(i))
			r, _ := http.NewRequest(http.MethodPost, server.URL+path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
			r.Header.Set("Content-Type", "application/json")
			response, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode != http.StatusCreated {
				b.Errorf("status %d", response.StatusCode)
				return
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "creates/s")
}

// BenchmarkList reads a campaign of 100,000 orders in pages of 100.
func BenchmarkList(b *testing.B) {
	a, campaign := filled(b)
	for _, query := range []string{"", "&status=planned"} {
		b.Run("all"+query, func(b *testing.B) {
			for b.Loop() {
				for page, seen := 1, 0; ; page++ {
					p := decode[orderPage](a.want(200, "GET", fmt.Sprintf("%s?limit=100&page=%d%s", ordersPath(campaign), page, query), nil), b)
					if seen += len(p.Orders); len(p.Orders) == 0 {
						if seen != p.Total {
							b.Fatalf("%d of %d", seen, p.Total)
						}
						break
					}
				}
			}
		})
	}
	for name, search := range map[string]string{"number": "%2B447900050000", "digits": "447900050000", "name": "nobody"} {
		b.Run("search "+name, func(b *testing.B) {
			for b.Loop() {
				a.want(200, "GET", ordersPath(campaign)+"?search="+search, nil)
			}
		})
	}
}

func filled(b *testing.B) (api, string) {
	s, a := open(b, sandbox.Config{})
	campaign := demo(b, s)
	for i := range 100_000 {
		status := "registered"
		if i%10 == 0 {
			status = "planned"
		}
		if _, err := s.AddOrder(sandbox.Order{CampaignUUID: campaign, Status: status, Record: sandbox.Record{PhoneNumber: number(i)}}); err != nil {
			b.Fatal(err)
		}
	}
	return a, campaign
}
