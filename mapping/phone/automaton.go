package phone

// automaton is a deterministic automaton over decimal digits. State 0 is dead, state 1 is where it begins.
type automaton struct {
	next   [][10]uint16
	accept []accept
}

// accept is what it means that the automaton is in a state.
type accept struct {
	here  outcome // the digits so far match, whatever follows
	atEnd outcome // the digits so far match if they are all
}

// outcome is the set of what has matched. For the patterns of a region it is the set of patterns; for a prefix it says
// whether the group that decides about a rewriting took part.
type outcome uint16

const (
	matched   outcome   = 1 << iota // a prefix: there is a match
	captured                        // a prefix: and its last group took part
	isGeneral = matched             // a region: the general pattern; the bits above it are the kinds of numbers
)

// run returns what all of digits is in the automaton.
func (a *automaton) run(digits []byte) outcome {
	state := uint16(1)
	for _, d := range digits {
		state = a.next[state][d-'0']
		if state == 0 {
			return 0
		}
	}
	return a.accept[state].atEnd
}

// prefix returns how many of digits the pattern takes, by the rules of Perl: of several alternatives the first.
func (a *automaton) prefix(digits []byte) (end int, found outcome) {
	state := uint16(1)
	for i, d := range digits {
		if here := a.accept[state].here; here != 0 {
			end, found = i, here
		}
		state = a.next[state][d-'0']
		if state == 0 {
			return end, found
		}
	}
	if atEnd := a.accept[state].atEnd; atEnd != 0 {
		return len(digits), atEnd
	}
	return end, found
}
