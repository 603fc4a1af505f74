package importer_test

import (
	"fmt"
	"testing"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// TestRequests is the table of how many requests a run may cost: one for each
// row that is made, two with settings, a hundredth for one that is associated,
// none for one that is there, and the pages that it takes to know.
func TestRequests(t *testing.T) {
	t.Parallel()
	const settings = "version: 1\ncolumns:\n  phoneNumber: phone\n  order.instructions: company\n"
	tests := []struct {
		name                   string
		orders, records, rows  int // numbers from 0: orders first, records behind them, rows from the first
		mapping                string
		change                 func(*importer.Runner)
		lists, creates, others int64 // others: associations and updates
	}{
		{name: "10 new rows, empty campaign", rows: 10, lists: 3, creates: 10},
		{name: "250 new rows, empty campaign", rows: 250, lists: 1 + 1 + 3, creates: 250},
		{name: "250 new rows, nothing to associate", rows: 250, change: func(r *importer.Runner) { r.Policy.Associate = reconcile.AssociateNever }, lists: 1 + 3, creates: 250},
		{name: "250 new rows, not verified", rows: 250, change: func(r *importer.Runner) { r.Verify = importer.VerifyNone }, lists: 1 + 1, creates: 250},
		{name: "40 rows with settings", rows: 40, mapping: settings, lists: 3, creates: 40, others: 40},
		{name: "250 known records", records: 250, rows: 250, lists: 1 + 3 + 3, others: 3},
		{name: "250 rows that are there", orders: 250, rows: 250, lists: 3 + 1},
		{name: "250 there, 50 more", orders: 250, rows: 300, lists: 3 + 3 + 3, creates: 50},
		{name: "3 rows of a large campaign, all there", orders: 1500, rows: 3, lists: 1 + 3 + 1},
		{name: "1 new row for a large campaign", orders: 1500, rows: 1501, change: func(r *importer.Runner) { r.Policy.Associate = reconcile.AssociateNever }, lists: 15 + 1 + 1, creates: 1},
		{name: "planned at once", rows: 20, change: func(r *importer.Runner) { r.Policy.Status = client.StatusPlanned }, lists: 3, creates: 20},
		{name: "known records to be planned", records: 20, rows: 20, change: func(r *importer.Runner) { r.Policy.Status = client.StatusPlanned }, lists: 3, others: 1 + 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, sandbox.Config{})
			for i := range tt.orders {
				w.addOrder(number(i), "registered")
			}
			for i := range tt.records {
				_, err := w.server.AddRecord(sandbox.Record{PhoneNumber: number(tt.orders + i), RecordTypeUUID: w.campaign.RecordTypeUUID})
				must(t, err)
			}
			got := w.run(w.runner([]file{contacts(tt.rows)}, tt.mapping, tt.change), "run")
			must(t, got.err)
			journal, err := w.server.Journal(0)
			must(t, err)
			creates := int64(0)
			for _, c := range journal {
				if c.Action == sandbox.ActionCreate {
					creates++
				}
			}
			total, writes := w.gate.Stats().Requests, w.writes.Load()
			have := fmt.Sprintf("%d lists, %d creates, %d others", total-writes, creates, writes-creates)
			if want := fmt.Sprintf("%d lists, %d creates, %d others", tt.lists, tt.creates, tt.others); have != want {
				t.Errorf("%s; want %s", have, want)
			}
		})
	}
}
