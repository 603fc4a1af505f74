package source

import (
	"bytes"
	"slices"
)

// sampleRows is how many rows of the sample a dialect is found out by.
const sampleRows = 500

// reading is a sample as a format cuts it.
type reading struct {
	format
	rows  [][]string // blank ones left out
	bad   int        // records that cannot be cut
	all   bool       // there is nothing in the file but these
	width int        // of most rows
	pads  bool       // white space stands between quotes and delimiters
	same  int        // rows of that width
	above int        // rows above the first of that width, where they may be titles
}

// readSample cuts a sample into rows.
func readSample(f format, sample []byte, whole bool) reading {
	c := newCutter(f)
	rd := reading{format: f}
	i := 0
	for i < len(sample) && len(rd.rows)+rd.bad < sampleRows {
		r := c.cut(sample[i:], whole, strictly)
		if r.trouble == more {
			if len(rd.rows) > 0 {
				break
			}
			r = c.cut(sample[i:], true, strictly) // the first row is longer than the sample
		}
		if r.trouble != none {
			r.next = afterBreak(sample[i:], lineEnd(sample[i:], r.at))
			rd.bad++
		} else if cells := c.strings(0); !isBlank(cells) {
			rd.rows = append(rd.rows, cells)
			rd.pads = rd.pads || c.padded
		}
		i += r.next
	}
	rd.all = whole && i == len(sample)
	counts := make(map[int]int)
	for _, row := range rd.rows {
		counts[len(row)]++
	}
	for i := len(rd.rows) - 1; i >= 0; i-- {
		// Of widths that are as frequent, that of the earliest row.
		if n := len(rd.rows[i]); counts[n] >= rd.same {
			rd.width, rd.same = n, counts[n]
		}
	}
	rd.above = slices.IndexFunc(rd.rows, func(row []string) bool { return len(row) == rd.width })
	if rd.above < 0 || rd.above > maxTitles {
		rd.above = 0
	}
	return rd
}

// consistency is the share of records that have the width of most, titles
// above the table left out.
func (rd *reading) consistency() float64 {
	if len(rd.rows) == 0 {
		return 0
	}
	return float64(rd.same) / float64(len(rd.rows)-rd.above+rd.bad)
}

// score rates a reading after G. J. J. van den Burg, A. Nazábal and C. Sutton,
// "Wrangling messy CSV files by detecting row and type patterns" (2019): in the
// right one rows have one width, and cells are something.
func (rd *reading) score() float64 {
	if rd.width < 2 {
		return 0
	}
	known, all := 0, 0
	for _, row := range rd.rows {
		for _, cell := range row {
			if all++; kindOf(cell) != unknown {
				known++
			}
		}
	}
	share := float64(rd.same) / float64(len(rd.rows)+rd.bad)
	return share * (1 - 1/float64(rd.width)) * (0.2 + 0.8*float64(known)/float64(all))
}

// findFormat returns the reading that explains a sample best, and how sure
// that is. Quotes, doubled within quotes, and one of four delimiters are taken
// unless they fail and something else does not, or something else is said.
func findFormat(sample []byte, whole bool, delim string, quotes quoting) (reading, float64) {
	delims := []string{",", ";", "\t", "|"}
	if own := ownDelimiter(sample); own != "" {
		return readSample(format{delim: []byte(own), quote: '"'}, sample, whole), 1
	}
	if delim != "" {
		delims = []string{delim}
	}
	best, bestScore, second := reading{}, -1.0, 0.0
	try := func(d string) {
		rd := other(readSample(quotes.usual(d), sample, whole), quotes, sample, whole)
		switch score := rd.score(); {
		case score > bestScore:
			best, bestScore, second = rd, score, bestScore
		case score > second:
			second = score
		}
	}
	for _, d := range delims {
		try(d)
	}
	if delim == "" && best.width < 2 {
		for _, d := range []string{"^", "~", "#", "¦", "§", "\x1F", "\x01"} {
			if rd := readSample(quotes.usual(d), sample, whole); rd.width > 1 && rd.consistency() > 0.9 && len(rd.rows) > 1 {
				best, bestScore = rd, rd.score()
				break
			}
		}
	}
	if delim == "" {
		best = doubled(best, sample, whole)
	}
	if bestScore <= 0 {
		return best, 1 // one column: there is nothing to be unsure of
	}
	return best, best.consistency() * min(1, 0.5+(bestScore-max(second, 0))/bestScore)
}

// doubled takes a delimiter of two characters where the one found never stands
// alone. Of a comma, semicolon or tab that says more of columns that are empty.
func doubled(rd reading, sample []byte, whole bool) reading {
	if bytes.ContainsAny(rd.delim, ",;\t") {
		return rd
	}
	if two := slices.Repeat(rd.delim, 2); rd.width > 2 && bytes.Count(sample, rd.delim) == 2*bytes.Count(sample, two) {
		f := rd.format
		f.delim = two
		if d := readSample(f, sample, whole); d.consistency() >= rd.consistency() {
			return d
		}
	}
	return rd
}

// fewStray is how many rows have to have stray quotes in them before quotes
// are taken for characters like others in a file of which more is to come: each
// quoted cell farther on costs its row then.
const fewStray = 5

// other takes another way of quoting where more rows come out whole by it, and
// nearly all do; or where every name in the header is in single quotes.
func other(best reading, quotes quoting, sample []byte, whole bool) reading {
	single := !quotes.said() && best.namesIn('\'')
	if best.consistency() == 1 && !single {
		return best
	}
	for _, f := range quotes.formats(best.delim)[1:] {
		rd := readSample(f, sample, whole)
		least := best.same + 1
		switch {
		case rd.width < 2 || rd.consistency() < 0.9:
			continue
		case quotes.said():
		case f.quote == '\'' && !single, f.quote == 0 && slices.ContainsFunc(rd.rows, enclosed):
			continue
		case f.quote == '\'':
			least = best.same
		case f.quote == 0 && !rd.all:
			least = best.same + fewStray
		}
		if rd.same >= least {
			best = rd
		}
	}
	return best
}

// namesIn reports whether one of the first rows is all in such quotes, as the
// header is then.
func (rd *reading) namesIn(quote byte) bool {
	return slices.ContainsFunc(rd.rows[:min(len(rd.rows), rd.above+1)], func(row []string) bool {
		return filled(row) > 1 && !slices.ContainsFunc(row, func(c string) bool {
			return c != "" && (len(c) < 3 || c[0] != quote || c[len(c)-1] != quote)
		})
	})
}
