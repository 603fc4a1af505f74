package cli

import "github.com/spf13/cobra"

const syncLong = `Brings the campaign to what the files say: creates and associates what is
missing as import does, and updates what differs, order settings and record
fields alike, with only the fields that differ. A row of which nothing differs
costs no request.

A value that somebody has changed at the server since it was last applied is a
conflict: it is left, and the row says so (--conflict). With --prune, orders that
no file has any more are taken out. Orders that must not be touched never are.`

func newSync(a *app) *cobra.Command {
	o := bringOptions{command: "sync", update: true}
	cmd := &cobra.Command{
		Use:   "sync FILE... --campaign C",
		Short: "Bring a campaign to what files say",
		Long:  syncLong,
		Example: `  campsync sync leads.csv --campaign Demo --sandbox --dry-run
  campsync sync nightly.csv --campaign Renewals --mapping mapping.yaml --prune=cancel --yes
  campsync sync crm.csv --campaign Renewals --conflict file --conflict email=server`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, a, args) },
	}
	o.bind(cmd)
	o.bindUpdate(cmd)
	bindDryRun(cmd, &o.dryRun)
	return cmd
}
