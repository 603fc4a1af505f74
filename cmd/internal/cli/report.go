package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/report"
)

const reportLong = `Prints what a run has reported at its end once more, out of its ledger: the
latest run where none is named. With --report-dir on the command line its files
are written there again too: report.json, results.csv and the rejected rows.

A run that is unfinished is shown as far as it has come. Of a campaign's finished
runs the last ten are kept.`

func newReport(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "report [RUN]",
		Short: "Print the report of a run again",
		Long:  reportLong,
		Args:  atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.report(cmd.Context(), append(args, "")[0])
		},
	}
}

func (a *app) report(ctx context.Context, name string) (err error) {
	all, err := a.allRuns(ctx)
	if err != nil {
		return err
	}
	found, err := reported(all, name)
	if err != nil {
		return err
	}
	book, err := ledger.Open(ctx, found.ledger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	run, info, err := book.Resume(ctx, found.Name)
	if err != nil {
		return err
	}
	r := recorded{
		run: run, id: info.Name, command: info.Command, campaignUUID: found.plan.CampaignUUID, began: info.StartedAt, state: info.State,
	}
	code := Exit(info.ExitCode)
	if r.state.EndedAt.IsZero() { // it was cut off before it could report
		r.state.Campaign, r.state.EndedAt, code = found.plan.CampaignUUID, info.StartedAt, ExitStopped
	}
	if err := r.readBooks(ctx); err != nil {
		return err
	}
	s, err := a.again(ctx, &r, code, found.plan.ReportDir)
	if err != nil {
		return err
	}
	if err := a.show(s); err != nil {
		return err
	}
	if info.Unfinished() {
		a.notice("run %s is unfinished: %s goes on with it", info.Name, a.resumeCommand(info.Name))
	}
	return nil
}

// reported finds a run that has something to report, by its name or as the
// latest. The runs are the latest first.
func reported(runs []foundRun, name string) (foundRun, error) {
	at := slices.IndexFunc(runs, func(r foundRun) bool { return r.Name == name || name == "" && r.reports() })
	switch {
	case at < 0 && name == "":
		return foundRun{}, usageError("", errors.New("this host knows of no run that has anything to report"))
	case at < 0:
		return foundRun{}, usageError("campsync runs lists them; of a campaign's finished runs the last ten are kept",
			fmt.Errorf("there is no run %s on this host", name))
	case !runs[at].reports():
		return foundRun{}, usageError("", fmt.Errorf("run %s has sent nothing: there is nothing to report", name))
	}
	return runs[at], nil
}

// reports says whether the run has reported, or was cut off after it had begun
// to send. All others are being read, or were when they were cut off.
func (r *foundRun) reports() bool {
	return !r.EndedAt.IsZero() || r.Phase == importer.Applying || r.Phase == importer.Done
}

// again makes the report of a run once more, with its files where a folder for
// them is named on the command line. Elsewhere it shows where the files of then
// are, if they are there.
func (a *app) again(ctx context.Context, r *recorded, code Exit, was string) (*report.Summary, error) {
	if a.origins["report-dir"] != "--report-dir" {
		tally, err := r.count(ctx)
		if err != nil {
			return nil, err
		}
		dir := shortPath(was)
		if _, err := os.Stat(was); err != nil {
			dir = ""
		}
		return r.summary(tally, code, dir), nil
	}
	dir, err := a.openReportDir(r.id)
	if err != nil {
		return nil, err
	}
	tally, err := r.writeRows(ctx, dir)
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	s := r.summary(tally, code, shortPath(dir.path))
	return s, errors.Join(dir.Write("report.json", s.JSON), dir.Close())
}
