package mapping

import (
	"strings"
	"unicode/utf8"
)

// confidence is how sure a match of a rank is, for people.
func confidence(rank int) float64 {
	switch {
	case rank < rankSynonym:
		return 1
	case rank == rankSynonym:
		return 0.95
	}
	return 0.9
}

// leastResemblance is below what a guess is not worth a word.
const leastResemblance = 0.3

// guess is the target, not taken yet, that a name resembles most. Guesses are
// shown, never used.
func (p *proposal) guess(name string) (target string, confidence float64) {
	key := foldString(name)
	if key == "" {
		return "", 0
	}
	for _, t := range p.rt.targets() {
		if _, taken := p.taken[t]; taken || t == targetUUID || strings.HasPrefix(t, "order.") {
			continue
		}
		if c := resemblance(key, t); c > confidence {
			target, confidence = t, c
		}
	}
	if confidence < leastResemblance {
		return "", 0
	}
	return target, confidence
}

// resemblance is how much a folded name looks like one of a target's names:
// because one stands in it (Customer mobile no), or because of a slip in
// typing (Emial). It is below 0.9; a fax is never a phone.
func resemblance(key, target string) float64 {
	if target == targetPhone && strings.Contains(key, "fax") {
		return 0
	}
	best := 0.0
	compare := func(name string) {
		length := utf8.RuneCountInString(name)
		switch {
		case length >= 4 && strings.Contains(key, name), length == 3 && strings.HasPrefix(key, name):
			best = max(best, 0.4+0.45*float64(len(name))/float64(len(key)))
		case length >= 5 && max(len(key), len(name))-min(len(key), len(name)) <= 1 && distance(key, name) == 1:
			best = max(best, 0.8)
		}
	}
	compare(foldString(strings.TrimPrefix(target, parameterPrefix)))
	for name, known := range knownNames() {
		if known.target == target {
			compare(name)
		}
	}
	return min(best, 0.85)
}
