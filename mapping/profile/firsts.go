package profile

import (
	"slices"
	"strings"
)

// maxLines is how many lines are named.
const maxLines = 10

// firsts counts cells and keeps the smallest lines of them, whatever the order
// in which they come, and the text of the first.
type firsts struct {
	count int64
	lines []int
	texts []string // of the first lines
}

// add reports whether the cell is the first of all so far.
func (f *firsts) add(line int, text string) bool {
	f.count++
	if len(f.lines) == maxLines && line >= f.lines[maxLines-1] {
		return false
	}
	i, _ := slices.BinarySearch(f.lines, line)
	f.lines = slices.Insert(f.lines, i, line)
	f.lines = f.lines[:min(len(f.lines), maxLines)]
	if i < maxTexts {
		f.texts = slices.Insert(f.texts, i, strings.Clone(cut(text)))
		f.texts = f.texts[:min(len(f.texts), maxTexts)]
	}
	return i == 0
}

// maxTexts is how many cells are shown that do not fit.
const maxTexts = 2

// first is the text of the first cell; "" where there is none.
func (f *firsts) first() string {
	if len(f.texts) == 0 {
		return ""
	}
	return f.texts[0]
}
