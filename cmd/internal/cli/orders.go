package cli

import (
	"context"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/cmd/internal/term"
)

func newOrders(a *app) *cobra.Command {
	orders := group(&cobra.Command{Use: "orders", Short: "Work with a campaign's orders"})
	orders.AddCommand(newOrdersList(a), newOrdersUpdate(a), newOrdersRemove(a))
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

func newOrdersList(a *app) *cobra.Command {
	var o orderSelection
	cmd := &cobra.Command{
		Use:   "list --campaign C",
		Short: "List the orders of a campaign",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return o.list(cmd.Context(), a) },
	}
	o.bind(cmd)
	return cmd
}

func (o *orderSelection) list(ctx context.Context, a *app) (err error) {
	if err := needCampaign(o.campaign); err != nil {
		return err
	}
	s, err := a.connect(connection{})
	if err != nil {
		return err
	}
	defer s.closeInto(&err)
	campaign, err := s.campaign(ctx, o.campaign)
	if err != nil {
		return err
	}
	orders := limited(o.orders(ctx, s, campaign.UUID), o.limit)
	if a.global.json {
		return writeJSONList(a, "orders", orders)
	}
	table := term.NewTable(a.out, 1, "NUMBER", "NAME", "STATUS", "TIME", "UUID")
	for order, err := range orders {
		if err != nil {
			return err
		}
		if err := table.Row(order.Record.PhoneNumber, order.Record.Name, order.Status.Label(), scheduledAt(order), order.UUID); err != nil {
			return err
		}
	}
	return table.Close()
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

// orders are those of the campaign that are selected. A server may not know a
// status that it does not filter by, or let it pass: each order is looked at.
func (o *orderSelection) orders(ctx context.Context, s *session, campaign string) iter.Seq2[client.Order, error] {
	query := client.OrderQuery{Search: o.search}
	want := client.Status(o.status)
	if listedByServer(want) {
		query.Status = want
	}
	return func(yield func(client.Order, error) bool) {
		for order, err := range s.Orders.All(ctx, campaign, query) {
			if err == nil && want != "" && order.Status != want && !(want.DoNotCall() && order.Status.DoNotCall()) {
				continue
			}
			if !yield(order, err) {
				return
			}
		}
	}
}

// scheduledAt is an order's time in the zone in which it was meant.
func scheduledAt(o client.Order) string {
	if o.ScheduledTime == nil {
		return ""
	}
	zone, err := time.LoadLocation(o.ScheduledTimeTimezone) // "" is UTC
	if err != nil {
		zone = time.UTC
	}
	return o.ScheduledTime.In(zone).Format("2006-01-02 15:04 ") + zone.String()
}
