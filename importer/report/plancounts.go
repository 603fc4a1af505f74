package report

import (
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// PlanCounts counts what is planned. Each kind of operation is counted as it
// stands among the steps: the second half of a new order is an updateOrder, or
// an activate. Rows and leftovers together are create + associate + update +
// cancel + remove and the outcomes of those for which nothing is sent.
type PlanCounts struct {
	Create       int64 `json:"create"`
	Associate    int64 `json:"associate"`
	Update       int64 `json:"update"` // orders that are there, by updates of them or of their records
	UpdateOrder  int64 `json:"updateOrder"`
	UpdateRecord int64 `json:"updateRecord"`
	Activate     int64 `json:"activate"`
	Cancel       int64 `json:"cancel"`
	Remove       int64 `json:"remove"`
	Unchanged    int64 `json:"unchanged"`
	Skipped      int64 `json:"skipped"`
	Duplicate    int64 `json:"duplicate"`
	Suppressed   int64 `json:"suppressed"`
	Protected    int64 `json:"protected"`
	Rejected     int64 `json:"rejected"`
	Conflict     int64 `json:"conflict"` // rows of which something is left, counted above too
	Rows         int64 `json:"rows"`
	Leftovers    int64 `json:"leftovers"` // orders that no row has
}

// Changes is how many rows and leftovers something is to be sent for.
func (c *PlanCounts) Changes() int64 { return c.Create + c.Associate + c.Update + c.Cancel + c.Remove }

func (c *PlanCounts) steps(steps []reconcile.Kind) {
	if groupOf(steps) == groupChange {
		c.Update++
	}
	for _, kind := range steps {
		switch kind {
		case reconcile.CreateOrder:
			c.Create++
		case reconcile.Associate:
			c.Associate++
		case reconcile.UpdateOrder:
			c.UpdateOrder++
		case reconcile.UpdateRecord:
			c.UpdateRecord++
		case reconcile.Activate:
			c.Activate++
		case reconcile.CancelOrder:
			c.Cancel++
		case reconcile.RemoveOrder:
			c.Remove++
		}
	}
}

func (c *PlanCounts) outcome(o importer.Outcome) {
	switch o {
	case reconcile.Unchanged:
		c.Unchanged++
	case reconcile.Skipped:
		c.Skipped++
	case reconcile.Duplicate:
		c.Duplicate++
	case reconcile.Suppressed:
		c.Suppressed++
	case reconcile.Protected:
		c.Protected++
	case reconcile.Rejected:
		c.Rejected++
	}
}
