package report

import (
	"bufio"
	"context"
	"errors"
	"io"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

const (
	noWidth     = 120 // where nobody says how wide a line may be
	leastWidth  = 60
	widestPlace = 28 // cells of a place or key that others are aligned with
)

// Text writes a plan for a person: the verdict, then what is added, what
// becomes another, what is taken out, and what somebody should look at. Of each
// it shows the first so many entries; all for 0. Of the entries no line but their
// messages is wider than width cells; 0 where it does not matter.
//
// Up to ten entries of each cost nothing more; beyond that the preview is gone
// through again for every kind, and nothing is kept.
func (p *Plan) Text(ctx context.Context, w io.Writer, style Style, width, most int) error {
	if width <= 0 {
		width = noWidth
	}
	t := planText{plan: p, text: text{Writer: bufio.NewWriter(w), style: style}, width: max(width, leastWidth), most: most}
	t.line(p.verdict(style))
	t.line("")
	p.figures(&t)
	for g := range groupCount {
		if err := p.group(ctx, &t, g); err != nil {
			return err
		}
	}
	return t.Flush()
}

// planText writes a plan.
type planText struct {
	text
	plan        *Plan
	width, most int
	place, key  int // widths of the columns of the group at hand
}

// part is a count with what it counts.
type part struct {
	n    int64
	what string
}

// joined puts the parts that are not zero together.
func joined(parts ...part) string {
	var texts []string
	for _, p := range parts {
		if p.n > 0 {
			texts = append(texts, count(p.n)+" "+p.what)
		}
	}
	return strings.Join(texts, ", ")
}

func (p *Plan) verdict(style Style) string {
	c := &p.Counts
	todo := joined(part{c.Create, "to create"}, part{c.Associate, "to associate"}, part{c.Update, "to update"}, part{c.Cancel, "to cancel"}, part{c.Remove, "to remove"})
	if todo == "" {
		todo = "nothing to do"
	}
	line := draw(style.Strong, "Plan for "+draw(style.Escape, p.Campaign.Name)+": "+todo)
	if c.Unchanged > 0 {
		line += "; " + count(c.Unchanged) + " unchanged"
	}
	if n := p.groups[groupLook].total; n > 0 {
		line += "; " + draw(style.Bad, count(n)+" to look at")
	}
	return line
}

// figures writes what there is beside the changes.
func (p *Plan) figures(t *planText) {
	c := &p.Counts
	if len(p.Sources) > 0 {
		var names []string
		for _, s := range p.Sources {
			names = append(names, s.Name)
		}
		t.field("rows", fit(count(c.Rows)+" of "+draw(t.style.Escape, strings.Join(names, ", ")), t.width-14))
	}
	t.field("orders", count(p.Snapshot.Orders)+" in the campaign now")
	if alone := joined(part{c.Skipped, "skipped"}, part{c.Duplicate, "duplicate"}, part{c.Suppressed, "suppressed"}, part{c.Protected, "protected"}, part{c.Rejected, "rejected"}); alone != "" {
		t.field("left alone", alone)
	}
	if p.Withheld != "" {
		t.field("kept", draw(t.style.Bad, "no order is taken out: "+draw(t.style.Escape, p.Withheld)))
	}
	if c.Activate > 0 {
		t.field("activated", plural(c.Activate, "order")+", once the books are verified")
	}
}

// errEnough ends a pass that has shown what it was to show.
var errEnough = errors.New("enough is shown")

// group writes a group of entries.
func (p *Plan) group(ctx context.Context, t *planText, which group) error {
	g := &p.groups[which]
	if g.total == 0 {
		return nil
	}
	t.place, t.key = min(g.place, widestPlace), min(g.key, widestPlace)
	t.line("")
	p.heading(t, which)
	shown := int64(0)
	enough := func() error {
		if shown++; shown == int64(t.most) {
			return errEnough
		}
		return nil
	}
	change := func(c *PlanChange) error {
		if groupOf(c.Steps) != which {
			return nil
		}
		t.change(which, c)
		return enough()
	}
	note := func(n *PlanNote) error {
		t.note(n)
		return enough()
	}
	var err error
	switch kept := t.most > 0 && t.most <= planEntries || g.total <= planEntries; {
	case kept && which == groupLook:
		err = each(g.notes, note)
	case kept:
		err = each(g.changes, change)
	case which == groupLook:
		err = p.notes(ctx, note)
	default:
		err = p.changes(ctx, change)
	}
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if more := g.total - shown; more > 0 {
		t.line(draw(t.style.Quiet, "    and "+count(more)+" more"))
	}
	return nil
}

func each[E any](entries []E, take func(*E) error) error {
	for i := range entries {
		if err := take(&entries[i]); err != nil {
			return err
		}
	}
	return nil
}

// heading says what a group is of, how much of it there is, and what is set.
func (p *Plan) heading(t *planText, which group) {
	c, g := &p.Counts, &p.groups[which]
	var text string
	color := t.style.Bad
	switch which {
	case groupAdd:
		text, color = "+ "+joined(part{c.Create, "to create"}, part{c.Associate, "to associate"}), t.style.Good
	case groupChange:
		text, color = "~ "+joined(part{c.Update, "to update"}), t.style.Changed
	case groupTake:
		text = "- " + joined(part{c.Cancel, "to cancel"}, part{c.Remove, "to remove"})
	default:
		text = "! " + count(g.total) + " to look at"
	}
	line, left := draw(color, text), t.width-cells(text)-3
	var targets []string
	for _, name := range g.byCount() {
		if which == groupTake {
			break // a canceled order's status is what the heading says
		}
		target := draw(t.style.Escape, name) + " " + count(g.targets[name])
		if left -= cells(target) + 2; left < 3 {
			targets = append(targets, "…")
			break
		}
		targets = append(targets, target)
	}
	if len(targets) > 0 {
		line += "   " + draw(t.style.Quiet, strings.Join(targets, ", "))
	}
	t.line(line)
}

// change writes what is to be sent for a row.
func (t *planText) change(which group, c *PlanChange) {
	about := ""
	if c.Status != "" {
		about = c.Status.Label()
	}
	switch {
	case which == groupAdd:
		about = t.values(c)
	case which == groupTake:
		about = strings.TrimPrefix(about+", order "+c.Order, ", ")
		if c.Steps[0] == reconcile.CancelOrder {
			about += ", to be canceled"
		}
	case c.Code == "unfinished":
		about += ", unfinished"
	}
	t.entry(c.Source, c.Line, c.Key, about)
	if which == groupChange {
		t.set(c.Set)
	}
}

// values are what a new order gets, in one line.
func (t *planText) values(c *PlanChange) string {
	var texts []string
	if c.Steps[0] == reconcile.Associate {
		texts = append(texts, "record "+c.Record)
	}
	for _, s := range c.Set {
		if text := valueText(s.After); text != c.Key {
			texts = append(texts, s.Target+" "+short(text))
		}
	}
	if c.Code == importer.CodeDiffers {
		texts = append(texts, c.Reason)
	}
	return strings.Join(texts, ", ")
}

// entry writes where an entry stands, whose it is, and what there is to say.
func (t *planText) entry(source string, line int, key, about string) {
	head := "    "
	if t.place > 0 {
		head += pad(fit(draw(t.style.Escape, t.plan.placeOf(source, line)), t.place), t.place) + "  "
	}
	head += pad(fit(draw(t.style.Escape, key), t.key), t.key)
	if about = fit(draw(t.style.Escape, about), t.width-cells(head)-2); about != "" {
		about = "  " + draw(t.style.Quiet, about)
	} else {
		head = strings.TrimRight(head, " ")
	}
	t.line(head + about)
}

// set writes each value that is set, before and after.
func (t *planText) set(set []reconcile.Change) {
	names, befores := make([]string, len(set)), make([]string, len(set))
	target, before := 0, 0
	for i, s := range set {
		names[i] = fit(draw(t.style.Escape, s.Target), widestPlace)
		target = max(target, cells(names[i]))
	}
	most := (t.width - target - 12) / 2 // four marks and spaces between the three, and six before them
	for i, s := range set {
		befores[i] = fit(draw(t.style.Escape, valueText(s.Before)), most)
		before = max(before, cells(befores[i]))
	}
	for i, s := range set {
		after := fit(draw(t.style.Escape, valueText(s.After)), most)
		t.line("      " + pad(names[i], target) + "  " + draw(t.style.Quiet, pad(befores[i], before)+" -> ") + draw(t.style.Changed, after))
	}
}

// note writes a row that somebody should look at.
func (t *planText) note(n *PlanNote) {
	about := n.Code
	if n.Field != "" {
		about += ", " + n.Field
	}
	t.entry(n.Source, n.Line, n.Key, about)
	t.line("      " + shorten(draw(t.style.Escape, n.Message)))
}

// placeOf says where a row stands; empty of an order that no row has. Where
// there is one source alone, its name is said once, above.
func (p *Plan) placeOf(source string, line int) string {
	switch {
	case source == "" && line == 0:
		return ""
	case len(p.Sources) == 1:
		return "line " + strconv.Itoa(line)
	}
	return path.Base(filepath.ToSlash(source)) + ":" + strconv.Itoa(line)
}
