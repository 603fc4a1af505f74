package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/cmd/internal/term"
)

type campaignsOptions struct {
	query client.CampaignQuery
	limit count
}

func newCampaigns(a *app) *cobra.Command {
	var o campaignsOptions
	cmd := &cobra.Command{
		Use:   "campaigns",
		Short: "List the campaigns that the token can see",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	cmd.Flags().StringVar(&o.query.Search, "search", "", "only those with this `TEXT` in their name")
	cmd.Flags().StringVar(&o.query.Status, "status", "", "only those with this `STATUS`: draft, active, paused, completed, archived")
	cmd.Flags().Var(&o.limit, "limit", "at most N of them (0: all)")
	return cmd
}

func (o *campaignsOptions) run(ctx context.Context, a *app) (err error) {
	s, err := a.connect(connection{})
	if err != nil {
		return err
	}
	defer s.closeInto(&err)
	campaigns := limited(s.Campaigns.All(ctx, o.query), o.limit)
	if a.global.json {
		return writeJSONList(a.out, "campaigns", campaigns)
	}
	table := term.NewTable(a.out, 0, "NAME", "STATUS", "TYPE", "TIME ZONE", "UUID")
	for c, err := range campaigns {
		if err != nil {
			return err
		}
		if err := table.Row(c.Name, c.Status, c.Type, c.Timezone, c.UUID); err != nil {
			return err
		}
	}
	return table.Close()
}
