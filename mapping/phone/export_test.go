package phone

import "github.com/nyaruka/phonenumbers/v2"

// NormalizeSlowly is Normalize with every number read by the library: the measure of the fast way.
func NormalizeSlowly(text, region string) (Number, error) {
	mended, mend := mendText(nil, text)
	number, err := read(string(mended), region)
	if err == nil {
		number.Mended = mend
	}
	return number, err
}

// GoesFast reports whether text is read without the library.
func GoesFast(text, region string) bool {
	mended, _ := mendText(nil, text)
	_, ok := readFast(mended, region)
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
