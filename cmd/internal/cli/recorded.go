package cli

import (
	"context"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/report"
)

// recorded is a run as its ledger knows it. Its reports are made of nothing
// else, so that they can be made again.
type recorded struct {
	run          *ledger.Run
	id           string
	command      string
	campaignUUID string
	began        time.Time
	state        importer.State
	books        importer.Books
}

// readBooks counts what the run has done, and fills in how many orders there
// must be where the run did not come to it.
func (r *recorded) readBooks(ctx context.Context) (err error) {
	if r.books, err = r.run.Books(ctx); err != nil {
		return err
	}
	if v := &r.state.Verification; !v.Verified {
		must := r.books.Verification(r.state.Before)
		v.Before, v.Expected, v.Unknown, v.Doubtful = must.Before, must.Expected, must.Unknown, must.Doubtful
	}
	return nil
}

// files are the names of the run's files.
func (r *recorded) files() []string {
	files := make([]string, 0, len(r.state.Sources))
	for _, s := range r.state.Sources {
		files = append(files, s.Name)
	}
	return files
}

// writeRows writes the reports that have a line per row.
func (r *recorded) writeRows(ctx context.Context, d *reportDir) (*report.Tally, error) {
	return writeRowReports(d, r.files(), func(reports *rowReports) error {
		return reports.addAll(r.state.Sources, r.run.All(ctx))
	})
}

// count only counts the rows.
func (r *recorded) count(ctx context.Context) (*report.Tally, error) {
	tally := report.NewTally()
	for row, err := range r.run.All(ctx) {
		if err != nil {
			return nil, err
		}
		if row.Source != importer.Leftover {
			r.state.Sources[row.Source].NameCell(&row)
		}
		tally.Add(&row)
	}
	return tally, nil
}

// summary is what its reports say apart from its rows; dir is where they are.
func (r *recorded) summary(tally *report.Tally, code Exit, dir string) *report.Summary {
	return &report.Summary{
		ID: r.id, Command: r.command, Campaign: r.state.Campaign, CampaignUUID: r.campaignUUID,
		StartedAt: r.began, FinishedAt: r.state.EndedAt, ExitCode: int(code),
		State: r.state, Verification: r.state.Verification, Books: r.books, Dir: dir, Tally: tally,
	}
}
