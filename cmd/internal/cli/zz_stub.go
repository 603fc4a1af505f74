package cli

import (
	"context"

	"github.com/campsync/campsync/importer"
)

func (r *review) mapping(path, sum string) error    { return nil }
func (r *review) sources(s importer.State) error    { return nil }
func (x *execution) showPlan(ctx context.Context, p *importer.Preview) error {
	return p.Each(ctx, func(pl *importer.Planned) error {
		return x.printf("%s %v %s %v %v\n", pl.Row.Key, pl.Action.Steps, pl.Result.Outcome, pl.Action.Changes, pl.Action.Conflicts)
	})
}
