package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/importer/ledger"
)

func newRuns(a *app) *cobra.Command {
	runs := &cobra.Command{
		Use:   "runs",
		Short: "List the runs that this host knows",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.runs(cmd.Context()) },
	}
	runs.AddCommand(newRunsPurge(a))
	return runs
}

const purgeLong = `Forgets finished runs: the rows of their files, which hold personal data, go from
the ledger for good, and with them the knowledge of orders whose settings were
refused. Reports are files of yours and stay.

A run that is unfinished is forgotten only by name and with --unfinished: what it
has sent and not heard of is then looked for by nobody. A new import reads the
campaign first and sends nothing twice that is there by then.`

func newRunsPurge(a *app) *cobra.Command {
	var unfinished bool
	cmd := &cobra.Command{
		Use:   "purge [RUN...]",
		Short: "Forget runs: all finished ones, or those named",
		Long:  purgeLong,
		RunE:  func(cmd *cobra.Command, args []string) error { return a.purge(cmd.Context(), args, unfinished) },
	}
	cmd.Flags().BoolVar(&unfinished, "unfinished", false, "also those named that are unfinished")
	return cmd
}

func (a *app) purge(ctx context.Context, names []string, unfinished bool) error {
	all, err := a.allRuns(ctx)
	if err != nil {
		return err
	}
	var forget []foundRun
	for _, r := range all {
		switch named := slices.Contains(names, r.Name); {
		case named && r.Unfinished() && !unfinished:
			return usageError(a.resumeCommand(r.Name), fmt.Errorf("run %s is unfinished; finish it, or add --unfinished to forget it all the same", r.Name))
		case named, len(names) == 0 && !r.Unfinished():
			forget = append(forget, r)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(forget, func(r foundRun) bool { return r.Name == name }) {
			return usageError("campsync runs lists them", fmt.Errorf("there is no run %s on this host", name))
		}
	}
	for _, r := range forget {
		if err := a.forgetRun(ctx, r); err != nil {
			return err
		}
	}
	a.notice("%s forgotten", counted(len(forget), "run"))
	return nil
}

// forgetRun forgets a run unless somebody works on its campaign.
func (a *app) forgetRun(ctx context.Context, r foundRun) (err error) {
	unlock, err := a.lockLedger(ctx, r.ledger, r.plan.CampaignUUID, "fail")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	l, err := ledger.Open(ctx, r.ledger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return l.Purge(ctx, r.Name)
}

// counted is a number of things: 1 run, 2 runs.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// listedRun is a run as --json shows it.
type listedRun struct {
	ID           string    `json:"id"`
	Command      string    `json:"command"`
	Files        []string  `json:"files"`
	CampaignUUID string    `json:"campaignUuid"`
	StartedAt    time.Time `json:"startedAt"`
	Unfinished   bool      `json:"unfinished"`
	Abandoned    bool      `json:"abandoned"` // resume --restart has begun anew
	ExitCode     int       `json:"exitCode"`
	Rows         int64     `json:"rows"`
	ReportDir    string    `json:"reportDir"`
}

func (a *app) runs(ctx context.Context) error {
	all, err := a.allRuns(ctx)
	if err != nil {
		return err
	}
	listed := make([]listedRun, 0, len(all))
	for _, r := range all {
		listed = append(listed, listedRun{
			ID: r.Name, Command: r.Command, Files: r.plan.Files, CampaignUUID: r.plan.CampaignUUID, StartedAt: r.StartedAt.UTC(),
			Unfinished: r.Unfinished(), Abandoned: r.Abandoned, ExitCode: r.ExitCode, Rows: r.Rows, ReportDir: r.plan.ReportDir,
		})
	}
	if a.global.json {
		return a.writeJSON("runs", struct {
			Runs []listedRun `json:"runs"`
		}{listed})
	}
	table := term.NewTable(a.out, 4, "RUN", "COMMAND", "ROWS", "ENDED", "REPORTS")
	for _, r := range listed {
		ended := "exit " + strconv.Itoa(r.ExitCode)
		switch {
		case r.Unfinished:
			ended = "unfinished"
		case r.Abandoned:
			ended = "given up"
		}
		if err := table.Row(r.ID, r.Command, strconv.FormatInt(r.Rows, 10), ended, shortPath(r.ReportDir)); err != nil {
			return err
		}
	}
	return table.Close()
}
