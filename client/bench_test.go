package client_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/campsync/campsync/client"
)

const (
	benchRecord = `{"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","phoneNumber":"+447911123456","country":"GB","parameters":{"amount":12.5,"note":"x"}}`
	benchOrder  = `{"uuid":"` + orderID + `","campaignUuid":"` + campaign + `","status":"registered","scheduledTime":null,"scheduledTimeTimezone":null,"instructions":null,"record":{"uuid":"` + recordID + `","name":"Ada Lovelace",` +
		`"firstName":"Ada","lastName":"Lovelace","email":"ada@example.com","phoneNumber":"+447911123456","country":"GB","parameters":{"amount":12.5,"note":"x"},"createdAt":"2026-05-10T14:30:00Z","updatedAt":"2026-05-10T14:30:00Z"}}`
)

func benchServer(b *testing.B) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, benchOrder)
	}))
	b.Cleanup(server.Close)
	return server.URL
}

// BenchmarkCreate is what a create costs through the client, with the gate
// and everything; BenchmarkBare is the same by net/http alone.
func BenchmarkCreate(b *testing.B) {
	c := dial(b, benchServer(b))
	in := client.OrderCreate{Status: client.StatusRegistered, Record: json.RawMessage(benchRecord)}
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Orders.Create(b.Context(), campaign, in); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "creates/s")
}

func BenchmarkBare(b *testing.B) {
	address := benchServer(b) + "/campaigns/" + campaign + "/orders"
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer c.CloseIdleConnections()
	body := []byte(`{"status":"registered","record":` + benchRecord + `}`)
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			resp, err := c.Post(address, "application/json", bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "creates/s")
}

// BenchmarkDecodePage is reading one full page.
func BenchmarkDecodePage(b *testing.B) {
	page := `{"orders":[` + benchOrder
	for range 99 {
		page += "," + benchOrder
	}
	c := dial(b, "https://api.test", func(c *client.Config) { c.Transport = always(200, page+`],"total":100}`) })
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Orders.Page(b.Context(), campaign, client.OrderQuery{}, 1, 100); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*100)/b.Elapsed().Seconds(), "orders/s")
}
