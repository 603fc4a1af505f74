package source

import (
	"slices"
	"strings"
)

// maxTitles is how many rows may stand above the header.
const maxTitles = 20

// titles is how many rows stand above the header: the name of a report, the
// date of its making. A row is one where it holds next to nothing, measured by
// the width of the table. What follows them is the header only if most rows
// are as wide, and some column below it holds figures where it has a name: a
// contact must not be taken for a header. What else is wrong with it is said
// when its names are checked.
func (rd *reading) titles() int {
	for i, row := range rd.rows[:min(len(rd.rows), maxTitles)] {
		if full := filled(row); full <= 1 || full <= rd.width/4 || len(row) <= rd.width/2 {
			continue
		}
		if rd.width > 1 && len(row) == rd.width && rd.consistency() >= 0.5 && rd.isAboveFigures(i) {
			return i
		}
		break
	}
	return 0
}

// filled counts the cells that hold something.
func filled(row []string) (n int) {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// isHeader reports whether a row can be the header below titles: every column
// but empty ones at the end has a name of its own, and none looks like data.
func (rd *reading) isHeader(row []string) bool {
	seen := make(map[string]bool)
	for len(row) > 1 && strings.TrimSpace(row[len(row)-1]) == "" {
		row = row[:len(row)-1]
	}
	words := 0
	for _, cell := range row {
		cell = strings.TrimSpace(cell)
		if cell == "" || seen[cell] || isData(cell) {
			return false
		}
		seen[cell] = true
		if kindOf(cell) == word {
			words++
		}
	}
	return words > 0
}

// headerRows is how many rows make the header. There are two where the first
// alone leaves columns without a name of their own, the two together name them
// all, and the second is no data: below it is a column whose cells are all
// numbers, and it has a word there.
func (rd *reading) headerRows(from int) int {
	if len(rd.rows) < from+4 {
		return 1
	}
	first, second := rd.rows[from], rd.rows[from+1]
	if rd.isHeader(first) || len(first) != len(second) || slices.ContainsFunc(second, func(c string) bool { return kindOf(c) != word && kindOf(c) != blank }) ||
		!rd.isHeader(join(slices.Clone(first), second)) {
		return 1
	}
	if rd.isAboveFigures(from + 1) {
		return 2
	}
	return 1
}

// isAboveFigures reports whether a row has a word, or a year, above figures.
func (rd *reading) isAboveFigures(i int) bool {
	for column, name := range rd.rows[i] {
		if k := kindOf(name); (k == word || k == number && isYear(name)) && rd.isFigures(column, i+1) {
			return true
		}
	}
	return false
}

func isYear(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20")
}

// isFigures reports whether a column holds numbers, phone numbers or addresses
// of e-mail, from a row on, but for a few cells.
func (rd *reading) isFigures(column, from int) bool {
	figures, others := 0, 0
	for _, row := range rd.rows[from:] {
		if column >= len(row) {
			continue // a row that is too short says nothing
		}
		switch kindOf(row[column]) {
		case number, phone, email:
			figures++
		case blank:
		default:
			others++
		}
	}
	return figures > 0 && figures >= 3*others
}

// join puts the second row of a header below the first, cell by cell.
func join(first, second []string) []string {
	for len(first) < len(second) {
		first = append(first, "")
	}
	for i, cell := range second {
		first[i] = strings.TrimSpace(strings.TrimSpace(first[i]) + " " + strings.TrimSpace(cell))
	}
	return first
}

// trailing reports whether every row from one on has one more cell than there
// are names, and nothing in it: a delimiter at the end of each row.
func (rd *reading) trailing(from, names int) bool {
	for _, row := range rd.rows[min(from, len(rd.rows)):] {
		if len(row) != names+1 || strings.TrimSpace(row[names]) != "" {
			return false
		}
	}
	return from < len(rd.rows)
}
