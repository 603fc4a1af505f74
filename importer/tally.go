package importer

import (
	"context"
	"hash/maphash"

	"github.com/campsync/campsync/client"
)

// countable reports whether books that close can be told without the snapshot:
// each order shows the number that is its key, and nobody asks afterwards what
// the orders were like.
func (r *Runner) countable() bool { return r.byPhone() && !r.Policy.Staged }

// tallying counts a list of the campaign's orders, in about 12 bytes for each that the
// run has made and 20 for each of the others. The run's own are of different numbers,
// as their rows are: that they still have these is seen by a sum over all of them.
type tallying struct {
	*Runner
	made    *keySet // the run's own: expected, or listed
	missing int     // of made
	seed    maphash.Seed
	sum     uint64 // of the numbers of the rows that made is of, less those that their orders show

	others  *keySet
	numbers *keySet // of others
	twice   bool    // one of them has two orders, or one of the run's own stands for two rows
}

// Places of an order that the run has made.
const (
	expected place = 1
	listed   place = 2
)

// tally lists the campaign's orders and reports whether all is in order with
// them: no number has two of them where that matters, and each order of the run
// is there. To know that, it need not keep them. What is not in order has to be
// named, and for that the orders are read into the snapshot.
func (r *Runner) tally(ctx context.Context, first *client.Page[client.Order], v *Verification) (bool, error) {
	t := &tallying{Runner: r, seed: maphash.MakeSeed()}
	hold := r.holding(ctx, v)
	c := r.orderCensus()
	c.reset = func() error {
		v.Differs = nil
		return t.begin(ctx)
	}
	c.marks = func() func(string) bool { return t.mark }
	c.once = t.count
	c.take = func(orders []client.Order) error {
		r.Observer.Advance(int64(len(orders)), 0)
		if hold == nil {
			return nil
		}
		return hold(orders)
	}
	var err error
	if v.After, err = c.read(ctx, first); err != nil || t.missing > 0 || t.twice || t.sum != 0 {
		return false, err
	}
	return t.apart(ctx)
}

// begin expects the orders that the run has made.
func (t *tallying) begin(ctx context.Context) error {
	t.made, t.others, t.numbers = newKeySet(1), newKeySet(0), newKeySet(0)
	t.missing, t.sum, t.twice = 0, 0, false
	for o, err := range t.Ledger.Made(ctx) {
		if err != nil {
			return err
		}
		if _, known := t.made.add(o.UUID, expected); known {
			t.twice = true
			continue
		}
		t.missing++
		t.sum += t.hash(o.Phone)
	}
	return nil
}

// hash is of a number, where numbers matter.
func (t *tallying) hash(number string) uint64 {
	if t.shared() {
		return 0
	}
	return maphash.String(t.seed, number)
}

// mark marks an order as listed, and reports whether it was.
func (t *tallying) mark(order string) bool {
	switch at, own := t.made.get(order); {
	case !own:
		return t.others.mark(order)
	case at == listed:
		return true
	}
	t.made.set(order, listed)
	t.missing--
	return false
}

// count takes in the number of an order, once.
func (t *tallying) count(o client.Order) {
	number := e164(o.Record.PhoneNumber, t.Region)
	if _, own := t.made.get(o.UUID); own {
		t.sum -= t.hash(number)
	} else if number != "" && !t.shared() && t.numbers.mark(number) {
		t.twice = true
	}
}

// apart reports whether none of the run's own orders has the number of another.
func (t *tallying) apart(ctx context.Context) (bool, error) {
	if t.numbers.empty() {
		return true, nil
	}
	for o, err := range t.Ledger.Made(ctx) {
		if err != nil {
			return false, err
		}
		if _, twice := t.numbers.get(o.Phone); twice {
			return false, nil
		}
	}
	return true, nil
}
