package profile

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxKept is how many bytes of a value are kept.
const maxKept = 100

// value is a distinct value of a column.
type value struct {
	text  string // cut
	count int64
	line  int // the smallest
	class *class
}

// values are a sample of the distinct values of a column: those with the
// smallest hashes (K. Beyer et al., "On synopses for distinct-value estimation
// under multiset operations", 2007). A value that is in it at the end was in it
// from its first cell on, so that its count is exact, and the sample does not
// depend on the order of the cells.
type values struct {
	most   int
	known  map[uint64]*value
	latest hashes // a heap, the greatest hash at its top
	more   bool   // there are others
}

func newValues(most int) *values { return &values{most: most, known: make(map[uint64]*value)} }

// count counts a cell of a value that is in the sample, and returns it; nil for
// others.
func (s *values) count(hash uint64, line int) *value {
	v := s.known[hash]
	if v != nil {
		v.count++
		v.line = min(v.line, line)
	}
	return v
}

// add takes the first cell of a value, if that belongs into the sample.
func (s *values) add(hash uint64, line int, text string, c *class) {
	switch {
	case len(s.latest) < s.most:
		heap.Push(&s.latest, hash)
	case hash > s.latest[0]:
		s.more = true
		return
	default:
		s.more = true
		delete(s.known, s.latest[0])
		s.latest[0] = hash
		heap.Fix(&s.latest, 0)
	}
	s.known[hash] = &value{text: strings.Clone(cut(text)), count: 1, line: line, class: c}
}

// distinct is how many distinct values there are; where not all are in the
// sample, by how close its hashes lie.
func (s *values) distinct() Distinct {
	if !s.more {
		return Distinct{Count: int64(len(s.latest)), Exact: true}
	}
	part := float64(s.latest[0]) / math.MaxUint64 // of all hashes, below which the sample lies
	return Distinct{Count: max(int64(s.most)+1, int64(math.Round(float64(s.most-1)/part)))}
}

// byCount are the values of the sample, the most frequent first, of equal ones
// that of the earlier line.
func (s *values) byCount() []*value {
	all := make([]*value, 0, len(s.known))
	for _, v := range s.known {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b *value) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.line, b.line), cmp.Compare(a.text, b.text))
	})
	return all
}

// cut is text, or the beginning of a long one with an ellipsis.
func cut(text string) string {
	if len(text) <= maxKept {
		return text
	}
	end := maxKept
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// hashOf is the same in every run, so that the same table has the same profile.
func hashOf(text string) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for i := 0; i < len(text); i++ {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return mixed(h)
}

// mixed spreads what differs in few bits over all (the finalizer of
// MurmurHash3): the hashes' order must say nothing of the values.
func mixed(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// hashes is a heap with the greatest at its top.
type hashes []uint64

func (h hashes) Len() int           { return len(h) }
func (h hashes) Less(i, j int) bool { return h[i] > h[j] }
func (h hashes) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *hashes) Push(x any)        { *h = append(*h, x.(uint64)) }
func (h *hashes) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
