package report

import (
	"cmp"
	"slices"

	"github.com/campsync/campsync/importer/reconcile"
)

// group is where a change is shown.
type group int

const (
	groupAdd group = iota
	groupChange
	groupTake
	groupLook
	groupCount
)

func groupOf(steps []reconcile.Kind) group {
	switch first := steps[0]; {
	case first.Makes():
		return groupAdd
	case first == reconcile.RemoveOrder, first == reconcile.CancelOrder:
		return groupTake
	}
	return groupChange
}

// planEntries is how many entries of each group are kept for the text.
const planEntries = 10

// planGroup is what the text shows of a group.
type planGroup struct {
	total   int64
	targets map[string]int64 // how often each is set
	place   int              // widths of the widest, in cells
	key     int
	changes []PlanChange // the first planEntries
	notes   []PlanNote
}

func (g *planGroup) change(c *PlanChange, place string) {
	if g.total++; g.targets == nil {
		g.targets = make(map[string]int64)
	}
	for _, s := range c.Set {
		g.targets[s.Target]++
	}
	if len(g.changes) < planEntries {
		g.changes = append(g.changes, *c)
	}
	g.place, g.key = max(g.place, cells(place)), max(g.key, cells(c.Key))
}

func (g *planGroup) note(n *PlanNote, place string) {
	g.total++
	if len(g.notes) < planEntries {
		g.notes = append(g.notes, *n)
	}
	g.place, g.key = max(g.place, cells(place)), max(g.key, cells(n.Key))
}

// byCount gives the targets that are set, the most frequent first.
func (g *planGroup) byCount() []string {
	names := make([]string, 0, len(g.targets))
	for name := range g.targets {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(g.targets[b], g.targets[a]), cmp.Compare(a, b))
	})
	return names
}
