package importer

import "sync"

// claims remembers which row each order of the run belongs to, also while the
// ledger does not know yet.
type claims struct {
	mu     sync.Mutex
	owners *keySet // an order's place is the number of its row
}

// claim makes the order the row's own, unless it is another's.
func (c *claims) claim(order string, seq int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	owner, _ := c.owners.add(order, place(seq))
	return owner == place(seq)
}
