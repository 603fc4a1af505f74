package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Match is what Propose did with a column.
type Match struct {
	Column     string
	Target     string  // "" for a column that was left
	Why        string  // such as: its name, a known name of phoneNumber, "Mobile" is taken for phoneNumber
	Guess      string  // for a column that was left: a target that it may be, for a person to confirm; "" for none
	Confidence float64 // 1 for a target's own name, less for a known name, least for a guess; 0 where there is neither
}

// How well a name says what the column is; lower is better.
const (
	rankTarget    = iota // the target's own name
	rankParameter        // the id of a parameter
	rankTitle            // its title
	rankSynonym          // a known name; each group has two ranks, the second for numbered names (Phone 2)
)

// candidate is a target that a column may be.
type candidate struct {
	column int
	target string
	rank   int
	why    string
}

// Propose finds a mapping by the names of the columns. It guesses nothing: a
// column is taken where its name is that of a target or of a parameter, or is
// known to mean one. Where two columns have an equal claim to a target, or
// none is a phone number, the error shows the lines of a mapping file that
// decide it; the matches are there all the same.
func Propose(columns []string, rt RecordType) (*Spec, []Match, error) {
	p := propose(columns, &rt)
	spec := p.spec()
	if _, ok := p.taken[targetPhone]; !ok {
		p.faults = append(p.faults, noPhone(spec, columns))
	}
	if len(p.faults) > 0 {
		return nil, p.matches(), errors.Join(p.faults...)
	}
	return spec, p.matches(), nil
}

type proposal struct {
	columns []string
	rt      *RecordType
	claims  []candidate // by column, target "" where it has none; then second ones of columns that serve the phone too
	taken   map[string]candidate
	faults  []error
}

// propose finds who takes which target.
func propose(columns []string, rt *RecordType) *proposal {
	p := &proposal{columns: columns, rt: rt, taken: map[string]candidate{}}
	for i, name := range columns {
		p.claims = append(p.claims, p.claim(i, name))
	}
	for _, c := range p.claims {
		p.contest(c)
	}
	if _, ok := p.taken[targetPhone]; !ok {
		// A parameter may have the name of the phone column; it serves both.
		for i, name := range columns {
			if c, ok := p.byName(i, name); ok && c.target == targetPhone {
				p.claims = append(p.claims, c)
				p.contest(c)
			}
		}
	}
	return p
}

// claim is the best that a column's name says.
func (p *proposal) claim(column int, name string) candidate {
	key := foldString(name)
	none := candidate{column: column, why: "no target has this name"}
	if key == "" {
		return none
	}
	if c, ok := p.byPair(column, key); ok {
		return c
	}
	for _, t := range fixedTargets {
		if t != targetUUID && (key == foldString(t) || (t == targetTime || t == targetDuration) && key == foldString(strings.TrimPrefix(t, "order."))) {
			return candidate{column, t, rankTarget, "its name"}
		}
	}
	if c, ok := p.byParameter(column, name, key); ok {
		return c
	}
	if c, ok := p.byName(column, name); ok {
		return c
	}
	return none
}

// byPair takes words whose meaning the column beside them tells.
func (p *proposal) byPair(column int, key string) (candidate, bool) {
	for _, pair := range pairedNames {
		if key != pair.words || slices.ContainsFunc(p.columns, func(n string) bool {
			known, ok := knownNames().find(n)
			return foldString(n) == foldString(pair.target) || ok && known.target == pair.target
		}) {
			continue
		}
		partners := folded(pair.beside)
		for _, n := range p.columns {
			if slices.Contains(partners, foldString(n)) {
				return candidate{column, pair.target, rankSynonym, fmt.Sprintf("its name beside %s", quote(n))}, true
			}
		}
	}
	return candidate{}, false
}

func (p *proposal) byParameter(column int, name, key string) (candidate, bool) {
	if p.rt.Parameters == None {
		return candidate{}, false
	}
	if id, ok := cutFold(name, parameterPrefix); ok {
		if p.rt.Parameters == Free && id != "" || p.rt.field(id) != nil {
			return candidate{column, parameterPrefix + id, rankTarget, "its name"}, true
		}
	}
	for _, by := range []struct {
		rank int
		why  string
		name func(*Field) string
	}{
		{rankParameter, "the id of the parameter", func(f *Field) string { return f.ID }},
		{rankTitle, "the title of the parameter", func(f *Field) string { return f.Title }},
	} {
		var found []string
		for i := range p.rt.Fields {
			f := &p.rt.Fields[i]
			switch {
			case by.name(f) == name:
				return candidate{column, parameterPrefix + f.ID, by.rank, by.why}, true
			case foldString(by.name(f)) == key:
				found = append(found, parameterPrefix+f.ID)
			}
		}
		if len(found) > 1 && !p.named(found) {
			p.faults = append(p.faults, p.doubt(fmt.Sprintf("the column %s may be %s", quote(name), strings.Join(found, " or ")), found[0], name))
		}
		if len(found) > 0 {
			return candidate{column, found[0], by.rank, by.why}, true
		}
	}
	return candidate{}, false
}

// named says whether columns have all these targets' own names. Then no other
// column is in doubt about them.
func (p *proposal) named(targets []string) bool {
	return !slices.ContainsFunc(targets, func(t string) bool { return !slices.Contains(p.columns, t) })
}

func cutFold(text, prefix string) (string, bool) {
	text = trim(text)
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return "", false
	}
	return text[len(prefix):], true
}

// byName takes known names; of phone and e-mail also numbered ones (Phone 2).
func (p *proposal) byName(column int, name string) (candidate, bool) {
	known, ok := knownNames().find(name)
	numbered := 0
	if !ok {
		plain := strings.TrimRight(foldString(name), "0123456789")
		if known, ok = knownNames().find(plain); !ok && (plain == foldString(targetPhone) || plain == targetEmail) {
			known, ok = synonym{target: targetPhone}, true
			if plain == targetEmail {
				known.target = targetEmail
			}
		}
		numbered = 1
		ok = ok && (known.target == targetPhone || known.target == targetEmail)
	}
	if !ok {
		return candidate{}, false
	}
	return candidate{column, known.target, rankSynonym + 2*known.rank + numbered, "a known name of " + known.target}, true
}

// contest gives the target to the better of two columns.
func (p *proposal) contest(c candidate) {
	if c.target == "" {
		return
	}
	holder, held := p.taken[c.target]
	switch {
	case !held || c.rank < holder.rank:
		p.taken[c.target] = c
	case c.rank == holder.rank && p.best(c):
		a, b := p.columns[holder.column], p.columns[c.column]
		p.faults = append(p.faults, p.doubt(fmt.Sprintf("the columns %s and %s may both be %s", quote(a), quote(b), c.target), c.target, a))
	}
}

// best says whether no column has a better claim to the target.
func (p *proposal) best(c candidate) bool {
	return !slices.ContainsFunc(p.claims, func(o candidate) bool { return o.target == c.target && o.rank < c.rank })
}

func (p *proposal) doubt(message, target, column string) *Error {
	return &Error{Message: message, Hint: fmt.Sprintf("say which it is in a mapping file:\n  columns:\n    %s: %s", target, yamlText(column))}
}

func (p *proposal) spec() *Spec {
	s := &Spec{Version: 1}
	for i := range p.columns {
		for _, c := range p.takenBy(i) {
			s.Columns = append(s.Columns, Entry{Target: c.target, Column: p.columns[i]})
		}
	}
	return s
}

// takenBy are the targets that a column serves.
func (p *proposal) takenBy(column int) []candidate {
	var all []candidate
	for _, c := range p.taken {
		if c.column == column {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return a.rank - b.rank })
	return all
}

func (p *proposal) matches() []Match {
	var all []Match
	for i, name := range p.columns {
		taken := p.takenBy(i)
		for _, c := range taken {
			all = append(all, Match{Column: name, Target: c.target, Why: c.why, Confidence: confidence(c.rank)})
		}
		if len(taken) > 0 {
			continue
		}
		left := Match{Column: name, Why: p.claims[i].why}
		if holder, ok := p.taken[p.claims[i].target]; ok {
			left.Why = fmt.Sprintf("%s is taken for %s", quote(p.columns[holder.column]), p.claims[i].target)
		} else if guess, confidence := p.guess(name); guess != "" {
			left.Why, left.Guess, left.Confidence = left.Why+"; it may be "+guess, guess, confidence
		}
		all = append(all, left)
	}
	return all
}
