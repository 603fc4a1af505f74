package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/cmd/internal/term"
)

func newRuns(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "runs",
		Short: "List the runs that this host knows",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.runs(cmd.Context()) },
	}
}

// listedRun is a run as --json shows it.
type listedRun struct {
	ID           string    `json:"id"`
	Command      string    `json:"command"`
	Files        []string  `json:"files"`
	CampaignUUID string    `json:"campaignUuid"`
	StartedAt    time.Time `json:"startedAt"`
	Unfinished   bool      `json:"unfinished"`
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
			Unfinished: r.Unfinished(), ExitCode: r.ExitCode, Rows: r.Rows, ReportDir: r.plan.ReportDir,
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
		if r.Unfinished {
			ended = "unfinished"
		}
		if err := table.Row(r.ID, r.Command, strconv.FormatInt(r.Rows, 10), ended, shortPath(r.ReportDir)); err != nil {
			return err
		}
	}
	return table.Close()
}
