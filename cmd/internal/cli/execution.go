package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/report"
)

// execution is a run while this process works on it.
type execution struct {
	*held
	id       string
	plan     runPlan
	run      *ledger.Run
	began    time.Time
	contacts *contacts  // nil where the run goes on from the ledger
	givenUp  bool       // the run is given up: once that is done, another follows
	review   *review    // of a run that begins; nil of one that goes on
	looked   error      // what came of a run that was only to look
	dir      *reportDir // nil until it is sure that the run takes place
	progress interface {
		importer.Observer
		Close()
	}
}

func (x *execution) close() {
	if x.progress != nil {
		x.progress.Close()
	}
	if x.dir != nil {
		_ = x.dir.Close() // it was only read and written by name
		x.dir = nil
	}
}

// tell says something above the progress.
func (x *execution) tell(text string) { x.teller(x.progress)(text) }

func (x *execution) openReports() (err error) {
	if x.dir, err = openReportDir(x.plan.ReportDir, x.id); err != nil {
		return usageError("name another folder with --report-dir", fmt.Errorf("report folder %s: %w", x.plan.ReportDir, err))
	}
	return nil
}

// execute runs the engine to its end or until it has to stop, and reports.
func (x *execution) execute(ctx context.Context, r *importer.Runner) error {
	x.progress = x.app.progress()
	r.Ledger, r.Observer = x.run, x.progress
	r.Halt = x.session.gate.Close
	drain, cancel := x.drain(ctx)
	defer cancel()
	v, err := r.Run(x.interrupts.hard, drain.Done())
	if x.contacts != nil {
		x.contacts.notices(x.tell)
	}
	x.progress.Close()
	switch {
	case errors.Is(err, errResumed):
		return nil
	case errors.Is(err, errLooked):
		return errors.Join(x.looked, x.ledger.Forget(context.WithoutCancel(ctx), x.id))
	}
	if errors.Is(err, importer.ErrDrained) {
		err = context.Cause(drain)
	}
	return x.finish(v, err, r.Resolved())
}

// drain ends when the run has to begin nothing new: after a signal, or when
// its time is over. From then on the gate lets nothing through.
func (x *execution) drain(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	unwatch := context.AfterFunc(ctx, x.session.gate.Close)
	return ctx, func() {
		unwatch()
		cancel()
	}
}

// finish writes down how the run ended, writes its reports and shows them.
// What it was stopped by comes back with the command to type next.
func (x *execution) finish(v importer.Verification, stopped error, resolved int64) error {
	ctx := context.WithoutCancel(x.interrupts.hard) // the reports of a run that was stopped are written too
	state, err := x.run.Progress(ctx)
	if err != nil {
		return errors.Join(stopped, err)
	}
	if x.dir == nil {
		// It ended before anything could have been sent: there is nothing to
		// report and nothing to go on with.
		return errors.Join(guarded(stopped), x.ledger.Forget(ctx, x.id))
	}
	sent := x.session.gate.Stats()
	state.Requests = state.Requests.Add(importer.Requests{
		Total: sent.Requests, Retried: sent.Retried, RateLimited: sent.RateLimited, AmbiguousResolved: resolved,
	})
	// The ledger keeps times to the millisecond.
	state.Campaign, state.EndedAt, state.Verification = x.campaign.Name, time.Now().Truncate(time.Millisecond), v.Brief()
	again := recorded{
		run: x.run, id: x.id, command: x.plan.Command, campaignUUID: x.campaign.UUID, began: x.began.Truncate(time.Millisecond), state: state,
	}
	if err := again.readBooks(ctx); err != nil {
		return errors.Join(stopped, err)
	}
	tally, reportErr := again.writeRows(ctx, x.dir)
	stopped = guarded(stopped)
	again.state.Outcomes = tally.Outcomes
	code := exitOf(tally, v, again.state)
	if stopped != nil {
		code = Worst(exitCode(stopped), code)
	}
	s := again.summary(tally, code, shortPath(x.dir.path))
	err = errors.Join(reportErr, x.run.Advance(ctx, again.state), x.run.Finish(ctx, int(code), again.state.EndedAt),
		x.dir.Write("report.json", s.JSON))
	if x.givenUp && stopped == nil && again.state.Phase == importer.Done {
		return errors.Join(err, x.showGivenUp(v, s)) // what is wrong with it is no reason not to begin anew
	}
	err = errors.Join(err, x.show(s))
	return errors.Join(x.next(code, stopped, again.state, again.files(), tally), err)
}

// showGivenUp shows of a run that is given up what the one that follows will not
// say: to that, two orders of one number are what was there before it.
func (x *execution) showGivenUp(v importer.Verification, s *report.Summary) error {
	if !v.Off() {
		return nil
	}
	if x.global.json { // the result is that of the run that follows
		x.log.Warn(fmt.Sprintf("run %s is given up, and its books do not balance with the server: report.json in %s names what does not fit", x.id, x.dir.path))
		return nil
	}
	x.notice("run %s is given up; it is shown here, and then the one that begins anew", x.id)
	return errors.Join(x.show(s), x.printf("\n"))
}

// allowsMore is what to do where too many orders would be taken out, and it is seen
// which.
const allowsMore = "--max-removals N or N% allows more"

// guarded gives the engine's own reasons to stop their exit codes.
func guarded(err error) error {
	switch {
	case exitCode(err) == ExitAuth: // which goes before a guard
		return err
	case errors.Is(err, importer.ErrTooManyErrors):
		return fail(ExitGuard, "", err)
	case errors.Is(err, importer.ErrTooManyRemovals):
		return fail(ExitGuard, "--dry-run shows which; "+allowsMore, err)
	case errors.Is(err, importer.ErrEmptySource):
		return fail(ExitGuard, "most likely what writes the file has failed; --allow-empty-source goes on all the same", err)
	}
	return err
}

// next ends the command with what to type next.
func (x *execution) next(code Exit, stopped error, state importer.State, files []string, tally *report.Tally) error {
	hint := ""
	switch {
	case code == ExitDone:
		return nil
	case state.Phase == importer.Applying:
		hint = x.resumeCommand(x.id)
		if code == ExitUnbalanced {
			hint += "\nwhere somebody else has changed the campaign, begin anew, with the books as they are now:\n" + x.resumeCommand(x.id) + " --restart"
		}
	case code == ExitGuard && stopped == nil:
		hint = withheldHint(state.Sources)
	case code == ExitPartial && tally.Outcomes[reconcile.Rejected]+tally.Outcomes[reconcile.Failed] > 0:
		hint = mendHint(x.dir, files)
	case code == ExitPartial && tally.Conflicts() > 0:
		hint = "--conflict file brings the files' values all the same, --conflict server leaves the server's"
	case code == ExitUnbalanced:
		hint = "report.json in " + x.dir.path + " names what does not fit; where it names nothing, somebody else has changed the campaign meanwhile"
	}
	if stopped != nil {
		return fail(code, hint, stopped)
	}
	if hint != "" {
		x.notice("%s", hint)
	}
	return exitWith(code)
}

// withheldHint is what to do where orders that no row has were not taken out.
func withheldHint(sources []importer.SourceState) string {
	mend := "mend those rows and give the file again"
	if slices.ContainsFunc(sources, func(s importer.SourceState) bool { return s.Doubtful != "" }) {
		mend = "write the file with lines that end in LF or CRLF, and give it again"
	}
	return mend + ", to take out what no row has"
}

// resumeCommand is what to type to go on with a run, with the settings that
// were given on this command line.
func (a *app) resumeCommand(id string) string { return "campsync resume " + id + a.givenFlags() }

// givenFlags are the flags of every command that were given on this command
// line, for a command to type next.
func (a *app) givenFlags() string {
	flags := ""
	for _, f := range []struct{ name, value string }{
		{"config", a.global.config.String()}, {"profile", a.global.profile}, {"base-url", a.global.baseURL},
		{"token-file", a.global.tokenFile.String()}, {"state-dir", a.global.stateDir.String()}, {"db", a.global.db.String()},
	} {
		if a.origins[f.name] == "--"+f.name {
			flags += " --" + f.name + " " + shellQuoted(f.value)
		}
	}
	if a.global.sandbox {
		flags += " --sandbox"
	}
	return flags
}

// reportPath is where a new run's reports go.
func (a *app) reportPath(id string) (string, error) {
	path := a.global.reportDir.String()
	if path == "" {
		path = filepath.Join(reportsFolder, id)
	}
	return filepath.Abs(path)
}

// shortPath is a path as it is best shown: relative to this folder where it
// lies in it.
func shortPath(path string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return path
	}
	short, err := filepath.Rel(here, path)
	if err != nil || strings.HasPrefix(short, "..") {
		return path
	}
	return short
}

// shellQuoted is a word as a shell takes it.
func shellQuoted(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
