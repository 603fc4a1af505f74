package importer

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/campsync/campsync/client"
)

// pageSize is the most items that the API gives in a page.
const pageSize = 100

// pagesInFlight is how many pages of one list are asked for at a time.
const pagesInFlight = 8

// passes is how often a list that changes while it is read is begun again.
const passes = 6

// ErrRestless is the error for a list that kept changing while it was read.
var ErrRestless = errors.New("it changes faster than it can be read; try again when nobody else works on it")

// census reads a whole list of the API, once and without gaps.
//
// Page numbers over a list that changes meanwhile repeat items where others
// were added, and skip items where others were removed. So the items are
// counted by their ids, and each page's total is watched: a list that has
// shrunk is read from the beginning again, one that has grown is read on, and
// it is complete when so many different items were seen as it has. What this
// cannot see is an item that is removed and another that is added between the
// same two answers. A list that does not say its total ends with an empty page,
// which may be empty by mistake: it is read until a pass shows nothing new.
type census[T any] struct {
	what  string // for messages: "the campaign's orders"
	fetch func(ctx context.Context, page int) (client.Page[T], error)
	id    func(T) string
	reset func() error                // forgets what was taken
	take  func([]T) error             // gets every page, some items more than once
	once  func(T)                     // gets every item once, before take does; may be nil
	marks func() func(id string) bool // gives, after reset, what marks an item as seen and reports whether it was; nil: a set

	mu       sync.Mutex
	count    int // of different items that were seen
	total    int // as the latest answer says; -1: none has
	shrunk   bool
	together bool // answers come in another order than they were given

	known     func(id string) bool // of marks
	uncounted bool                 // no page has a total
}

// read gives the number of items. first may hold the first page, where the
// caller has it already.
func (c *census[T]) read(ctx context.Context, first *client.Page[T]) (int, error) {
	for pass := range passes {
		if pass == 0 || c.shrunk || c.count > c.total {
			// Something was removed: nobody knows which of those seen are still
			// there, and which were skipped.
			c.count, c.total, c.shrunk = 0, -1, false
			if err := c.reset(); err != nil {
				return 0, err
			}
			c.known = newKeySet(0).mark
			if c.marks != nil {
				c.known = c.marks()
			}
		}
		before := c.count
		if err := c.pass(ctx, first, pass > 0); err != nil {
			return 0, fmt.Errorf("reading %s: %w", c.what, err)
		}
		if c.count == c.total && !c.shrunk && !(c.uncounted && (pass == 0 || c.count > before)) {
			return c.total, nil
		}
		first = nil
	}
	return 0, fmt.Errorf("reading %s: %w", c.what, ErrRestless)
}

// pass reads the pages from the first on. A pass that mends an earlier one
// stops as soon as nothing is missing.
func (c *census[T]) pass(ctx context.Context, first *client.Page[T], mending bool) error {
	if first == nil {
		page, err := c.fetch(ctx, 1)
		if err != nil {
			return err
		}
		first = &page
	}
	if err := c.got(*first); err != nil {
		return err
	}
	c.uncounted = first.Total < 0
	size := len(first.Items)
	if size == 0 || first.Total >= 0 && size >= first.Total {
		c.total = max(c.total, size)
		return nil
	}
	if mending || c.uncounted {
		return c.oneByOne(ctx)
	}
	c.together = true
	defer func() { c.together = false }()
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(pagesInFlight)
	for page := 2; page <= (first.Total+size-1)/size; page++ {
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error {
			p, err := c.fetch(gctx, page)
			if err != nil {
				return err
			}
			return c.got(p)
		})
	}
	return g.Wait()
}

// oneByOne reads pages in turn, until nothing is missing or a page is empty.
func (c *census[T]) oneByOne(ctx context.Context) error {
	for page := 2; ; page++ {
		if !c.uncounted && (c.count >= c.total || c.shrunk) {
			return nil
		}
		p, err := c.fetch(ctx, page)
		if err != nil {
			return err
		}
		if err := c.got(p); err != nil {
			return err
		}
		if len(p.Items) == 0 {
			if c.uncounted {
				c.total = c.count
			}
			return nil
		}
	}
}

func (c *census[T]) got(p client.Page[T]) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, item := range p.Items {
		if !c.known(c.id(item)) {
			c.count++
			if c.once != nil {
				c.once(item)
			}
		}
	}
	if p.Total >= 0 {
		c.shrunk = c.shrunk || p.Total < c.total || c.together && p.Total != c.total
		c.total = p.Total
	}
	return c.take(p.Items)
}
