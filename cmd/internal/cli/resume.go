package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer/ledger"
)

const resumeLong = `Goes on with a run that was interrupted, from what its ledger knows: its files
are not needed, and rows that are done are not done again. Rows whose answer
was lost are looked for at the server first.

Without RUN it takes the one run that is unfinished. Where a file has changed since
it was read, what has changed is shown; --restart gives the run up, once it is
known what became of all that it has sent, and begins anew with the files as they
are now; orders are taken out then with --yes, or where somebody can be asked.

Files of numbers that must not be called are read again, as they are now; --suppress
says where they are, where they were moved, and may name more. None is dropped: all
of the run's have to be among them, by their paths or by what was read of them.`

func newResume(a *app) *cobra.Command {
	var o resumeOptions
	cmd := &cobra.Command{
		Use:   "resume [RUN]",
		Short: "Go on with a run that was interrupted",
		Long:  resumeLong,
		Args:  atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.resume(cmd.Context(), &o, append(args, "")[0])
		},
	}
	o.bind(cmd)
	return cmd
}

// resumeOptions are the flags of resume. Those of sending hold where they are
// given; else what the run was begun with does.
type resumeOptions struct {
	connectOptions
	settling
	restart  bool
	yes      bool
	suppress filePaths
	given    func(flag string) bool
}

func (o *resumeOptions) bind(cmd *cobra.Command) {
	o.connectOptions.bind(cmd)
	fs := cmd.Flags()
	fs.BoolVar(&o.restart, "restart", false, "begin anew with the files as they are now")
	fs.BoolVar(&o.yes, "yes", false, "with --restart: take out what no file has any more without asking")
	fs.Var(&o.suppress, "suppress", "where the files of numbers that must not be called are now, all of them and more; may be given several times")
	o.settling.bind(cmd)
	o.given = fs.Changed
}

// adjust puts what was given in the place of what the run was begun with.
func (o *resumeOptions) adjust(p *sendPlan) error {
	adjustSettling(p, &o.settling, o.given)
	if len(o.suppress) == 0 {
		return nil
	}
	paths, err := absolute(o.suppress)
	p.Suppress = union(nil, paths)
	return err
}

// adjustSettling puts the flags of settling that were given in the place of
// what a run has.
func adjustSettling(p *sendPlan, o *settling, given func(flag string) bool) {
	if given("settle") {
		p.Settle = o.settle
	}
	if given("resend") {
		p.Resend = o.resend.value
	}
	if given("verify") {
		p.Verify = o.verify.value
	}
}

func (a *app) resume(ctx context.Context, o *resumeOptions, name string) (err error) {
	if err := errors.Join(o.connectOptions.check(), o.settling.check()); err != nil {
		return err
	}
	run, err := a.findRun(ctx, name)
	if err == nil {
		err = o.lists(&run)
	}
	if err != nil {
		return err
	}
	ctx, cancel := o.limited(ctx)
	defer cancel()
	defer func() { err = outOfTime(ctx, err) }()
	s, err := a.connect(o.connection())
	if err != nil {
		return err
	}
	defer s.closeInto(&err)
	if run.plan.Server != s.server {
		return usageError("name the server as when it was begun, with --base-url or --sandbox --db FILE",
			fmt.Errorf("run %s belongs to %s, and this is %s", run.Name, run.plan.Server, s.server))
	}
	campaign, err := s.campaign(ctx, run.plan.CampaignUUID)
	if err != nil {
		return err
	}
	h, err := a.holdCampaign(ctx, s, campaign, &o.connectOptions)
	if err != nil || h == nil {
		return err
	}
	defer h.closeInto(&err)
	if o.restart {
		return h.restart(ctx, run.Info, o.adjust, review{yes: o.yes})
	}
	return h.goOn(ctx, run.Info, false, o.adjust)
}

// foundRun is a run with what it was to do.
type foundRun struct {
	ledger.Info
	plan   runPlan
	ledger string // path
}

// findRun finds an unfinished run by its name, or the only one there is.
func (a *app) findRun(ctx context.Context, name string) (foundRun, error) {
	all, err := a.allRuns(ctx)
	if err != nil {
		return foundRun{}, err
	}
	var open []foundRun
	for _, r := range all {
		switch {
		case r.Name == name && !r.Unfinished():
			return foundRun{}, usageError("", fmt.Errorf("run %s is finished: there is nothing to go on with", name))
		case r.Unfinished() && (name == "" || r.Name == name):
			open = append(open, r)
		}
	}
	switch {
	case len(open) == 1:
		return open[0], nil
	case len(open) > 1:
		return foundRun{}, usageError("campsync runs lists them", fmt.Errorf("%d runs are unfinished; name one", len(open)))
	case name != "":
		return foundRun{}, usageError("campsync runs lists them", fmt.Errorf("there is no run %s on this host", name))
	}
	return foundRun{}, usageError("", errors.New("no run is unfinished"))
}

// allRuns reads the ledgers of all campaigns, the latest run first.
func (a *app) allRuns(ctx context.Context) ([]foundRun, error) {
	state, err := a.stateDir()
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(state, "campaigns", "*", "ledger.db"))
	if err != nil {
		return nil, err
	}
	var all []foundRun
	for _, path := range paths {
		runs, err := runsOf(ctx, path)
		if err != nil {
			return nil, err
		}
		for _, info := range runs {
			plan, err := planOf(info)
			if err != nil {
				return nil, err
			}
			all = append(all, foundRun{Info: info, plan: plan, ledger: path})
		}
	}
	slices.SortFunc(all, func(a, b foundRun) int { return b.StartedAt.Compare(a.StartedAt) })
	return all, nil
}

func runsOf(ctx context.Context, path string) (runs []ledger.Info, err error) {
	l, err := ledger.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return l.Runs(ctx)
}
