package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// bringOptions are the flags of the commands that bring the contacts of files
// into a campaign.
type bringOptions struct {
	command     string
	update      bool // what is there is brought to what the rows say
	read        readOptions
	send        sendOptions
	prune       choice
	conflicts   conflictFlag
	anyCampaign bool
	dryRun      bool
}

func (o *bringOptions) bind(cmd *cobra.Command) {
	o.read.bind(cmd)
	o.send.bind(cmd)
	cmd.Flags().BoolVar(&o.anyCampaign, "any-campaign", false, "also into a campaign that is archived, completed or takes only inbound calls")
}

// bindUpdate binds the flags of a command that updates.
func (o *bringOptions) bindUpdate(cmd *cobra.Command) {
	fs := cmd.Flags()
	bindChoice(cmd, fs, &o.prune, "prune", "what to do with orders that no file has any more", "off", "remove", "cancel")
	fs.Var(&o.conflicts, "conflict", "what to do where a value was changed at the server since it was applied: POLICY for all, TARGET=POLICY for one; may be given several times (default report)")
}

func (o *bringOptions) check() error {
	var err error
	if o.prunes() && o.read.limit > 0 {
		err = usageError("leave one of them out", errors.New("--prune with --limit would take out what was not read"))
	}
	return errors.Join(o.read.check(), o.send.check(), needCampaign(o.read.campaign), err)
}

func (o *bringOptions) prunes() bool { return prunes[o.prune.value] != "" }

func (o *bringOptions) run(cmd *cobra.Command, a *app, args []string) error {
	look := review{yes: o.send.guards.yes, show: o.dryRun}
	return o.runWith(cmd, a, args, look)
}

func (o *bringOptions) runWith(cmd *cobra.Command, a *app, args []string, look review) (err error) {
	paths, err := expandFiles(cmd, args)
	if err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	plan, err := o.plan(paths)
	if err != nil {
		return err
	}
	return a.working(cmd.Context(), &o.send.connectOptions, o.read.campaign, func(ctx context.Context, h *held) error {
		if err := callable(h.campaign, o.anyCampaign); err != nil {
			return err
		}
		return h.bring(ctx, plan, look)
	})
}

// plan is what the flags say that is to be done.
func (o *bringOptions) plan(paths []string) (p runPlan, err error) {
	p = runPlan{Command: o.command, Update: o.update}
	if p.Send, err = o.send.plan(); err != nil {
		return p, err
	}
	if o.prunes() {
		p.Send.Prune = o.prune.value
	}
	p.Send.Conflicts = o.conflicts.Resolutions
	if p.Read, err = o.read.plan(); err != nil {
		return p, err
	}
	p.Names = paths
	p.Files, err = absolute(paths)
	return p, err
}

// working connects, takes a campaign, and does something with it.
func (a *app) working(ctx context.Context, o *connectOptions, campaign string, do func(context.Context, *held) error) (err error) {
	ctx, cancel := o.limited(ctx)
	defer cancel()
	defer func() { err = outOfTime(ctx, err) }()
	s, err := a.connect(o.connection())
	if err != nil {
		return err
	}
	defer s.closeInto(&err)
	c, err := s.campaign(ctx, campaign)
	if err != nil {
		return err
	}
	h, err := a.holdCampaign(ctx, s, c, o)
	if err != nil || h == nil {
		return err
	}
	defer h.closeInto(&err)
	return do(ctx, h)
}

// bring begins a run that brings files into the campaign.
func (h *held) bring(ctx context.Context, plan runPlan, look review) error {
	read := plan.Read.options()
	rt, err := read.recordTypeOf(ctx, h.session, h.campaign.RecordTypeUUID)
	if err != nil {
		return err
	}
	if err := conflictTargets(plan.Send.Conflicts, &rt); err != nil {
		return err
	}
	contacts, err := read.openContacts(plan.Files, plan.Names, rt, h.campaign.Timezone)
	if err != nil {
		return err
	}
	contacts.sends = !look.show
	plan.Identity, plan.SharedNumbers, plan.Region = contacts.identity(), contacts.sharedNumbers(), contacts.region()
	if plan.Read.Mapping != "" {
		sum, err := fileSum(plan.Read.Mapping)
		if err != nil {
			return usageError("", fmt.Errorf("reading the mapping: %w", err))
		}
		if err := look.mapping(plan.Read.Mapping, sum); err != nil {
			return err
		}
		plan.MappingSHA256 = sum
	}
	return h.begin(ctx, plan, contacts, look)
}

// conflictTargets refuses policies for targets that no row can have.
func conflictTargets(r reconcile.Resolutions, rt *mapping.RecordType) error {
	for _, target := range slices.Sorted(maps.Keys(r.ByTarget)) {
		if rt.Parameters == mapping.Free && strings.HasPrefix(target, "parameters.") || slices.Contains(rt.Targets(), target) {
			continue
		}
		return usageError("", fmt.Errorf("--conflict %s=%s: there is no target %q%s", target, r.ByTarget[target], target, didYouMean(target, rt.Targets())))
	}
	return nil
}

// conflictFlag says what becomes of conflicts: a policy for all, or one for a
// target.
type conflictFlag struct{ reconcile.Resolutions }

func (c *conflictFlag) Type() string   { return "[TARGET=]report|server|file" }
func (c *conflictFlag) String() string { return string(c.Otherwise) }

func (c *conflictFlag) Set(text string) error {
	target, policy, one := strings.Cut(text, "=")
	if !one {
		policy = text
	}
	r := reconcile.Resolution(policy)
	switch r {
	case reconcile.ConflictReport, reconcile.ConflictServer, reconcile.ConflictFile:
	default:
		return fmt.Errorf("must be report, server or file, or such as email=server")
	}
	if !one {
		c.Otherwise = r
		return nil
	}
	if target == "" {
		return errors.New("the target is missing, as in email=server")
	}
	if c.ByTarget == nil {
		c.ByTarget = make(map[string]reconcile.Resolution)
	}
	c.ByTarget[target] = r
	return nil
}
