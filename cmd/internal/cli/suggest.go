package cli

import "strings"

// didYouMean is ", did you mean x?" where one of the words is near to what was
// typed, else empty.
func didYouMean(typed string, words []string) string {
	if word := nearest(typed, words); word != "" {
		return "; did you mean " + word + "?"
	}
	return ""
}

// nearest is the word that begins with what was typed, else the one with the
// fewest edits from it, or "" where more than a third would have to be edited.
func nearest(typed string, words []string) string {
	best, bestEdits := "", len(typed)
	for _, word := range words {
		if len(typed) >= 3 && strings.HasPrefix(word, strings.ToLower(typed)) {
			return word
		}
		edits := distance(strings.ToLower(typed), strings.ToLower(word))
		if edits < bestEdits && edits <= max(1, len(word)/3) {
			best, bestEdits = word, edits
		}
	}
	return best
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour to make a into b (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
