package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// review is what happens between a run's last look and its first write.
type review struct {
	show     bool         // what would be done is shown, and nothing is done
	out      filePath     // of show: where it is written down too
	all      bool         // of show: nothing is left out
	exitCode bool         // of show: whether there is something to do is in the exit code
	yes      bool         // nobody is asked
	written  *writtenPlan // what is to be done, and nothing else; nil where that is not said
}

// errLooked ends a run that was only to look.
var errLooked = errors.New("nothing was to be done")

// look is the run's Review: the guards that need to know what is about to be
// done, the question where orders are to be taken out, and the reports' folder.
func (x *execution) look(ctx context.Context, p *importer.Preview) error {
	if err := x.review.planned(ctx, p); err != nil {
		return err
	}
	if err := x.likeBefore(ctx, p); err != nil {
		return err
	}
	if x.review.show {
		x.looked = x.showPlan(ctx, p)
		return errLooked
	}
	if err := x.sure(ctx, p); err != nil {
		return err
	}
	return x.openReports()
}

// likeBefore warns, or stops, where the run is unlike those before it.
func (x *execution) likeBefore(ctx context.Context, p *importer.Preview) error {
	if x.plan.Send.History == "off" || len(x.plan.Files) == 0 {
		return nil
	}
	past, err := x.past(ctx, x.plan)
	if err != nil || len(past) == 0 {
		return err
	}
	fresh, err := x.fresh(ctx, p)
	if err != nil {
		return err
	}
	reasons := likenessOf(p.State, fresh, x.began).unlike(past)
	if len(reasons) == 0 {
		return nil
	}
	text := "this run is unlike those before it: " + strings.Join(reasons, "; ")
	if x.plan.Send.History == "stop" {
		return fail(ExitGuard, "--dry-run shows what would be done; --history warn goes on all the same", errors.New(text+"; nothing was sent"))
	}
	x.tell(text)
	return nil
}

// fresh counts the rows that are new to the campaign.
func (x *execution) fresh(ctx context.Context, p *importer.Preview) (n int64, err error) {
	if !x.review.show {
		f, err := p.Settle(ctx)
		return f.Fresh, err
	}
	err = p.Each(ctx, func(row *importer.Planned) error {
		if o := row.Result.Outcome; o == reconcile.Created || o == reconcile.Associated {
			n++
		}
		return nil
	})
	return n, err
}

// sure asks before orders are taken out; where nobody can be asked, --yes has to
// have said so.
func (x *execution) sure(ctx context.Context, p *importer.Preview) error {
	n := p.State.Leftovers
	verb := map[reconcile.Kind]string{reconcile.RemoveOrder: "removed", reconcile.CancelOrder: "canceled"}[x.plan.takesOut()]
	if n == 0 || verb == "" || x.review.yes {
		return nil
	}
	text := fmt.Sprintf("%s of the %d in campaign %s would be %s", counted(int(n), "order"), p.State.Before, x.campaign.Name, verb)
	ask := asker{a: x.app}
	if !x.canAsk("") {
		return usageError("--dry-run shows which; --yes does it", fmt.Errorf("%s, and nobody can be asked; nothing was sent", text))
	}
	x.progress.Stage("", 0) // nothing is drawn while a question stands there
	answer, err := ask.choose(ctx, text, []string{"leave them, and stop", "go on"})
	if err == nil && answer == 0 {
		err = fail(ExitInterrupted, "", errors.New("given up: nothing was sent"))
	}
	return err
}
