package profile

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers/v2"

	"github.com/campsync/campsync/mapping/phone"
)

// phoneTally counts the phone numbers of a column that can be read with what is
// known of their rows.
type phoneTally struct {
	readable   int64
	regions    map[string]int64
	unreadable firsts
}

func (t *tally) addPhone(c *class, line int, text, region string) {
	p := &t.phones
	found := ""
	switch {
	case c.fits.has(isInternational):
		found = c.region
	case c.fits.has(isNational) && region != "":
		n, err := phone.Normalize(text, region)
		if err == nil {
			found = n.Region
		}
		t.missZero(c, line, text, region, n.E164)
	}
	if found == "" {
		p.unreadable.add(line, text)
		return
	}
	p.readable++
	if p.regions == nil {
		p.regions = make(map[string]int64)
	}
	p.regions[found]++
}

// missZero looks whether a number of digits alone, read in a region as e164 or
// not at all, once had a 0 before it.
func (t *tally) missZero(c *class, line int, text, region, e164 string) {
	if !c.fits.has(isBare) {
		return
	}
	if e164 == "" {
		if _, err := phone.Normalize("0"+text, region); err == nil {
			t.hurt(zeroLost, line, text)
		}
		return
	}
	if e164[1:] != text && phonenumbers.GetNddPrefixForRegion(region, true) == "0" {
		t.hurt(zeroGone, line, text)
	}
}

// phonesOf is what the tally of a column of phone numbers comes to. country is
// the index of the column that says where a number is from.
func (t *tally) phonesOf(country int, region string) *Phones {
	p := &Phones{
		International: t.fits[isInternational], National: t.fits[isNational],
		Readable: t.phones.readable, CountryColumn: country, Regions: []Region{}, Candidates: []Region{},
	}
	p.Invalid = t.filled - p.International - p.National
	p.NeedsCountry = p.National > 0 && country < 0 && region == ""
	for _, region := range keysByCount(t.phones.regions) {
		n := t.phones.regions[region]
		p.Regions = append(p.Regions, Region{region, n, share(n, p.Readable)})
	}
	if p.Readable < p.International+p.National {
		p.Candidates = t.candidates()
	}
	return p
}

const (
	triedNumbers  = 100 // against each of some 200 country codes
	firstNumbers  = 20  // without a valid one no more are tried
	styledNumbers = 30  // whose groups of digits are looked at
	mostRegions   = 5
	goodCandidate = 0.8
	poorCandidate = 0.3
)

// candidates are the regions in which the numbers without a country code are
// valid, of those that share a country code the main one. Many numbers are
// valid in many countries: the first are those that write them so.
func (t *tally) candidates() []Region {
	numbers, all := t.nationals()
	type candidate struct {
		Region
		score float64
	}
	var found []candidate
	for code := range phonenumbers.GetSupportedCallingCodes() {
		region := phonenumbers.GetRegionCodeForCountryCode(code)
		if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
			continue
		}
		valid := int64(0)
		for i, v := range numbers {
			if i == firstNumbers && valid == 0 {
				break // most are no region at all
			}
			if _, err := phone.Normalize(v.text, region); err == nil {
				valid += v.count
			}
		}
		if s := share(valid, all); s >= poorCandidate {
			own := share(t.phones.regions[region], t.phones.readable) // what the column's other numbers are
			found = append(found, candidate{Region{region, valid, s}, s + styled(numbers, region) + own})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.Region.Region, b.Region.Region))
	})
	regions := []Region{}
	for _, c := range found {
		if len(regions) < mostRegions && c.Share >= min(goodCandidate, found[0].Share) {
			regions = append(regions, c.Region)
		}
	}
	return regions
}

// nationals are values without a country code, and how many cells hold them.
func (t *tally) nationals() (numbers []*value, cells int64) {
	for _, v := range t.values.byCount() {
		if v.class.fits.has(isNational) && len(numbers) < triedNumbers {
			numbers, cells = append(numbers, v), cells+v.count
		}
	}
	return numbers, cells
}

// styled is the share of numbers, from 0 to 1, whose digits are in the groups in
// which a region writes them.
func styled(numbers []*value, region string) float64 {
	numbers = numbers[:min(len(numbers), styledNumbers)]
	n := int64(0)
	for _, v := range numbers {
		groups := digitGroups(v.text)
		if len(groups) < 2 {
			continue
		}
		parsed, err := phonenumbers.Parse(v.text, region)
		if err == nil && slices.Equal(groups, digitGroups(phonenumbers.Format(parsed, phonenumbers.NATIONAL))) {
			n++
		}
	}
	return share(n, int64(len(numbers)))
}

func digitGroups(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}
