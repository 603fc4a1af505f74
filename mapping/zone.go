package mapping

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a static binary in an empty container has no zones otherwise
)

// zoneRule says which zone a local time is in.
type zoneRule struct {
	zones    *zones
	fixed    *time.Location // where the mapping names it, or the campaign does
	column   int            // the column that names it; -1 for none
	rowsZone bool           // order.timezone of the row comes before fixed
	from     string         // fromPhone or fromCountry: fixed is the campaign's
	doubt    string         // what decides where the zones that these find differ
}

// resolve makes an instant of a local time.
func (z *zoneRule) resolve(r *row, c *civil) (time.Time, *time.Location, *fault) {
	if z.from != "" {
		locs, bad := z.candidates(r)
		if bad != nil {
			return time.Time{}, nil, bad
		}
		return z.among(locs, c)
	}
	loc := z.fixed
	if z.rowsZone && r.zone != nil {
		loc = r.zone
	}
	if z.column >= 0 {
		if name := trim(r.cell(z.column)); name != "" {
			l, f := z.zones.find(name)
			if f != nil {
				return time.Time{}, nil, f
			}
			loc = l
		}
	}
	t, f := c.instantIn(loc)
	return t, loc, f
}

// in is the instant of a local time; see instantIn where clocks may change.
func (c *civil) in(loc *time.Location) time.Time {
	return time.Date(c.year, time.Month(c.month), c.day, c.hour, c.minute, c.second, c.nanos, loc)
}

// instantIn is the instant of a local time in a zone, in UTC. A time that a
// change of clocks leaves out, or that it makes happen twice, is a fault.
func (c *civil) instantIn(loc *time.Location) (time.Time, *fault) {
	t := c.in(loc)
	if t.Hour() != c.hour || t.Minute() != c.minute || t.Day() != c.day {
		return time.Time{}, &fault{"time-skipped", fmt.Sprintf("does not exist in %s, where the clocks go forward over it", loc), "write another time, or the time with its offset"}
	}
	start, end := t.ZoneBounds()
	for _, near := range []time.Time{start.Add(-time.Second), end} {
		if near.IsZero() || start.IsZero() && near.Before(t) {
			continue
		}
		_, offset := near.Zone()
		other := c.in(time.UTC).Add(-time.Duration(offset) * time.Second)
		if local := other.In(loc); !other.Equal(t) && local.Hour() == c.hour && local.Minute() == c.minute && local.Day() == c.day {
			return time.Time{}, &fault{"time-twice", fmt.Sprintf("happens twice in %s, where the clocks go back over it", loc), "write the time with its offset"}
		}
	}
	return t.UTC(), nil
}

// zones loads time zones and keeps them.
type zones struct{ loaded sync.Map }

func (z *zones) find(name string) (*time.Location, *fault) {
	if loc, ok := z.loaded.Load(name); ok {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") {
		return nil, &fault{"timezone-unknown", "is in no time zone that is known: " + show(name), "write an IANA name, such as Europe/London"}
	}
	z.loaded.Store(name, loc)
	return loc, nil
}

func (z *zones) convert(_ *row, text string) (string, *fault) {
	loc, f := z.find(text)
	if f != nil {
		return "", &fault{f.code, "is no time zone", f.hint}
	}
	return loc.String(), nil
}

// Rules that find the zone of a time out of the row.
const (
	fromPhone   = "fromPhone"
	fromCountry = "fromCountry"
)
