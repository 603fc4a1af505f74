package mapping

import (
	_ "embed"
	"strings"
	"sync"
	"time"

	"github.com/nyaruka/phonenumbers/v2"
	"github.com/nyaruka/phonenumbers/v2/timezone"
)

//go:embed zones.txt
var zonesText string

// zonesOfCountry are the names of a country's time zones by its alpha-2 code.
var zonesOfCountry = sync.OnceValue(func() map[string][]string {
	zones := map[string][]string{}
	for line := range strings.Lines(zonesText) {
		if names := strings.Fields(line); len(names) > 1 && names[0] != "#" {
			zones[names[0]] = names[1:]
		}
	}
	return zones
})

// zonesOfNumber are the zones in which a number in E.164 form may be, by
// libphonenumber's tables: a fixed line is where its area code is, a mobile
// anywhere in its country.
func zonesOfNumber(e164 string) []string {
	number, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return nil
	}
	names, err := timezone.GetTimeZonesForNumber(number)
	if err != nil || len(names) == 1 && names[0] == timezone.Unknown {
		return nil
	}
	return names
}

// candidates are the zones in which the row may be.
func (z *zoneRule) candidates(r *row) ([]*time.Location, *fault) {
	var names []string
	country := r.region
	switch {
	case z.from == fromPhone:
		names = zonesOfNumber(r.number.E164)
	case country == "":
		country = r.number.Region
		fallthrough
	default:
		names = zonesOfCountry()[country]
	}
	var all []*time.Location
	for _, name := range names {
		loc, bad := z.zones.find(name)
		if bad != nil {
			return nil, bad
		}
		all = append(all, loc)
	}
	if len(all) == 0 {
		return nil, &fault{"timezone-unknown", "is in a time zone that cannot be told " + z.from[:4] + " the " + strings.ToLower(z.from[4:]), "write the time with its offset"}
	}
	return all, nil
}

// among is the instant of a local time that is in one of several zones. As
// long as they agree on it, it does not matter which; where they differ, the
// mapping's rule decides, or nobody.
func (z *zoneRule) among(locs []*time.Location, c *civil) (time.Time, *time.Location, *fault) {
	var early, late int
	times := make([]time.Time, len(locs))
	for i, loc := range locs {
		t, bad := c.instantIn(loc)
		if bad != nil {
			return time.Time{}, nil, bad
		}
		times[i] = t
		if t.Before(times[early]) {
			early = i
		}
		if t.After(times[late]) {
			late = i
		}
	}
	switch {
	case times[early].Equal(times[late]):
		return times[0], locs[0], nil
	case z.doubt == "earliest":
		return times[early], locs[early], nil
	case z.doubt == "latest":
		return times[late], locs[late], nil
	case z.doubt == "campaign":
		t, bad := c.instantIn(z.fixed)
		return t, z.fixed, bad
	}
	return time.Time{}, nil, &fault{"timezone-ambiguous", "may be in " + locs[early].String() + " or in " + locs[late].String(),
		"write {from: " + strings.ToLower(z.from[4:]) + ", doubt: earliest}, latest or campaign as the timezone in the mapping file"}
}
