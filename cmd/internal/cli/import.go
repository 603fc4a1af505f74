package cli

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/report"
)

const importLong = `Creates an order for every row whose contact is not in the campaign, and
associates the records that the account has already. Orders that are there are
left alone, so that the same command can be given again at any time.

Nothing is sent before all files are read and the campaign is known. What is
sent is written down first: a run that was cut off goes on with campsync resume.`

func newImport(a *app) *cobra.Command {
	o := bringOptions{command: "import"}
	cmd := &cobra.Command{
		Use:   "import FILE... --campaign C",
		Short: "Bring the contacts of files into a campaign",
		Long:  importLong,
		Example: `  campsync import leads.csv --campaign Demo --sandbox
  campsync import week-*.csv --campaign "Spring follow-up" --mapping mapping.yaml
  crm export | campsync import - --campaign Renewals --region GB --rate 50`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, a, args) },
	}
	o.bind(cmd)
	bindDryRun(cmd, &o.dryRun)
	return cmd
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
func exitOf(t *report.Tally, v importer.Verification, state importer.State) Exit {
	codes := []Exit{ExitDone}
	if t.Outcomes[reconcile.Rejected]+t.Outcomes[reconcile.Failed]+t.Leftovers[reconcile.Failed]+t.Conflicts() > 0 {
		codes = append(codes, ExitPartial)
	}
	if t.Outcomes[reconcile.Ambiguous]+t.Leftovers[reconcile.Ambiguous] > 0 {
		codes = append(codes, ExitAmbiguous)
	}
	if v.Off() {
		codes = append(codes, ExitUnbalanced)
	}
	if state.Withheld != "" {
		codes = append(codes, ExitGuard)
	}
	slices.Sort(codes)
	return Worst(codes...)
}
