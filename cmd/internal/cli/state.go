package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/importer"
)

// stateDir is the folder of the ledger; it is made where it is not there, for
// its owner alone.
func (a *app) stateDir() (string, error) {
	folder := a.global.stateDir.String()
	if folder == "" {
		home := a.env.stateHome()
		if home == "" {
			return "", usageError("", errors.New("there is no home folder to keep the ledger in; name a folder with --state-dir"))
		}
		folder = filepath.Join(home, "campsync")
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", usageError("", fmt.Errorf("making the folder of the ledger: %w", err))
	}
	return folder, nil
}

var _ importer.Observer = (*term.Progress)(nil)

// progress starts the display of a run. Its Close takes it away.
func (a *app) progress() *term.Progress {
	show := term.Everything
	if a.global.noProgress || a.global.quiet {
		show = term.NoticesOnly
	}
	if a.global.logFormat.value != "json" {
		return term.NewProgress(a.errs, show, term.Printer{})
	}
	log := newLogger(a.errs, "json", a.logLevel())
	return term.NewProgress(a.errs, show, term.Printer{
		Tick: func(t term.Tick) {
			log.Info("progress", "stage", t.Stage, "done", t.Done, "total", t.Total, "failed", t.Failed, "seconds", t.Taken.Seconds())
		},
		Notice: func(text string) { log.Info(text) },
	})
}

// teller says things above a run's progress, unless -q was given.
func (a *app) teller(o importer.Observer) func(string) {
	return func(text string) {
		if !a.global.quiet {
			o.Notice(text)
		}
	}
}
