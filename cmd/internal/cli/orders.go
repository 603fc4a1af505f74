package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/cmd/internal/term"
)

func newOrders(a *app) *cobra.Command {
	orders := group(&cobra.Command{Use: "orders", Short: "Work with a campaign's orders"})
	orders.AddCommand(newOrdersList(a))
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
	fs := cmd.Flags()
	fs.StringVarP(&o.campaign, "campaign", "c", "", "`NAME` or UUID of the campaign")
	fs.StringVar(&o.search, "search", "", "only orders with this `TEXT` in their name or number")
	fs.StringVar(&o.status, "status", "", "only orders with this `STATUS`, such as planned or do-not-call")
	fs.Var(&o.limit, "limit", "at most N orders (0: all)")
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
	orders := limited(s.Orders.All(ctx, campaign.UUID, client.OrderQuery{Search: o.search, Status: client.Status(o.status)}), o.limit)
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
