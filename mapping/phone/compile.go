package phone

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// maxStates bounds an automaton. The largest of today's metadata has about 900 states.
const maxStates = 1 << 14

// compiler makes an automaton of patterns by the subset construction: a state is the list of the threads that a
// backtracking matcher would still have open, in the order in which it would try them.
type compiler struct {
	insts   []inst
	starts  []thread
	prefix  bool // the first alternative that matches wins, and the rest of the text does not matter
	visited []int
	round   int
}

// inst is an instruction of a compiled pattern.
type inst struct {
	op       syntax.InstOp
	out, arg uint32
	digits   uint16  // the set of digits it takes
	atEnd    bool    // an empty match that demands the end of the text
	yields   outcome // of a match: what has matched; of a capture: what is to be remembered
}

// thread is an instruction to go on with, and what was captured on the way to it.
type thread struct {
	pc       uint16
	captured outcome
}

// compilePrefix makes the automaton of a pattern that matches the beginning of a number. A match that a rewriting rule
// applies to, because the pattern's last group took part, is marked as captured.
func compilePrefix(pattern string, rewrites bool) *automaton {
	c := compiler{prefix: true}
	if !c.add(pattern, matched, rewrites) {
		return nil
	}
	return c.compile()
}

// compileSet makes the automaton that says which of the patterns match a whole number; the outcome has bit i for
// pattern i.
func compileSet(patterns []string) *automaton {
	c := compiler{}
	for i, pattern := range patterns {
		if !c.add(pattern, 1<<i, false) {
			return nil
		}
	}
	return c.compile()
}

// add compiles pattern behind the ones that are there. It reports whether it could: what is not made of digits,
// alternatives, repetitions and the end of the text is left to the library.
func (c *compiler) add(pattern string, yields outcome, rewrites bool) bool {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return false
	}
	lastGroup := 2*parsed.MaxCap() + 1
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return false
	}
	base := uint32(len(c.insts))
	for i := range prog.Inst {
		in := &prog.Inst[i]
		compiled := inst{op: in.Op, out: base + in.Out, arg: base + in.Arg}
		switch in.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			for d := range 10 {
				if in.MatchRune('0' + rune(d)) {
					compiled.digits |= 1 << d
				}
			}
		case syntax.InstEmptyWidth:
			compiled.atEnd = syntax.EmptyOp(in.Arg) == syntax.EmptyEndText
			if !compiled.atEnd {
				return false
			}
		case syntax.InstCapture:
			if rewrites && int(in.Arg) == lastGroup {
				compiled.yields = captured
			}
		case syntax.InstMatch:
			compiled.yields = yields
		}
		c.insts = append(c.insts, compiled)
	}
	start := thread{pc: uint16(base) + uint16(prog.Start)}
	if rewrites && lastGroup == 1 { // no group: the rule rewrites every match
		start.captured = captured
	}
	c.starts = append(c.starts, start)
	return len(c.insts) < 1<<15
}

// compile runs the subset construction.
func (c *compiler) compile() *automaton {
	c.visited = make([]int, len(c.insts))
	a := &automaton{next: make([][10]uint16, 1), accept: make([]accept, 1)}
	numbers := map[string]uint16{}
	states := [][]thread{nil}
	intern := func(threads []thread) uint16 {
		if len(threads) == 0 {
			return 0
		}
		key := encode(threads)
		number, known := numbers[key]
		if !known {
			number = uint16(len(states))
			numbers[key] = number
			states = append(states, threads)
			a.next = append(a.next, [10]uint16{})
			a.accept = append(a.accept, c.accepts(threads))
		}
		return number
	}
	intern(c.follow(c.starts, false))
	for number := 1; number < len(states); number++ {
		if len(states) > maxStates {
			return nil
		}
		for d := range 10 {
			a.next[number][d] = intern(c.step(states[number], d))
		}
	}
	return a
}

// step returns the threads that are open after one more digit.
func (c *compiler) step(threads []thread, digit int) []thread {
	var seeds []thread
	for _, t := range threads {
		if in := &c.insts[t.pc]; in.digits&(1<<digit) != 0 {
			seeds = append(seeds, thread{uint16(in.out), t.captured})
		}
	}
	return c.follow(seeds, false)
}

// follow goes from seeds along the instructions that take no digit, and returns where it stops: instructions that
// take one, matches, and, unless the text is at its end, demands for the end.
func (c *compiler) follow(seeds []thread, atEnd bool) []thread {
	c.round++
	var open []thread
	var visit func(t thread) (done bool)
	visit = func(t thread) bool {
		if c.visited[t.pc] == c.round {
			return false
		}
		c.visited[t.pc] = c.round
		in := &c.insts[t.pc]
		switch in.op {
		case syntax.InstFail:
			return false
		case syntax.InstAlt, syntax.InstAltMatch:
			return visit(thread{uint16(in.out), t.captured}) || visit(thread{uint16(in.arg), t.captured})
		case syntax.InstCapture, syntax.InstNop:
			return visit(thread{uint16(in.out), t.captured | in.yields})
		case syntax.InstEmptyWidth:
			if atEnd {
				return visit(thread{uint16(in.out), t.captured})
			}
		}
		open = append(open, t)
		return c.prefix && in.op == syntax.InstMatch
	}
	for _, seed := range seeds {
		if visit(seed) {
			break
		}
	}
	if !c.prefix {
		slices.SortFunc(open, func(a, b thread) int { return int(a.pc) - int(b.pc) })
	}
	return open
}

// accepts returns what it means to be in the state of threads.
func (c *compiler) accepts(threads []thread) accept {
	return accept{here: c.matches(threads), atEnd: c.matches(c.follow(threads, true))}
}

func (c *compiler) matches(threads []thread) outcome {
	var found outcome
	for _, t := range threads {
		if in := &c.insts[t.pc]; in.op == syntax.InstMatch {
			found |= in.yields | t.captured
		}
	}
	return found
}

// encode returns threads as the key of a map.
func encode(threads []thread) string {
	key := make([]byte, 0, 2*len(threads))
	for _, t := range threads {
		key = binary.LittleEndian.AppendUint16(key, t.pc<<1|uint16(t.captured>>1))
	}
	return string(key)
}
