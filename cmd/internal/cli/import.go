package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
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
	ctx, cancel := o.send.limited(ctx)
	defer cancel()
	defer func() { err = outOfTime(ctx, err) }()
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
	h, err := a.holdCampaign(ctx, s, campaign, &o.send.connectOptions)
	if err != nil || h == nil {
		return err
	}
	defer h.closeInto(&err)
	send, err := o.send.plan()
	if err != nil {
		return err
	}
	return h.importFiles(ctx, paths, &o.read, send)
}

// importFiles begins an import.
func (h *held) importFiles(ctx context.Context, paths []string, read *readOptions, send sendPlan) error {
	rt, err := read.recordTypeOf(ctx, h.session, h.campaign.RecordTypeUUID)
	if err != nil {
		return err
	}
	contacts, err := read.openContacts(paths, rt, h.campaign.Timezone)
	if err != nil {
		return err
	}
	contacts.sends = true
	plan := runPlan{
		Command: "import", Identity: contacts.identity(), SharedNumbers: contacts.sharedNumbers(), Region: contacts.region(), Send: send,
	}
	if plan.Read, err = read.plan(); err != nil {
		return err
	}
	if plan.Files, err = absolute(paths); err != nil {
		return err
	}
	if plan.Read.Mapping != "" {
		if plan.MappingSHA256, err = fileSum(plan.Read.Mapping); err != nil {
			return usageError("", fmt.Errorf("reading the mapping: %w", err))
		}
	}
	return h.begin(ctx, plan, contacts)
}

// absolute are paths that mean the same in every folder.
func absolute(paths []string) ([]string, error) {
	all := make([]string, 0, len(paths))
	for _, path := range paths {
		if path != stdinName {
			var err error
			if path, err = filepath.Abs(path); err != nil {
				return nil, err
			}
		}
		all = append(all, path)
	}
	return all, nil
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
