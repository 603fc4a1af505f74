package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"iter"
	"time"

	"github.com/campsync/campsync/importer"
)

// PlanSchema names the form of plan.json.
const PlanSchema = "campsync.plan/v1"

// Preview is what a plan is made of. *importer.Preview is one. It gives the same
// each time, and is gone through as often as it takes: keeping the rows would
// cost memory that grows with the file.
type Preview interface {
	Each(ctx context.Context, take func(*importer.Planned) error) error
	Refused(ctx context.Context) iter.Seq2[importer.Row, error]
}

// PlanHead is plan.json without the changes and what was refused.
type PlanHead struct {
	Schema    string           `json:"schema"`
	CreatedAt time.Time        `json:"createdAt"`
	Command   string           `json:"command"`
	Server    string           `json:"server"`
	Campaign  PlanCampaign     `json:"campaign"`
	Sources   []DocumentSource `json:"sources"`
	Mapping   PlanMapping      `json:"mapping"`
	Options   json.RawMessage  `json:"options"` // how the command line does the same again
	Snapshot  PlanSnapshot     `json:"snapshot"`
	Counts    PlanCounts       `json:"counts"`
	Withheld  string           `json:"withheld,omitempty"` // why no order is taken out although that was asked for
	Digest    string           `json:"digest"`             // SHA-256 of the changes in their order
}

// PlanCampaign is the campaign that a plan is for.
type PlanCampaign struct {
	UUID string `json:"uuid"`
	Name string `json:"name"`
}

// PlanMapping is the mapping file that a plan was made with; empty without one.
type PlanMapping struct {
	Path   string `json:"path,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// PlanSnapshot is what was there when a plan was made.
type PlanSnapshot struct {
	Orders int    `json:"orders"` // in the campaign
	SHA256 string `json:"sha256"` // of the orders and records that the changes touch, as they were
}

// Plan is what a run would do, to be looked at and written down.
type Plan struct {
	PlanHead
	preview Preview
	groups  [groupCount]planGroup
	decided int64 // notes on rows that the preview still gives, beyond those that it has refused
}

// NewPlan goes through what a run is about to do. Of the head it takes what the
// command line knows: CreatedAt, Command, Server, Campaign, Mapping and Options;
// all else it finds out. A preview that is settled already gives the same plan,
// without what protected orders differ in.
func NewPlan(ctx context.Context, head PlanHead, state importer.State, preview Preview) (*Plan, error) {
	p := &Plan{PlanHead: head, preview: preview}
	p.Schema, p.CreatedAt = PlanSchema, head.CreatedAt.UTC()
	p.Sources = []DocumentSource{}
	for _, s := range state.Sources {
		p.Sources = append(p.Sources, DocumentSource{Name: valid(s.Name), SHA256: s.SHA256, Rows: s.Rows})
	}
	p.Counts, p.Withheld = PlanCounts{Rows: state.Rows, Leftovers: state.Leftovers}, valid(state.Withheld)
	if err := p.refused(ctx, func(row *importer.Row) error {
		p.Counts.outcome(row.Outcome)
		p.note(row, row.Result)
		return nil
	}); err != nil {
		return nil, err
	}
	lines, before := newPlanLines(io.Discard), sha256.New()
	err := preview.Each(ctx, func(planned *importer.Planned) error {
		if len(planned.Action.Steps) == 0 {
			p.Counts.outcome(planned.Result.Outcome)
		}
		if p.note(&planned.Row, noteResult(planned)) {
			p.decided++
		}
		c, err := p.change(planned)
		if err != nil || c == nil {
			return err
		}
		p.Counts.steps(c.Steps)
		p.groups[groupOf(c.Steps)].change(c, p.placeOf(c.Source, c.Line))
		c.touched(before)
		return lines.add(c)
	})
	if err != nil {
		return nil, err
	}
	p.Snapshot = PlanSnapshot{Orders: state.Before, SHA256: hex.EncodeToString(before.Sum(nil))}
	p.Digest = lines.digest()
	return p, nil
}

// refused gives the rows that have their outcome before anything is decided on.
func (p *Plan) refused(ctx context.Context, take func(*importer.Row) error) error {
	for row, err := range p.preview.Refused(ctx) {
		if err != nil {
			return err
		}
		if err := take(&row); err != nil {
			return err
		}
	}
	return nil
}

// changes gives what is to be sent, in order.
func (p *Plan) changes(ctx context.Context, take func(*PlanChange) error) error {
	return p.preview.Each(ctx, func(planned *importer.Planned) error {
		c, err := p.change(planned)
		if err != nil || c == nil {
			return err
		}
		return take(c)
	})
}

// notes gives the rows that somebody should look at.
func (p *Plan) notes(ctx context.Context, take func(*PlanNote) error) error {
	noted := func(row *importer.Row, res importer.Result) error {
		if n := p.noteOf(row, res); n != nil {
			return take(n)
		}
		return nil
	}
	if err := p.refused(ctx, func(row *importer.Row) error { return noted(row, row.Result) }); err != nil || p.decided == 0 {
		return err
	}
	return p.preview.Each(ctx, func(planned *importer.Planned) error { return noted(&planned.Row, noteResult(planned)) })
}

// note counts a row where somebody should look at it.
func (p *Plan) note(row *importer.Row, res importer.Result) bool {
	n := p.noteOf(row, res)
	if n == nil {
		return false
	}
	if n.Code == importer.CodeConflict {
		p.Counts.Conflict++
	}
	p.groups[groupLook].note(n, p.placeOf(n.Source, n.Line))
	return true
}

// sourceName is the name of a source by its index; empty of a leftover.
func (p *Plan) sourceName(i int) string {
	if i >= 0 && i < len(p.Sources) {
		return p.Sources[i].Name
	}
	return ""
}
