package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// bulkPlan is a change of orders that are picked out of a campaign, in the place
// of files.
type bulkPlan struct {
	Kind           reconcile.Kind
	Search, Status string
	Set            reconcile.Values `json:",omitempty"`
	Listed         bool             // only orders whose number is on a suppression list
}

// bulkOf is the engine's part of the plan; nil where it has files.
func bulkOf(p runPlan, suppression *importer.Suppression) *importer.Bulk {
	if p.Bulk == nil {
		return nil
	}
	b := p.Bulk
	pick := orderSelection{search: b.Search, status: b.Status}
	return &importer.Bulk{Kind: b.Kind, Set: b.Set, Uncapped: b.Listed, Picks: func(o client.Order) bool {
		return pick.picks(&o) && (!b.Listed || suppression.ByOrder(o, p.Region) != "")
	}}
}

// bulkOptions are the flags of commands that change picked orders.
type bulkOptions struct {
	connectOptions
	orders orderSelection
	settle settling
	guards guardOptions
	all    bool
	dryRun bool
}

func (o *bulkOptions) bind(cmd *cobra.Command) {
	o.connectOptions.bind(cmd)
	o.orders.bindWhich(cmd)
	o.settle.bind(cmd)
	cmd.Flags().BoolVar(&o.all, "all", false, "all orders of the campaign, where neither --search nor --status picks some")
	bindDryRun(cmd, &o.dryRun)
}

func (o *bulkOptions) run(ctx context.Context, a *app, command string, b bulkPlan) error {
	err := errors.Join(needCampaign(o.orders.campaign), o.connectOptions.check(), o.settle.check())
	if err == nil && o.orders.search == "" && o.orders.status == "" && !o.all {
		err = usageError("pick some with --search or --status, or say --all", errors.New("which orders?"))
	}
	if err != nil {
		return err
	}
	b.Search, b.Status = o.orders.search, o.orders.status
	plan := runPlan{Command: command, Bulk: &b, Send: o.settle.plan()}
	plan.Send.MaxRemovals = o.guards.maxRemovals
	return a.working(ctx, &o.connectOptions, o.orders.campaign, func(ctx context.Context, h *held) error {
		return h.begin(ctx, plan, nil, review{yes: o.guards.yes, show: o.dryRun})
	})
}

func newOrdersRemove(a *app) *cobra.Command {
	var o bulkOptions
	var by choice
	cmd := &cobra.Command{
		Use:   "remove --campaign C",
		Short: "Take orders out of a campaign",
		Long: `Takes the orders that are picked out of the campaign; their records stay. Orders
that must not be touched never are. What is done is planned, capped, written down
and can be gone on with as an import is.`,
		Example: `  campsync orders remove --campaign Demo --status no-answer --dry-run
  campsync orders remove --campaign Renewals --search +4420 --by cancel --max-removals 25% --yes`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context(), a, "orders remove", bulkPlan{Kind: prunes[by.value]})
		},
	}
	o.bind(cmd)
	o.guards.bindRemovals(cmd)
	bindChoice(cmd, cmd.Flags(), &by, "by", "remove the orders, or cancel their calls and keep them for history", "remove", "cancel")
	return cmd
}

func newOrdersUpdate(a *app) *cobra.Command {
	var o bulkOptions
	var set, clear texts
	cmd := &cobra.Command{
		Use:   "update --campaign C --set TARGET=VALUE",
		Short: "Change the settings of orders",
		Long: `Changes the orders that are picked, and only what differs. Targets are status
(registered, planned or scheduled) and the settings of an order: scheduledTime,
timezone, durationSeconds, price, currencyCode, instructions. Orders that must not
be touched never are.`,
		Example: `  campsync orders update --campaign Demo --status registered --set status=planned
  campsync orders update --campaign Renewals --all --set price=0.12 --set currencyCode=EUR --clear instructions`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			values, err := orderValues(set.values, clear.values)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), a, "orders update", bulkPlan{Kind: reconcile.UpdateOrder, Set: values})
		},
	}
	o.bind(cmd)
	set.kind, clear.kind = "TARGET=VALUE", "TARGET"
	cmd.Flags().Var(&set, "set", "what to set; may be given several times")
	cmd.Flags().Var(&clear, "clear", "what to clear; may be given several times")
	return cmd
}

const orderTarget = "order."

// plannable are the statuses that a person may give an order.
var plannable = []string{"registered", "planned", "scheduled"}

// orderValues reads what is to be set, as a mapping reads cells: the same texts
// are taken and refused.
func orderValues(set, clear []string) (reconcile.Values, error) {
	header, cells := []string{"phoneNumber"}, []string{"+447400123456"} // of nobody: a mapping needs a key
	spec := &mapping.Spec{Version: 1, Columns: []mapping.Entry{{Target: "phoneNumber", Column: "phoneNumber"}}}
	status := ""
	for _, text := range set {
		name, value, ok := strings.Cut(text, "=")
		target := orderTarget + strings.TrimPrefix(name, orderTarget)
		switch {
		case !ok || value == "":
			return nil, usageError("such as --set price=0.12; --clear TARGET clears one", fmt.Errorf("--set %q: needs TARGET=VALUE", text))
		case target != orderTarget+"status":
			header, cells = append(header, target), append(cells, value)
			spec.Columns = append(spec.Columns, mapping.Entry{Target: target, Column: target})
		case !slices.Contains(plannable, value):
			return nil, usageError("", fmt.Errorf("--set status=%s: must be %s", value, oneOf(plannable)))
		default:
			status = value
		}
	}
	m, err := mapping.Compile(spec, header, mapping.RecordType{Parameters: mapping.None}, mapping.Env{})
	if err != nil {
		return nil, usageError("", fmt.Errorf("--set: %w", err))
	}
	var c mapping.Contact
	if problems := m.Map(cells, &c); len(problems) > 0 {
		return nil, usageError("", fmt.Errorf("--set: %s", problems[0].String()))
	}
	if c.Settings != nil && !c.Settings.ScheduledTime.IsZero() && c.Settings.ScheduledTime.Before(time.Now()) {
		return nil, usageError("", fmt.Errorf("--set scheduledTime=%s: is in the past", c.Settings.ScheduledTime.Format(time.RFC3339)))
	}
	values, err := importer.ValuesOf(nil, c.Settings)
	if err != nil {
		return nil, err
	}
	if status != "" {
		values[orderTarget+"status"] = json.RawMessage(`"` + status + `"`)
	}
	for _, name := range clear {
		target := orderTarget + strings.TrimPrefix(name, orderTarget)
		if !slices.Contains(importer.OrderTargets(), target) {
			return nil, usageError("", fmt.Errorf("--clear %s: there is no such setting; there are %s", name, strings.Join(importer.OrderTargets(), ", ")))
		}
		values[target] = json.RawMessage("null")
	}
	if len(values) == 0 {
		return nil, usageError("such as --set status=planned", errors.New("nothing is to be changed"))
	}
	return values, nil
}
