package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/report"
)

const planLong = `Shows what sync would do, and with -o writes it down for campsync apply, which
does exactly that, or refuses where the files, the mapping or the orders that it
touches have changed since. Nothing is sent.

The file can be read: every change with what is there before and after it, and
why. It holds personal data, and can be read by nobody else.`

func newPlan(a *app) *cobra.Command {
	o := bringOptions{update: true}
	var look review
	var command choice
	cmd := &cobra.Command{
		Use:   "plan FILE... --campaign C -o plan.json",
		Short: "Show what sync would do, and write it down for apply",
		Long:  planLong,
		Example: `  campsync plan leads.csv --campaign Demo --sandbox
  campsync plan nightly.csv --campaign Renewals --prune=cancel -o plan.json && campsync apply plan.json
  campsync plan nightly.csv --campaign Renewals --exit-code -q`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if look.out == stdinName {
				return usageError("--json prints the plan", errors.New("-o names a file"))
			}
			if slices.Contains(args, stdinName) && look.out != "" {
				return usageError("write it to a file first", errors.New("a plan of stdin cannot be applied: it cannot be read again"))
			}
			o.command, o.update, look.show = command.value, command.value == "sync", true
			if !o.update && o.prunes() {
				return usageError("", errors.New("--prune belongs to a sync, and --command is import"))
			}
			return o.runWith(cmd, a, args, look)
		},
	}
	o.bind(cmd)
	o.bindUpdate(cmd)
	fs := cmd.Flags()
	fs.VarP(&look.out, "output", "o", "file to write the plan to")
	fs.BoolVar(&look.all, "all", false, "show every change, not only the first of each kind")
	fs.BoolVar(&look.exitCode, "exit-code", false, fmt.Sprintf("exit with %d where there is something to do", ExitChanges))
	bindChoice(cmd, fs, &command, "command", "what is planned", "sync", "import")
	return cmd
}

// shownChanges is how many changes of a kind are shown where not all are.
const shownChanges = 10

// showPlan shows what would be done, and writes it down where that was asked for.
func (x *execution) showPlan(ctx context.Context, p *importer.Preview) error {
	options, err := json.Marshal(x.plan)
	if err != nil {
		return err
	}
	plan, err := report.NewPlan(ctx, report.PlanHead{
		CreatedAt: time.Now(), Command: x.plan.Command, Server: x.session.server,
		Campaign: report.PlanCampaign{UUID: x.campaign.UUID, Name: x.campaign.Name},
		Mapping:  report.PlanMapping{Path: x.plan.Read.Mapping, SHA256: x.plan.MappingSHA256}, Options: options,
	}, p.State, p)
	if err != nil {
		return err
	}
	x.progress.Close()
	if x.review.out != "" {
		if err := writePlan(string(x.review.out), func(w io.Writer) error { return plan.JSON(ctx, w) }); err != nil {
			return err
		}
	}
	if x.global.json {
		err = plan.JSON(ctx, x.out)
	} else if !x.global.quiet {
		most := shownChanges
		if x.review.all {
			most = 0
		}
		err = plan.Text(ctx, x.out, x.style(), x.out.Width(), most)
	}
	if err != nil {
		return err
	}
	if x.review.out != "" && p.Exceeded == nil {
		x.notice("campsync apply %s%s", shellQuoted(string(x.review.out)), x.givenFlags())
	}
	if p.Exceeded != nil {
		return fail(ExitGuard, allowsMore, p.Exceeded)
	}
	return exitWith(x.planExit(plan, p.State))
}

func (x *execution) planExit(plan *report.Plan, state importer.State) Exit {
	codes := []Exit{ExitDone}
	n := plan.Counts
	if x.review.exitCode && n.Changes() > 0 {
		codes = append(codes, ExitChanges)
	}
	if n.Rejected+n.Conflict > 0 {
		codes = append(codes, ExitPartial)
	}
	if state.Withheld != "" {
		codes = append(codes, ExitGuard)
	}
	return Worst(codes...)
}

// writePlan writes a plan that nobody else can read, whole or not at all.
func writePlan(path string, write func(io.Writer) error) error {
	if err := replaceFile(path, 0o600, write); err != nil {
		return fmt.Errorf("writing the plan %s: %w", path, err)
	}
	return nil
}
