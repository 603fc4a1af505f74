package importer

import "sync"

// claims remembers which row an order of the run belongs to while the ledger does
// not know it yet.
type claims struct {
	mu     sync.Mutex
	owners map[string]int64 // by order: the place of its row in the run
}

func newClaims() *claims { return &claims{owners: make(map[string]int64)} }

// claim makes the order the row's own, unless it is another's.
func (c *claims) claim(order string, seq int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	owner, claimed := c.owners[order]
	if !claimed {
		c.owners[order] = seq
	}
	return !claimed || owner == seq
}

// release gives up a claim.
func (c *claims) release(order string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.owners, order)
}

// written forgets the orders of which the ledger knows from now on.
func (c *claims) written(operations []Operation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range operations {
		if op := &operations[i]; c.owners[op.Order] == op.Seq {
			delete(c.owners, op.Order)
		}
	}
}
