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
	settle    time.Duration
	resend    choice
	maxErrors importer.Cap // none unless Set
	verify    choice
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
	bindSettling(cmd, &o.settle, &o.resend, &o.verify)
	fs.Var(capFlag{&o.maxErrors}, "max-errors", "stop when more rows than this have failed (default none)")
}

// bindSettling binds the flags of what happens after requests were sent.
func bindSettling(cmd *cobra.Command, settle *time.Duration, resend, verify *choice) {
	fs := cmd.Flags()
	fs.DurationVar(settle, "settle", 30*time.Second, "how long to look for an order whose answer was lost")
	bindChoice(cmd, fs, resend, "resend", "what to do when it is not found by then: send it again, or leave it", "settled", "never")
	bindChoice(cmd, fs, verify, "verify", "how the campaign is held against the run at the end", "count", "none", "full")
}

// check finds what the flags' own types cannot.
func (o *sendOptions) check() error {
	return errors.Join(o.connectOptions.check(), checkDuration("settle", o.settle, 24*time.Hour, true))
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
