package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer"
)

// sendOptions are the flags of commands that change a campaign.
type sendOptions struct {
	connectOptions
	suppress  filePaths
	campaigns texts // whose Do-Not-Call orders are suppressed
	status    choice
	associate choice
	settling
	activate choice
	guards   guardOptions
}

// guardOptions are the flags that stop a command before it does too much.
type guardOptions struct {
	maxErrors   importer.Cap // none unless Set
	maxRemovals importer.Cap // the engine's default unless Set
	allowEmpty  bool
	history     choice
	yes         bool
}

func (o *guardOptions) bind(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.Var(capFlag{&o.maxErrors}, "max-errors", "stop when more rows than this have failed (default none)")
	o.bindRemovals(cmd)
	fs.BoolVar(&o.allowEmpty, "allow-empty-source", false, "go on where a file has no rows")
	bindChoice(cmd, fs, &o.history, "history", "what to do where a run is unlike those before it: fewer rows, more that are invalid or new, an old file", "warn", "stop", "off")
}

// bindRemovals binds those that hold where orders are taken out.
func (o *guardOptions) bindRemovals(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.Var(capFlag{&o.maxRemovals}, "max-removals", "stop where more orders than this would be taken out (default 10% of a campaign of 20 or more)")
	fs.BoolVarP(&o.yes, "yes", "y", false, "take orders out without being asked")
}

// connectOptions are the flags of how a campaign is worked on, which may be
// others when a run is gone on with.
type connectOptions struct {
	rate        rateLimit
	concurrency count // 0: found out
	timeout     time.Duration
	lock        choice
	maxDuration time.Duration // 0: none
}

func (o *connectOptions) bind(cmd *cobra.Command) {
	fs := cmd.Flags()
	o.rate = rateLimit{Auto: true}
	fs.Var(&o.rate, "rate", "requests a second: auto finds the limit out, 0 sets none of our own")
	fs.Var(&o.concurrency, "concurrency", "requests at a time (0: found out)")
	fs.DurationVar(&o.timeout, "timeout", 30*time.Second, "how long one request may take")
	bindChoice(cmd, fs, &o.lock, "lock", "what to do while another run holds the campaign", "fail", "wait", "skip")
	fs.DurationVar(&o.maxDuration, "max-duration", 0, "stop after this time, in a way that can be resumed (default none)")
}

func (o *sendOptions) bind(cmd *cobra.Command) {
	o.connectOptions.bind(cmd)
	fs := cmd.Flags()
	o.campaigns.kind = "CAMPAIGN"
	fs.Var(&o.suppress, "suppress", "file of numbers that must not be called; may be given several times")
	fs.Var(&o.campaigns, "suppress-campaign", "campaign whose Do-Not-Call orders must not be called; may be given several times")
	bindChoice(cmd, fs, &o.status, "status", "status of new orders", "registered", "planned", "scheduled")
	bindChoice(cmd, fs, &o.associate, "associate", "associate records that are there already instead of making a second", "auto", "never", "only")
	bindChoice(cmd, fs, &o.activate, "activate", "when new orders get their status: now, or once all were made and the books are verified", "now", "verified")
	o.settling.bind(cmd)
	o.guards.bind(cmd)
}

// bindDryRun binds the flag that only looks.
func bindDryRun(cmd *cobra.Command, to *bool) {
	cmd.Flags().BoolVar(to, "dry-run", false, "show what would be done, and do nothing")
}

// settling are the flags of what happens after requests were sent.
type settling struct {
	settle time.Duration
	resend choice
	verify choice
}

func (o *settling) bind(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.DurationVar(&o.settle, "settle", 30*time.Second, "how long to look for an order whose answer was lost")
	bindChoice(cmd, fs, &o.resend, "resend", "what to do when it is not found by then: send it again, or leave it", "settled", "never")
	bindChoice(cmd, fs, &o.verify, "verify", "how the campaign is held against the run at the end", "count", "none", "full")
}

func (o *settling) check() error { return checkDuration("settle", o.settle, 24*time.Hour, true) }

// plan is what these flags say of a run.
func (o *settling) plan() sendPlan {
	return sendPlan{Settle: o.settle, Resend: o.resend.value, Verify: o.verify.value}
}

// check finds what the flags' own types cannot.
func (o *sendOptions) check() error {
	var err error
	if o.activate.value == "verified" && o.verify.value == "none" {
		err = usageError("take --verify count, or --activate now", errors.New("--activate verified needs the books to be verified, and --verify is none"))
	}
	return errors.Join(o.connectOptions.check(), o.settling.check(), err)
}

func (o *connectOptions) check() error {
	if o.concurrency > 1024 {
		return usageError("", errors.New("--concurrency: at most 1024 requests can be under way"))
	}
	return errors.Join(checkDuration("timeout", o.timeout, time.Hour, false), checkDuration("max-duration", o.maxDuration, 365*24*time.Hour, true))
}

func checkDuration(name string, d, atMost time.Duration, zero bool) error {
	if d < 0 || d > atMost || d == 0 && !zero {
		return usageError("", fmt.Errorf("--%s %s: must be more than nothing and at most %s", name, d, atMost))
	}
	return nil
}

// limited ends a context when --max-duration is over.
func (o *connectOptions) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.maxDuration <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, o.maxDuration, fail(ExitTimeLimit, "", fmt.Errorf("--max-duration %s is over", o.maxDuration)))
}

// outOfTime gives an error that only says that the time was over its cause.
func outOfTime(ctx context.Context, err error) error {
	var why *failure
	if err == nil || errors.As(err, &why) || !errors.Is(ctx.Err(), context.DeadlineExceeded) || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return context.Cause(ctx)
}

// connection is what these flags say of how the server is talked to.
func (o *connectOptions) connection() connection {
	return connection{rate: o.rate, concurrency: int(o.concurrency), timeout: o.timeout, patience: time.Minute}
}
