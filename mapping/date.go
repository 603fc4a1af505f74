package mapping

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// dates reads days and times: by the formats that a mapping gives, by ISO 8601
// always, and without formats by every common form, as long as what is written
// has one reading.
type dates struct {
	formats []*dateFormat
}

// isoDates have one reading; so have dates with the month's name. Of the
// others, the day may be the month.
var isoDates = sync.OnceValue(func() []*dateFormat { return ownFormats("YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD") })

var namedDates = sync.OnceValue(func() []*dateFormat {
	return ownFormats("D MMM YYYY", "D-MMM-YYYY", "D/MMM/YYYY", "D. MMM YYYY", "D MMM, YYYY", "MMM D, YYYY", "MMM D YYYY", "MMM-D-YYYY")
})

var writtenDates = sync.OnceValue(func() []*dateFormat {
	return slices.Concat(namedDates(), ownFormats("D/M/YYYY", "M/D/YYYY", "D.M.YYYY", "M.D.YYYY", "D-M-YYYY", "M-D-YYYY"))
})

var clockTimes = sync.OnceValue(func() []*dateFormat {
	return ownFormats("HH:mm:ss.SSSz", "HH:mm:ss,SSSz", "HH:mm:ssz", "HH:mmz", "h:mm:ss A", "h:mm A", "h A", "h:mmA", "h:mm:ssA", "hA")
})

func ownFormats(texts ...string) []*dateFormat {
	var all []*dateFormat
	for _, t := range texts {
		all = append(all, ownFormat(t))
	}
	return all
}

// read finds the one reading of text.
func (d *dates) read(text string) (civil, *fault) {
	var readings []civil
	var read []*dateFormat
	add := func(f *dateFormat, c civil) {
		if c.real() && !slices.Contains(readings, c) {
			readings, read = append(readings, c), append(read, f)
		}
	}
	for _, f := range d.formats {
		var c civil
		if rest, ok := f.read(text, &c); ok && rest == "" {
			add(f, c)
		}
	}
	if len(readings) == 0 {
		readFree(text, isoDates(), add)
	}
	if len(readings) == 0 && len(d.formats) == 0 {
		readFree(text, writtenDates(), add)
	}
	switch {
	case len(readings) == 1:
		return readings[0], nil
	case len(readings) > 1:
		return civil{}, &fault{"date-ambiguous", fmt.Sprintf("may be %s or %s", &readings[0], &readings[1]),
			fmt.Sprintf("write formats: [%s] or formats: [%s] in the mapping file", formatOf(read[0], &readings[0]), formatOf(read[1], &readings[1]))}
	}
	return civil{}, d.unread(text)
}

// readFree reads a date and, after it, a time of day where there is one.
func readFree(text string, formats []*dateFormat, add func(*dateFormat, civil)) {
	for _, f := range formats {
		var c civil
		rest, ok := f.read(text, &c)
		if !ok {
			continue
		}
		if rest == "" {
			add(f, c)
			continue
		}
		clock := strings.TrimLeftFunc(strings.TrimPrefix(rest, ","), unicode.IsSpace)
		if clock == rest {
			if clock = rest[1:]; rest[0] != 'T' && rest[0] != 't' {
				continue
			}
		}
		for _, t := range clockTimes() {
			at := c
			if end, ok := t.read(clock, &at); ok && end == "" {
				add(f, at)
				break
			}
		}
	}
}

// formatOf is a format of ours as a mapping file would say it.
func formatOf(f *dateFormat, c *civil) string {
	text := f.text
	if len(f.parts) > 0 && !strings.Contains(text, "DD") {
		text = strings.ReplaceAll(text, "D", "DD")
		if !strings.Contains(text, "MM") {
			text = strings.ReplaceAll(text, "M", "MM")
		}
	}
	if c.hasTime && !f.hasTime {
		text = `"` + text + ` HH:mm"`
	}
	return text
}

func (d *dates) unread(text string) *fault {
	if len(text) == 5 && strings.Trim(text, "0123456789") == "" {
		return &fault{"date-invalid", "is no date but a spreadsheet's number of a day", "export the column as a date"}
	}
	if len(d.formats) > 0 {
		var wanted []string
		for _, f := range d.formats {
			wanted = append(wanted, f.text)
		}
		return &fault{"date-invalid", "is no date in the form " + strings.Join(wanted, " or "), ""}
	}
	return &fault{"date-invalid", "is no date that can be read", "write YYYY-MM-DD, or name the form with formats in the mapping file"}
}

// convertDate makes YYYY-MM-DD.
func (d *dates) convertDate(_ *row, text string) (string, *fault) {
	c, f := d.read(text)
	if f != nil {
		return "", f
	}
	dropped := slices.ContainsFunc(d.formats, func(f *dateFormat) bool { return f.hasTime }) // by the mapping's own word
	if !dropped && (c.hour|c.minute|c.second|c.nanos) != 0 {
		return "", &fault{"date-invalid", "has a time of day, which a date cannot keep", "name its form with formats in the mapping file, to leave the time out"}
	}
	return c.date(), nil
}

// clock is how a time without an offset becomes an instant.
type clock struct {
	dates
	zone zoneRule
	// midnight says that a day without a time of day means its beginning:
	// only where the mapping's own format says so.
	midnight bool
}

// instant reads a time and the zone in which it was meant: nil where it says
// its own offset.
func (k *clock) instant(r *row, text string) (time.Time, *time.Location, *fault) {
	c, f := k.read(text)
	if f != nil {
		return time.Time{}, nil, f
	}
	if !c.hasTime && !k.midnight {
		return time.Time{}, nil, &fault{"date-invalid", "has no time of day", "add one, such as 14:30"}
	}
	if c.hasOffset {
		return c.in(time.FixedZone("", c.offset)).UTC(), nil, nil
	}
	return k.zone.resolve(r, &c)
}

// convertDatetime makes RFC 3339 in UTC.
func (k *clock) convertDatetime(r *row, text string) (string, *fault) {
	t, _, f := k.instant(r, text)
	if f != nil {
		return "", f
	}
	return t.Format(time.RFC3339Nano), nil
}
