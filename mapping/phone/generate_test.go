package phone_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers/v2"
)

// written is a number of a region in one of the ways in which people and systems write numbers.
type written struct{ text, region string }

// examples are the library's example numbers of all regions, country codes and kinds, in all ways of writing.
var examples = sync.OnceValue(func() []written {
	var all []written
	for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		for kind := phonenumbers.FIXED_LINE; kind <= phonenumbers.VOICEMAIL; kind++ {
			if number := phonenumbers.GetExampleNumberForTypeInRegion(region, kind); number != nil {
				all = append(all, writings(number, region)...)
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedGlobalNetworkCallingCodes())) {
		if number := phonenumbers.GetExampleNumberForNonGeoEntity(code); number != nil {
			all = append(all, writings(number, "US")...)
		}
	}
	return all
})

func writings(number *phonenumbers.PhoneNumber, region string) []written {
	e164 := phonenumbers.Format(number, phonenumbers.E164)
	international := phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
	trunk := phonenumbers.GetNddPrefixForRegion(region, true)
	national := phonenumbers.GetNationalSignificantNumber(number)
	texts := []string{
		e164, e164, international, international,
		phonenumbers.Format(number, phonenumbers.NATIONAL), phonenumbers.Format(number, phonenumbers.NATIONAL),
		phonenumbers.Format(number, phonenumbers.RFC3966),
		e164[1:], national, trunk + national, trunk + " " + national[:3] + "/" + national[3:],
		"00" + e164[1:], "00 " + international[1:], "011" + e164[1:],
		fmt.Sprintf("+%d (%s) %s", number.GetCountryCode(), trunk, national),
		phonenumbers.FormatOutOfCountryCallingNumber(number, region),
		phonenumbers.FormatOutOfCountryCallingNumber(number, "AU"),
	}
	var all []written
	for _, text := range texts {
		all = append(all, written{text, region})
	}
	return all
}

// generator writes phone numbers as files have them: like the examples, with other digits, and often damaged.
type generator struct {
	*rand.Rand
	examples []written
}

func newGenerator(seed uint64) *generator {
	return &generator{rand.New(rand.NewPCG(seed, 2)), examples()}
}

// next returns a text, and the region it is to be read in.
func (g *generator) next() (text, region string) {
	number := g.examples[g.IntN(len(g.examples))]
	text, region = g.otherDigits(number.text), number.region
	for g.IntN(3) == 0 {
		text = g.damage(text)
	}
	switch g.IntN(12) {
	case 0:
		region = g.examples[g.IntN(len(g.examples))].region
	case 1:
		region = ""
	}
	return text, region
}

// otherDigits replaces up to three digits, more often at the end.
func (g *generator) otherDigits(text string) string {
	changed := []byte(text)
	for range g.IntN(4) {
		i := max(g.IntN(len(changed)), g.IntN(len(changed)))
		if '0' <= changed[i] && changed[i] <= '9' {
			changed[i] = byte('0' + g.IntN(10))
		}
	}
	return string(changed)
}

// damage changes one place of text.
func (g *generator) damage(text string) string {
	if text == "" {
		return "0"
	}
	i := g.IntN(len(text))
	signs := []string{" ", "-", ".", "/", "(", ")", "[", "]", "\u00a0", "\u2011", "\u200b", "+", "0", "00", "x", ",", ";", "*", "\n"}
	switch g.IntN(9) {
	case 0:
		return text[:i] + string(rune('0'+g.IntN(10))) + text[i:]
	case 1:
		return text[:i] + string(rune('0'+g.IntN(10))) + text[i+1:]
	case 2:
		return text[:i] + text[i+1:]
	case 3:
		return text[:i]
	case 4:
		return strings.NewReplacer(" ", "", "-", "").Replace(text)
	case 5:
		return strings.NewReplacer(" ", "/", "-", ".").Replace(text)
	case 6:
		return "0" + text
	case 7:
		return text + []string{".0", " ext 12", "x3", " / " + text, " " + text, ".", " "}[g.IntN(7)]
	default:
		return text[:i] + signs[g.IntN(len(signs))] + text[i:]
	}
}
