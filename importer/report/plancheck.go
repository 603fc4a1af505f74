package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// ErrPlanOutdated is returned where what a run is about to do is not what was
// planned.
var ErrPlanOutdated = errors.New("the plan is out of date")

// CheckFiles holds the files that were read now against those that the plan was
// made of.
func (h *PlanHead) CheckFiles(sources []importer.SourceState, mapping PlanMapping) error {
	if len(sources) != len(h.Sources) {
		return fmt.Errorf("%w: it was made of %s, and there are %d now", ErrPlanOutdated, plural(int64(len(h.Sources)), "file"), len(sources))
	}
	for i, s := range sources {
		if s.SHA256 != h.Sources[i].SHA256 {
			return fmt.Errorf("%w: %s has changed since it was made", ErrPlanOutdated, s.Name)
		}
	}
	if mapping.SHA256 != h.Mapping.SHA256 {
		return fmt.Errorf("%w: the mapping (%s) has changed since it was made", ErrPlanOutdated, cmp.Or(mapping.Path, h.Mapping.Path, "by the names of columns"))
	}
	return nil
}

const (
	namedDifferences = 3 // that the error names
	namedValues      = 3 // of a change that it names
)

// CheckPlan holds the plan that r reads against what a run is about to do,
// change by change: the same steps, to the same order and record, which are as
// they were, in the same order. Where they are not, its error wraps
// [ErrPlanOutdated] and names the first differences.
func CheckPlan(ctx context.Context, r io.Reader, preview Preview) error {
	file, err := openPlan(r)
	if err != nil {
		return err
	}
	c := comparison{file: file}
	if err := c.advance(); err != nil {
		return err
	}
	p := &Plan{PlanHead: file.head, preview: preview}
	if err := preview.Each(ctx, func(planned *importer.Planned) error { return c.row(p, planned) }); err != nil {
		return err
	}
	for c.planned != nil {
		if err := c.differs(c.planned, nil, ""); err != nil {
			return err
		}
	}
	return c.verdict()
}

// comparison goes through a plan and a preview side by side. Both are in the
// order of the rows, with the orders that no row has behind them.
type comparison struct {
	file        *planReader
	planned     *PlanChange // the next of the plan; nil at its end
	differences []string
	count       int64
}

// advance reads the plan's next change.
func (c *comparison) advance() (err error) {
	if c.planned, err = c.file.next(); errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// row compares what is to be done for a row now.
func (c *comparison) row(p *Plan, planned *importer.Planned) error {
	at := placed(planned)
	for c.planned != nil && before(c.planned, at) {
		if err := c.differs(c.planned, nil, ""); err != nil {
			return err
		}
	}
	now, err := p.change(planned)
	if err != nil {
		return err
	}
	was := c.planned
	if was != nil && before(at, was) {
		was = nil
	}
	switch {
	case was == nil && now == nil:
		return nil
	case was != nil && now != nil && was.same(now):
		return c.advance()
	}
	return c.differs(was, now, planned.Result.Message)
}

// placed says where a row stands, as a change would.
func placed(planned *importer.Planned) *PlanChange {
	if planned.Row.Source == importer.Leftover {
		return &PlanChange{Order: planned.Row.Meant}
	}
	return &PlanChange{Row: planned.Row.Seq}
}

// before reports whether a change stands before another.
func before(a, b *PlanChange) bool {
	switch {
	case a.Row > 0 && b.Row > 0:
		return a.Row < b.Row
	case a.Row == 0 && b.Row == 0:
		return a.Order < b.Order
	}
	return a.Row > 0
}

// differs notes a difference between what was planned and what would be done
// now; one of them may be nil. What was planned is done with.
func (c *comparison) differs(was, now *PlanChange, reason string) error {
	if c.count++; c.count <= namedDifferences {
		at := now
		if was != nil {
			at = was
		}
		text, then := described(was, now, ""), described(now, was, reason)
		if text == then {
			text, then = text+" by "+steps(was), then+" by "+steps(now)
		}
		c.differences = append(c.differences, fmt.Sprintf("%s: the plan is to %s; now it is to %s", at.place(), text, then))
	}
	if was == nil {
		return nil
	}
	return c.advance()
}

func (c *comparison) verdict() error {
	if c.count == 0 {
		return nil
	}
	text := strings.Join(c.differences, "\n")
	if more := c.count - int64(len(c.differences)); more > 0 {
		text += "\nand " + plural(more, "more difference")
	}
	return fmt.Errorf("%w; nothing was sent:\n%s", ErrPlanOutdated, text)
}

// place says where a change stands.
func (c *PlanChange) place() string {
	if c.Row == 0 {
		return "order " + c.Order
	}
	return c.Source + " line " + strconv.Itoa(c.Line)
}

func steps(c *PlanChange) string { return fmt.Sprint(c.Steps) }

// described says what a change does, with the values in which it differs from
// another.
func described(c, other *PlanChange, reason string) string {
	if c == nil {
		if reason != "" {
			reason = " (" + reason + ")"
		}
		return "do nothing" + reason
	}
	order := "order " + c.Order
	if c.Status != "" {
		order += ", which is " + c.Status.Label() + ","
	}
	text := "update " + order
	switch c.Steps[0] {
	case reconcile.CreateOrder:
		text = "create an order"
	case reconcile.Associate:
		text = "add record " + c.Record
	case reconcile.RemoveOrder:
		text = "remove " + order
	case reconcile.CancelOrder:
		text = "cancel " + order
	default:
		if c.Order == "" {
			text = "update record " + c.Record
		}
	}
	text = strings.TrimSuffix(text, ",")
	var values []string
	for _, s := range c.Set {
		if other == nil && c.Steps[0].Makes() {
			break // all that a new order gets would say no more
		}
		if other != nil && slices.ContainsFunc(other.Set, func(o reconcile.Change) bool { return sameSet(s, o) }) {
			continue
		}
		values = append(values, fmt.Sprintf("%s from %s to %s", s.Target, quotedValue(s.Before), quotedValue(s.After)))
	}
	if more := len(values) - namedValues; more > 0 {
		values = append(values[:namedValues], fmt.Sprintf("and %d more", more))
	}
	if len(values) > 0 {
		text += " (" + strings.Join(values, ", ") + ")"
	}
	return text
}
