package sandbox

import "sync"

// A list is what is paged through: the orders of a campaign, or the records of
// a type (scope 0: of all).
type list struct {
	table string
	scope int64
}

// A delta is a change of a list's size, or of which status its rows have.
type delta struct {
	list   list
	status string
	n      int
}

// maxStarts bounds the page starts that are remembered.
const maxStarts = 20_000

// lists remembers how long lists are, by status ("" is all of them), and at
// which id their pages start, so that reading a list page by page is one walk
// and not a count and a skip for every page.
type lists struct {
	mu     sync.Mutex
	sizes  map[sizeKey]int
	shifts map[list]int64 // counts changes that move rows from page to page
	starts map[startKey]start
}

type sizeKey struct {
	list   list
	status string
}

type startKey struct {
	list        list
	status      string
	page, limit int
}

type start struct {
	id    int64
	shift int64
}

func (l *lists) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sizes = map[sizeKey]int{}
	l.starts = map[startKey]start{}
	if l.shifts == nil {
		l.shifts = map[list]int64{}
	}
}

// apply is told what was committed, after it was: a start that was found in a
// read before that is then taken for stale. Rows that are added to the end move
// no others.
func (l *lists) apply(deltas []delta, addedMove bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range deltas {
		l.sizes[sizeKey{d.list, ""}] += d.n
		if d.status != "" {
			l.sizes[sizeKey{d.list, d.status}] += d.n
		}
		if d.n < 0 || addedMove {
			l.shifts[d.list]++
		}
		if d.list.table == "records" && d.list.scope != 0 {
			all := list{"records", 0}
			l.sizes[sizeKey{all, ""}] += d.n
			if d.n < 0 || addedMove {
				l.shifts[all]++
			}
		}
	}
}

func (l *lists) size(of list, status string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sizes[sizeKey{of, status}]
}

// start answers where the page starts, where that is known, and the state of
// the list to which a start that is found now belongs.
func (l *lists) start(key startKey) (id int64, known bool, shift int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	shift = l.shifts[key.list]
	s, ok := l.starts[key]
	return s.id, ok && s.shift == shift, shift
}

func (l *lists) remember(key startKey, id, shift int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.starts) >= maxStarts {
		clear(l.starts)
	}
	l.starts[key] = start{id, shift}
}
