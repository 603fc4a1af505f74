package phone

import (
	"math/bits"
	"sync"

	"github.com/nyaruka/phonenumbers/v2"
)

// plan is the numbering plan of a region, or of a country code that belongs to none, as the library's metadata has it.
type plan struct {
	region string
	code   uint16 // country code
	meta   *phonenumbers.PhoneMetadata

	once     sync.Once // guards what follows: a plan is compiled when the first number needs it
	usable   bool      // false: something in it cannot be compiled, and its numbers are the library's
	national *automaton
	lengths  [17]lengthSet // by pattern of national: [0] of the general one
	general  lengths
	trunk    *automaton // what may stand before a national number; nil: nothing
	idd      *automaton // how an international call begins; nil: never
	leading  *automaton // what tells the region's numbers from others of its country code; nil: nothing does
}

// lengthSet has bit n where a number may have n digits.
type lengthSet uint32

// lengths are the possible lengths of a plan's numbers.
type lengths struct {
	possible, local   lengthSet
	shortest, longest int // of the possible ones
}

// plans are all plans, by the ways of finding them.
type plans struct {
	byRegion map[string]*plan
	byCode   [1000][]*plan // in the library's order: the main region's is the first
}

// loadPlans finds the plans in the library's metadata; it compiles none.
var loadPlans = sync.OnceValue(func() *plans {
	ps := &plans{byRegion: map[string]*plan{}}
	metadata, err := phonenumbers.MetadataCollection()
	if err != nil {
		return ps // the library cannot have started without it
	}
	worldwide := map[int]*plan{}
	for _, meta := range metadata.GetMetadata() {
		p := &plan{region: meta.GetId(), code: uint16(meta.GetCountryCode()), meta: meta}
		if p.region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
			worldwide[int(p.code)] = p
		} else {
			ps.byRegion[p.region] = p
		}
	}
	for code := range phonenumbers.GetSupportedCallingCodes() {
		for _, region := range phonenumbers.GetRegionCodesForCountryCode(code) {
			if p := ps.byRegion[region]; p != nil {
				ps.byCode[code] = append(ps.byCode[code], p)
			}
		}
		if p := worldwide[code]; p != nil && len(ps.byCode[code]) == 0 {
			ps.byCode[code] = []*plan{p}
		}
	}
	return ps
})

// main returns the plan of the main region of a country code that exists; nil where it cannot be used.
func (ps *plans) main(code uint16) *plan {
	if p := ps.byCode[code][0]; p.ready() {
		return p
	}
	return nil
}

// ready compiles the plan if that was not done yet, and reports whether it can be used.
func (p *plan) ready() bool {
	p.once.Do(p.compile)
	return p.usable
}

func (p *plan) compile() {
	general := p.meta.GetGeneralDesc()
	p.general.possible, p.general.local = setOf(general.GetPossibleLength()), setOf(general.GetPossibleLengthLocalOnly())
	p.general.shortest = bits.TrailingZeros32(uint32(p.general.possible))
	p.general.longest = bits.Len32(uint32(p.general.possible)) - 1

	patterns := []string{general.GetNationalNumberPattern()}
	p.lengths[0] = p.general.possible
	for _, kind := range p.kinds() {
		if kind.GetNationalNumberPattern() == "" {
			continue // the region has none of the kind
		}
		p.lengths[len(patterns)] = p.general.possible
		if own := setOf(kind.GetPossibleLength()); own != 0 {
			p.lengths[len(patterns)] &= own
		}
		patterns = append(patterns, kind.GetNationalNumberPattern())
	}
	p.national = compileSet(patterns)
	p.usable = p.national != nil && p.general.possible != 0
	p.trunk = p.compilePrefix(p.meta.GetNationalPrefixForParsing(), p.meta.GetNationalPrefixTransformRule() != "")
	p.idd = p.compilePrefix(p.meta.GetInternationalPrefix(), false)
	p.leading = p.compilePrefix(p.meta.GetLeadingDigits(), false)
}

func (p *plan) compilePrefix(pattern string, rewrites bool) *automaton {
	if pattern == "" {
		return nil
	}
	a := compilePrefix(pattern, rewrites)
	p.usable = p.usable && a != nil
	return a
}

// kinds returns the descriptions of which a valid number must match one.
func (p *plan) kinds() []*phonenumbers.PhoneNumberDesc {
	m := p.meta
	kinds := []*phonenumbers.PhoneNumberDesc{
		m.GetPremiumRate(), m.GetTollFree(), m.GetSharedCost(), m.GetVoip(), m.GetPersonalNumber(),
		m.GetPager(), m.GetUan(), m.GetVoicemail(), m.GetFixedLine(),
	}
	if !m.GetSameMobileAndFixedLinePattern() {
		kinds = append(kinds, m.GetMobile())
	}
	return kinds
}

// isGeneral reports whether number matches the pattern that all numbers of the plan have in common; lengths are not
// looked at.
func (p *plan) isGeneral(number []byte) bool {
	return p.national.run(number)&isGeneral != 0
}

// isValid reports whether number is a valid number of the plan.
func (p *plan) isValid(number []byte) bool {
	found := p.national.run(number)
	if found&isGeneral == 0 {
		return false
	}
	for kinds := uint16(found &^ isGeneral); kinds != 0; kinds &= kinds - 1 {
		if p.lengths[bits.TrailingZeros16(kinds)].has(len(number)) {
			return true
		}
	}
	return false
}

// judge says of a number of n digits what the library's testNumberLength says.
func (l *lengths) judge(n int) phonenumbers.ValidationResult {
	switch {
	case l.local.has(n):
		return phonenumbers.IS_POSSIBLE_LOCAL_ONLY
	case l.possible.has(n):
		return phonenumbers.IS_POSSIBLE
	case n < l.shortest:
		return phonenumbers.TOO_SHORT
	case n > l.longest:
		return phonenumbers.TOO_LONG
	}
	return phonenumbers.INVALID_LENGTH
}

func (s lengthSet) has(n int) bool { return n < 32 && s&(1<<n) != 0 }

func setOf(lengths []int32) lengthSet {
	var s lengthSet
	for _, n := range lengths {
		if 0 <= n && n < 32 {
			s |= 1 << n
		}
	}
	return s
}
