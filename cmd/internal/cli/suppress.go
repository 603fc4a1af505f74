package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"
)

const suppressLong = `Takes the numbers of files out of what a campaign still has to call: their orders
are canceled, which keeps them for history and keeps a later import from making
them anew, or removed (--by remove). Orders that must not be touched never are:
those were called, or are Do Not Call already.

Files are read as --suppress reads them: any format, any column that holds
numbers, and a row without one is an error, as nobody on the list may be passed
over.`

// suppressOptions are the flags of suppress.
type suppressOptions struct {
	connectOptions
	campaign  string
	region    string
	campaigns texts
	by        choice
	settle    settling
	dryRun    bool
}

func newSuppress(a *app) *cobra.Command {
	var o suppressOptions
	cmd := &cobra.Command{
		Use:   "suppress FILE... --campaign C",
		Short: "Take numbers that must not be called out of a campaign",
		Long:  suppressLong,
		Example: `  campsync suppress optouts.csv --campaign Renewals
  campsync suppress dnc.xlsx --campaign Renewals --by remove --dry-run`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, a, args) },
	}
	o.connectOptions.bind(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&o.campaign, "campaign", "c", "", "`NAME` or UUID of the campaign")
	fs.StringVar(&o.region, "region", "", "`CC`, the country of numbers that have none, such as GB")
	o.campaigns.kind = "CAMPAIGN"
	fs.Var(&o.campaigns, "suppress-campaign", "campaign whose Do-Not-Call orders are taken out too; may be given several times")
	bindChoice(cmd, fs, &o.by, "by", "cancel the calls and keep the orders for history, or remove them", "cancel", "remove")
	o.settle.bind(cmd)
	bindDryRun(cmd, &o.dryRun)
	return cmd
}

func (o *suppressOptions) run(cmd *cobra.Command, a *app, args []string) error {
	region, err := regionCode(o.region)
	if err := errors.Join(err, needCampaign(o.campaign), o.connectOptions.check(), o.settle.check()); err != nil {
		return err
	}
	plan := runPlan{
		Command: "suppress", Region: region, Bulk: &bulkPlan{Kind: prunes[o.by.value], Listed: true}, Send: o.settle.plan(),
	}
	plan.Send.SuppressCampaigns = o.campaigns.values
	if len(args) > 0 || len(o.campaigns.values) == 0 {
		if slices.Contains(args, stdinName) {
			return usageError("write it to a file first", errors.New("a suppression list cannot be read from stdin: a run that is gone on with reads it again"))
		}
		paths, err := expandFiles(cmd, args)
		if err != nil {
			return err
		}
		if plan.Send.Suppress, err = absolute(paths); err != nil {
			return err
		}
	}
	return a.working(cmd.Context(), &o.connectOptions, o.campaign, func(ctx context.Context, h *held) error {
		return h.begin(ctx, plan, nil, review{yes: true, show: o.dryRun})
	})
}
