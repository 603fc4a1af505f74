package phone

import "github.com/nyaruka/phonenumbers/v2"

// NormalizeSlowly is Normalize with every number read by the library: the measure of the fast way.
func NormalizeSlowly(text, region string) (Number, error) {
	mended, mend := mendText(nil, text)
	number, refused := read(string(mended), region)
	if refused != nil {
		return Number{}, refused
	}
	number.Mended = mend
	return number, nil
}

// GoesFast reports whether text is read without the library.
func GoesFast(text, region string) bool {
	mended, _ := mendText(nil, text)
	_, _, ok := readFast(mended, region)
	return ok
}

// CompileAll compiles all plans anew; it returns how many states they have together and in the largest automaton, and
// the regions whose plan could not be compiled.
func CompileAll() (plans, states, largest int, unusable []string) {
	metadata, _ := phonenumbers.MetadataCollection()
	for _, meta := range metadata.GetMetadata() {
		p := &plan{region: meta.GetId(), meta: meta}
		if !p.ready() {
			unusable = append(unusable, p.region)
		}
		plans++
		for _, a := range []*automaton{p.national, p.trunk, p.idd, p.leading} {
			if a != nil {
				states, largest = states+len(a.next), max(largest, len(a.next))
			}
		}
	}
	return plans, states, largest, unusable
}

// Prefix compiles pattern and returns a function that matches the beginning of digits: it returns the length of the
// match, -1 for none, and whether the last group took part in it.
func Prefix(pattern string) func(digits string) (end int, lastGroup bool) {
	a := compilePrefix(pattern, true)
	return func(digits string) (int, bool) {
		end, found := a.prefix([]byte(digits))
		if found == 0 {
			return -1, false
		}
		return end, found&captured != 0
	}
}

// Whole compiles patterns into one automaton and returns a function that says which of them match digits, as a set of
// bits.
func Whole(patterns []string) func(digits string) uint16 {
	a := compileSet(patterns)
	return func(digits string) uint16 { return uint16(a.run([]byte(digits))) }
}
