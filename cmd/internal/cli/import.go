package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// importOptions are the flags of import.
type importOptions struct {
	read        readOptions
	send        sendOptions
	anyCampaign bool
}

const importLong = `Creates an order for every row whose contact is not in the campaign, and
associates the records that the account has already. Orders that are there are
left alone, so that the same command can be given again at any time.

Nothing is sent before all files are read and the campaign is known. What is
sent is written down first: a run that was cut off goes on with campsync resume.`

func newImport(a *app) *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE... --campaign C",
		Short: "Bring the contacts of files into a campaign",
		Long:  importLong,
		Example: `  campsync import leads.csv --campaign Demo --sandbox
  campsync import week-*.csv --campaign "Spring follow-up" --mapping mapping.yaml
  crm export | campsync import - --campaign Renewals --region GB --rate 50`,
		RunE: func(cmd *cobra.Command, args []string) error {
			paths, err := expandFiles(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), a, paths)
		},
	}
	o.read.bind(cmd)
	o.send.bind(cmd)
	cmd.Flags().BoolVar(&o.anyCampaign, "any-campaign", false, "also into a campaign that is archived, completed or takes only inbound calls")
	return cmd
}

func (o *importOptions) run(ctx context.Context, a *app, paths []string) (err error) {
	if err := errors.Join(o.read.check(), o.send.check(), needCampaign(o.read.campaign)); err != nil {
		return err
	}
	s, err := a.connect(o.send.connection())
	if err != nil {
		return err
	}
	defer s.closeInto(&err)
	campaign, err := s.campaign(ctx, o.read.campaign)
	if err != nil {
		return err
	}
	if err := callable(campaign, o.anyCampaign); err != nil {
		return err
	}
	rt, err := o.read.recordTypeOf(ctx, s, campaign.RecordTypeUUID)
	if err != nil {
		return err
	}
	contacts, err := o.read.openContacts(paths, rt, campaign.Timezone)
	if err != nil {
		return err
	}
	h, err := a.holdCampaign(ctx, s, campaign, &o.send.connectOptions)
	if err != nil || h == nil {
		return err
	}
	defer h.closeInto(&err)
	plan := runPlan{
		Command: "import", Files: paths, Identity: contacts.identity(), SharedNumbers: contacts.sharedNumbers(),
		Duplicates: o.read.duplicates.value, Limit: int64(o.read.limit), Region: o.read.region,
		Send: o.send.plan(),
	}
	if o.read.mapping != "" {
		if plan.Mapping, err = digestOf(string(o.read.mapping)); err != nil {
			return err
		}
	}
	return h.begin(ctx, plan, contacts)
}

// callable refuses a campaign in which nobody will be called.
func callable(c client.Campaign, anyway bool) error {
	reason := ""
	switch {
	case c.Status == "archived" || c.Status == "completed":
		reason = "is " + c.Status
	case c.Type == "inbound":
		reason = "takes inbound calls only"
	}
	if reason == "" || anyway {
		return nil
	}
	return usageError("campsync campaigns lists the others; --any-campaign goes on all the same",
		fmt.Errorf("campaign %q %s: nobody would be called", c.Name, reason))
}

// exitOf is the exit code of a run that came to its end.
func exitOf(outcomes map[importer.Outcome]int64, v importer.Verification) Exit {
	codes := []Exit{ExitDone}
	if outcomes[reconcile.Rejected]+outcomes[reconcile.Failed] > 0 {
		codes = append(codes, ExitPartial)
	}
	if outcomes[reconcile.Ambiguous] > 0 {
		codes = append(codes, ExitAmbiguous)
	}
	if v.Off() {
		codes = append(codes, ExitUnbalanced)
	}
	slices.Sort(codes)
	return Worst(codes...)
}
