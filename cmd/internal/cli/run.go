package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/report"
)

// begin starts a run. Where the campaign has an unfinished run of the same
// command on the same files, that one is gone on with; any other unfinished
// run has to be finished first.
func (h *held) begin(ctx context.Context, plan runPlan, c *contacts, look review) error {
	if err := h.ledger.Tidy(ctx); err != nil {
		return err
	}
	began := time.Now()
	id := newRunID(began)
	plan.Server, plan.CampaignUUID = h.session.server, h.campaign.UUID
	dir, err := h.reportPath(id)
	if err != nil {
		return err
	}
	plan.ReportDir = dir
	settings, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	run, err := h.ledger.Begin(ctx, ledger.Meta{Name: id, Command: plan.Command, Settings: settings, StartedAt: began})
	if err != nil {
		return err
	}
	x := execution{held: h, id: id, plan: plan, run: run, began: began, contacts: c, review: &look}
	defer x.close()
	var instead *ledger.Info
	var sources []importer.Source
	if c != nil {
		sources = c.sources(h.app, x.tell)
	}
	r, err := h.runner(ctx, plan, sources, began)
	if err != nil {
		return errors.Join(err, h.ledger.Forget(ctx, id))
	}
	r.Identify = func(ctx context.Context, s importer.State) error {
		print, err := plan.fingerprint(s)
		if err != nil {
			return err
		}
		if plan.Bulk != nil {
			print = id // what another run has picked is not what this one would
		}
		if err := look.sources(s, report.PlanMapping{Path: plan.Read.Mapping, SHA256: plan.MappingSHA256}); err != nil {
			return err
		}
		if look.show {
			return h.settled(ctx)
		}
		if instead, err = h.unfinished(ctx, print); err != nil {
			return err
		}
		if instead != nil {
			return errResumed
		}
		return run.Identify(ctx, print)
	}
	r.Review, r.LookOnly = x.look, look.show
	err = x.execute(ctx, r)
	if instead == nil {
		return err
	}
	x.close()
	return errors.Join(h.ledger.Forget(ctx, id), h.goOnAgain(ctx, *instead, plan.Send))
}

// goOnAgain goes on with a run whose command was given again, as it is given
// now, but for the run's suppression lists: a command line that names fewer of
// them is no word that those who are on the others may be called.
func (h *held) goOnAgain(ctx context.Context, info ledger.Info, given sendPlan) error {
	h.notice("run %s of the same files is unfinished; going on with it", info.Name)
	return h.goOn(ctx, info, false, func(p *sendPlan) error {
		if kept := p.listsBeside(given); len(kept) > 0 {
			h.notice("who is on its suppression lists is not called either, though they are not given now: %s", strings.Join(kept, ", "))
		}
		given.Suppress, given.SuppressCampaigns = union(p.Suppress, given.Suppress), union(p.SuppressCampaigns, given.SuppressCampaigns)
		*p = given
		return nil
	})
}

// settled refuses to look at a campaign of which a run is unfinished: what it
// holds now is not what it will hold.
func (h *held) settled(ctx context.Context) error {
	_, err := h.unfinished(ctx, "")
	return err
}

// errResumed ends a run that turned out to be the rest of another.
var errResumed = errors.New("another run is gone on with")

// unfinished finds a run that must be finished before a new one begins: nil
// where there is none, an error where it is another one than that with the
// fingerprint.
func (h *held) unfinished(ctx context.Context, fingerprint string) (*ledger.Info, error) {
	runs, err := h.ledger.Runs(ctx)
	if err != nil {
		return nil, err
	}
	for i := range runs {
		if !runs[i].Unfinished() {
			continue
		}
		if runs[i].Fingerprint == fingerprint {
			return &runs[i], nil
		}
		return nil, fail(ExitStopped, h.resumeCommand(runs[i].Name),
			fmt.Errorf("run %s of this campaign (campsync %s) is unfinished and was not the same: another command, mapping, or files; finish it first", runs[i].Name, runs[i].Command))
	}
	return nil, nil
}

// restart gives a run up, once it is known what became of all that it has
// sent, and begins anew with its files as they are now.
func (h *held) restart(ctx context.Context, info ledger.Info, adjust func(*sendPlan) error, look review) error {
	plan, err := planOf(info)
	if err != nil {
		return err
	}
	if len(plan.Files) == 0 || plan.Command == "apply" {
		return usageError(h.resumeCommand(info.Name), fmt.Errorf("run %s is of campsync %s: it can be gone on with, and not begun anew", info.Name, plan.Command))
	}
	if slices.Contains(plan.Files, stdinName) {
		return usageError(h.resumeCommand(info.Name), fmt.Errorf("run %s read stdin, which cannot be read again", info.Name))
	}
	if plan.takesOut() != "" && !look.yes && !h.canAsk("") {
		return usageError(h.resumeCommand(info.Name)+" --restart --yes does it", errors.New("orders may be taken out, and nobody can be asked"))
	}
	for _, path := range plan.Files {
		if _, err := checkFile(path); err != nil {
			return usageError(h.resumeCommand(info.Name)+" goes on without the file", err)
		}
	}
	if err := h.goOn(ctx, info, true, adjust); err != nil {
		return err
	}
	if err := adjust(&plan.Send); err != nil {
		return err
	}
	return h.bring(ctx, plan, look)
}

func planOf(info ledger.Info) (plan runPlan, err error) {
	if err := json.Unmarshal(info.Settings, &plan); err != nil {
		return plan, fmt.Errorf("reading what run %s was to do: %w", info.Name, err)
	}
	return plan, nil
}

// goOn goes on with a run from the ledger; its files are not needed. With
// abandon only what was sent is settled. What adjust changes stays with the
// run: who is on a list that was given once is not called by a later try.
func (h *held) goOn(ctx context.Context, info ledger.Info, abandon bool, adjust func(*sendPlan) error) error {
	plan, err := planOf(info)
	if err != nil {
		return err
	}
	before := plan.Send.Suppress
	if err := adjust(&plan.Send); err != nil {
		return err
	}
	run, info, err := h.ledger.Resume(ctx, info.Name)
	if err != nil {
		return err
	}
	x := execution{held: h, id: info.Name, plan: plan, run: run, began: info.StartedAt}
	defer x.close()
	if err := x.openReports(); err != nil {
		return err
	}
	sources := make([]importer.Source, 0, len(info.Sources))
	for _, s := range info.Sources {
		sources = append(sources, importer.Source{Name: s.Name})
	}
	r, err := h.runner(ctx, plan.goingOn(), sources, time.Now())
	if list := (unreadListError{}); errors.As(err, &list) {
		return usageError(h.resumeCommand(info.Name)+" --suppress FILE says where it is now", list)
	}
	if err != nil {
		return err
	}
	r.Abandon, x.givenUp = abandon, abandon
	if plan.Bulk == nil {
		x.compareLists(readLists(before, info.Suppression), r.Suppression)
		info.Suppression = r.Suppression.All()
	}
	if err := x.adjusted(ctx, info.State); err != nil {
		return err
	}
	if err := x.compareFiles(ctx, info.State); err != nil {
		return err
	}
	return x.execute(ctx, r)
}

// adjusted writes down what the run does from now on.
func (x *execution) adjusted(ctx context.Context, state importer.State) error {
	settings, err := json.Marshal(x.plan)
	if err != nil {
		return err
	}
	return x.run.Adjust(ctx, settings, state)
}
