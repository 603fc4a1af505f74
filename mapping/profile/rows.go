package profile

import (
	"container/heap"
	"strings"
)

// sampledRow is a row with its cells cut.
type sampledRow struct {
	rank  uint64
	line  int
	cells []string
}

// rowSample keeps rows whose lines have the smallest hashes: a sample that does
// not depend on the order of the rows, for what is to be known of the cells of
// a row together.
type rowSample struct {
	most int
	rows []sampledRow // a heap, the greatest rank at its top
}

func newRowSample(most int) *rowSample { return &rowSample{most: max(1, most)} }

func (s *rowSample) add(line int, cells []string) {
	rank := mixed(uint64(line))
	full := len(s.rows) == s.most
	if full && rank >= s.rows[0].rank {
		return
	}
	kept := make([]string, len(cells))
	for i, cell := range cells {
		kept[i] = strings.Clone(cut(cell))
	}
	row := sampledRow{rank, line, kept}
	if full {
		s.rows[0] = row
		heap.Fix(s, 0)
		return
	}
	heap.Push(s, row)
}

// cell is that of a column; "" where the row is too short.
func (r *sampledRow) cell(column int) string {
	if column >= len(r.cells) {
		return ""
	}
	return r.cells[column]
}

func (s *rowSample) Len() int           { return len(s.rows) }
func (s *rowSample) Less(i, j int) bool { return s.rows[i].rank > s.rows[j].rank }
func (s *rowSample) Swap(i, j int)      { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] }
func (s *rowSample) Push(x any)         { s.rows = append(s.rows, x.(sampledRow)) }
func (s *rowSample) Pop() any {
	last := s.rows[len(s.rows)-1]
	s.rows = s.rows[:len(s.rows)-1]
	return last
}
