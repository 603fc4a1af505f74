package cli

import (
	"context"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client"
)

func newOrders(a *app) *cobra.Command {
	orders := group(&cobra.Command{Use: "orders", Short: "Work with a campaign's orders"})
	orders.AddCommand(newOrdersList(a), newOrdersExport(a), newOrdersUpdate(a), newOrdersRemove(a))
	return orders
}

// orderSelection are the flags that pick orders out of a campaign.
type orderSelection struct {
	campaign string
	search   string
	status   string
	limit    count
}

func (o *orderSelection) bind(cmd *cobra.Command) {
	o.bindWhich(cmd)
	cmd.Flags().Var(&o.limit, "limit", "at most N orders (0: all)")
}

// bindWhich binds those that say which orders are meant.
func (o *orderSelection) bindWhich(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&o.campaign, "campaign", "c", "", "`NAME` or UUID of the campaign")
	fs.StringVar(&o.search, "search", "", "only orders with this `TEXT` in their name or number")
	fs.StringVar(&o.status, "status", "", "only orders with this `STATUS`, such as planned or do-not-call")
}

func (o *orderSelection) hasStatus(s client.Status) bool {
	want := client.Status(o.status)
	return want == "" || s == want || want.DoNotCall() && s.DoNotCall()
}

// found reports whether a search finds a record: in its name or its number,
// whatever the case.
func (o *orderSelection) found(rec *client.Record) bool {
	text := strings.ToLower(o.search)
	return strings.Contains(strings.ToLower(rec.Name), text) || strings.Contains(strings.ToLower(rec.PhoneNumber), text)
}

// picks reports whether the order is selected.
func (o *orderSelection) picks(order *client.Order) bool {
	return o.hasStatus(order.Status) && o.found(&order.Record)
}

// listedByServer reports whether lists can be filtered by a status (those that
// are documented); every other one is picked out here.
func listedByServer(s client.Status) bool {
	switch s {
	case "registered", "planned", "calling", "completed", "failed", "busy", "no-answer":
		return true
	}
	return false
}

// orders are those of the campaign that are selected. A server may let pass what
// it does not filter by, or find more than was asked for: each order is looked at.
func (o *orderSelection) orders(ctx context.Context, s *session, campaign string) iter.Seq2[client.Order, error] {
	query := client.OrderQuery{Search: o.search}
	want := client.Status(o.status)
	if listedByServer(want) {
		query.Status = want
	}
	return func(yield func(client.Order, error) bool) {
		for order, err := range s.Orders.All(ctx, campaign, query) {
			if err == nil && !o.picks(&order) {
				continue
			}
			if !yield(order, err) {
				return
			}
		}
	}
}
