package phone

import (
	"strconv"

	"github.com/nyaruka/phonenumbers/v2"
)

// readFast reads a mended text without the library, by tables that are made of the library's metadata. It follows the
// library's steps in its order (parseHelper, IsValidNumber, GetRegionCodeForNumber), and is not ok where it does not
// know what the library does: what is unusual is left to [read], which gives the same answers.
func readFast(text []byte, region string) (number Number, refused *Error, ok bool) {
	var s scanned
	if len(text) > maxLength || !s.scan(text) {
		return Number{}, nil, false
	}
	ps := loadPlans()
	home := ps.byRegion[region]
	if home == nil && region != "" {
		return Number{}, nil, false
	}
	reader, national := splitCode(ps, home, s.digits[:s.n], s.plus)
	if reader == nil {
		return Number{}, nil, false
	}
	national, ok = reader.withoutTrunk(national)
	if !ok || len(national) < 2 || len(national) > 17 {
		return Number{}, nil, false
	}
	sharers := ps.byCode[reader.code]
	owner, ok := findOwner(sharers, national)
	if !ok {
		return Number{}, nil, false
	}
	if owner == nil {
		p := sharers[0]
		return Number{}, refusal(p.region, int(p.code), p.general.judge(len(national))), true
	}
	var buf [1 + 3 + 17]byte
	e164 := append(strconv.AppendUint(append(buf[:0], '+'), uint64(owner.code), 10), national...)
	return Number{E164: string(e164), Region: owner.region}, nil, true
}

// splitCode finds the country code of a number that is written in home, nil for none, and returns the plan by which
// the rest is to be read; nil where there is no code or it cannot be told.
func splitCode(ps *plans, home *plan, digits []byte, plus bool) (*plan, []byte) {
	if plus {
		return cutCode(ps, digits)
	}
	if home == nil || !home.ready() {
		return nil, nil
	}
	if home.idd != nil {
		// A country code cannot begin with 0.
		if end, found := home.idd.prefix(digits); found != 0 && (end == len(digits) || digits[end] != '0') {
			return cutCode(ps, digits[end:])
		}
	}
	rest, cut := home.withoutCode(digits)
	if cut {
		return ps.main(home.code), rest
	}
	return home, digits
}

// cutCode cuts the country code off an international number. Of the regions that share a code, the main one says how
// the rest is read.
func cutCode(ps *plans, digits []byte) (*plan, []byte) {
	if len(digits) <= 2 || digits[0] == '0' {
		return nil, nil
	}
	code := 0
	for i := 0; i < 3 && i < len(digits); i++ {
		code = 10*code + int(digits[i]-'0')
		if len(ps.byCode[code]) > 0 {
			return ps.main(uint16(code)), digits[i+1:]
		}
	}
	return nil, nil
}

// withoutCode takes the plan's own country code off a number that was written without a plus, where that makes a
// number of what was none, or the number was too long. It returns nothing where only the library can tell.
func (p *plan) withoutCode(digits []byte) (rest []byte, cut bool) {
	n := codeLength(digits, p.code)
	if n == 0 {
		return digits, false
	}
	rest, ok := p.cutTrunk(digits[n:])
	if !ok {
		return nil, true
	}
	if !p.isGeneral(digits) && p.isGeneral(rest) || p.general.judge(len(digits)) == phonenumbers.TOO_LONG {
		return rest, true
	}
	return digits, false
}

// codeLength returns how many digits code has, 0 where digits do not begin with it.
func codeLength(digits []byte, code uint16) int {
	var buf [3]byte
	prefix := strconv.AppendUint(buf[:0], uint64(code), 10)
	if len(digits) < len(prefix) || string(digits[:len(prefix)]) != string(prefix) {
		return 0
	}
	return len(prefix)
}

// withoutTrunk takes the national prefix off number, unless what is left is too short to be a number; false where only
// the library can tell.
func (p *plan) withoutTrunk(number []byte) ([]byte, bool) {
	rest, ok := p.cutTrunk(number)
	if !ok {
		return nil, false
	}
	switch p.general.judge(len(rest)) {
	case phonenumbers.IS_POSSIBLE, phonenumbers.TOO_LONG:
		return rest, true
	}
	return number, true
}

// cutTrunk cuts the national prefix off number, unless that makes no number of what was one; false where the prefix is
// to be rewritten by a rule, which is left to the library.
func (p *plan) cutTrunk(number []byte) ([]byte, bool) {
	if p.trunk == nil || len(number) == 0 {
		return number, true
	}
	end, found := p.trunk.prefix(number)
	if found&captured != 0 {
		return nil, false
	}
	if found == 0 || p.isGeneral(number) && !p.isGeneral(number[end:]) {
		return number, true
	}
	return number[end:], true
}

// findOwner returns the plan, of those that share a country code, whose valid number number is; nil for none. A region
// that is known by its leading digits is the only candidate where they are there. It is not ok where a plan cannot be
// used.
func findOwner(sharers []*plan, number []byte) (owner *plan, ok bool) {
	for _, p := range sharers {
		if !p.ready() {
			return nil, false
		}
		decided := len(sharers) == 1
		if !decided && p.leading != nil {
			_, found := p.leading.prefix(number)
			if found == 0 {
				continue
			}
			decided = true
		}
		if p.isValid(number) {
			return p, true
		}
		if decided {
			break
		}
	}
	return nil, true
}
