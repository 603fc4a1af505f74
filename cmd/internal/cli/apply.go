package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/report"
)

const applyLong = `Does what a plan says, and nothing else: its files are read again, the campaign is
looked at again, and where what would be done now is not what was planned, nothing
is sent and the first differences are named (exit code 5).

It needs the files and the mapping of the plan where they were. Orders that the
plan takes out are taken out without a question: they were seen.`

// applyOptions are the flags of apply.
type applyOptions struct {
	connectOptions
	settling
	given func(flag string) bool
}

func newApply(a *app) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply plan.json",
		Short: "Do exactly what a plan says, or refuse",
		Long:  applyLong,
		Args:  exactly(1, "the file of a plan"),
		RunE:  func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), a, args[0]) },
	}
	o.connectOptions.bind(cmd)
	o.settling.bind(cmd)
	o.given = cmd.Flags().Changed
	return cmd
}

func (o *applyOptions) run(ctx context.Context, a *app, path string) error {
	if err := errors.Join(o.connectOptions.check(), o.settling.check()); err != nil {
		return err
	}
	written, err := openWrittenPlan(path)
	if err != nil {
		return err
	}
	plan := written.plan
	adjustSettling(&plan.Send, &o.settling, o.given)
	plan.Command = "apply"
	return a.working(ctx, &o.connectOptions, written.head.Campaign.UUID, func(ctx context.Context, h *held) error {
		if h.session.server != written.head.Server {
			return usageError("name the server as when it was planned, with --base-url or --sandbox --db FILE",
				fmt.Errorf("the plan is for %s, and this is %s", written.head.Server, h.session.server))
		}
		return h.bring(ctx, plan, review{yes: true, written: written})
	})
}

// writtenPlan is a plan that is to be done as it was written down.
type writtenPlan struct {
	path string
	head *report.PlanHead
	plan runPlan
}

func openWrittenPlan(path string) (*writtenPlan, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usageError("", fmt.Errorf("reading the plan: %w", err))
	}
	head, err := report.ReadPlanHead(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, usageError("", fmt.Errorf("%s: %w", path, err))
	}
	w := &writtenPlan{path: path, head: head}
	if err := json.Unmarshal(head.Options, &w.plan); err != nil {
		return nil, usageError("", fmt.Errorf("%s: reading how it was made: %w", path, err))
	}
	return w, nil
}

// mapping refuses another mapping file than that of the plan.
func (r *review) mapping(path, sum string) error {
	if r.written == nil || r.written.head.Mapping.SHA256 == sum {
		return nil
	}
	return outdated(fmt.Errorf("%w: the mapping %s has changed since it was made", report.ErrPlanOutdated, path))
}

// sources refuses other files than those of the plan.
func (r *review) sources(s importer.State, mapping report.PlanMapping) error {
	if r.written == nil {
		return nil
	}
	return outdated(r.written.head.CheckFiles(s.Sources, mapping))
}

// planned refuses to do anything else than the plan says.
func (r *review) planned(ctx context.Context, p *importer.Preview) error {
	if r.written == nil {
		return nil
	}
	f, err := os.Open(r.written.path)
	if err != nil {
		return usageError("", fmt.Errorf("reading the plan: %w", err))
	}
	return outdated(errors.Join(report.CheckPlan(ctx, f, p), f.Close()))
}

// outdated gives a plan that the world has left behind its exit code.
func outdated(err error) error {
	if errors.Is(err, report.ErrPlanOutdated) {
		return fail(ExitGuard, "make it again with campsync plan", err)
	}
	return err
}
