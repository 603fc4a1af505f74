package profile

import (
	"cmp"
	"slices"
	"time"

	"github.com/campsync/campsync/mapping"
)

// dateForms are the formats of dates that are tried; timeForms what may follow.
var (
	dateForms = []string{
		"YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "YYYYMMDD",
		"DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "MM.DD.YYYY", "DD-MM-YYYY", "MM-DD-YYYY",
		"DD/MM/YY", "MM/DD/YY", "YY/MM/DD", "DD.MM.YY", "MM.DD.YY", "YY.MM.DD", "DD-MM-YY", "MM-DD-YY", "YY-MM-DD",
		"DD MMM YYYY", "DD-MMM-YYYY", "DD/MMM/YYYY", "DD. MMM YYYY", "DD MMM, YYYY", "MMM DD, YYYY", "MMM DD YYYY", "MMM-DD-YYYY",
		"DD MMM YY", "DD-MMM-YY",
	}
	timeForms = []string{
		"", " HH:mm", " HH:mm:ss", " HH:mm:ss.SSS", " hh:mm A", " hh:mm:ss A", ", HH:mm", ", HH:mm:ss", ", hh:mm A", ", hh:mm:ss A",
		"THH:mm", "THH:mm:ss", "THH:mm:ss.SSS", "THH:mmZ", "THH:mm:ssZ", "THH:mm:ss.SSSZ", " HH:mmZ", " HH:mm:ssZ", " HH:mm:ss.SSSZ",
	}
)

const (
	maxShapes = 4096
	maxDate   = 40 // bytes
)

// dateReader finds the formats that read a text.
type dateReader struct {
	formats []mapping.DateFormat
	// shapes has the formats that a text of a shape (its digits alike, its
	// letters small) may have, because few shapes come again and again.
	shapes map[string][]int
}

// dateReading is a text read by one format.
type dateReading struct {
	format int
	time   time.Time
}

func newDateReader() *dateReader {
	r := &dateReader{shapes: make(map[string][]int)}
	for _, date := range dateForms {
		for _, clock := range timeForms {
			f, err := mapping.ParseDateFormat(date + clock)
			if err != nil {
				panic(err) // the formats are our own
			}
			r.formats = append(r.formats, f)
		}
	}
	return r
}

// readDates reads what may be a date: 20240131 only with a year of our times.
// dated says that it is written as one, and not of digits alone, whether or not
// there is such a day.
func (c *class) readDates(text string, m marked, r *dateReader) (dated bool) {
	if m.digits < 3 || m.digits > 24 || len(text) > maxDate || m.letters > 12 || m.at > 0 {
		return false
	}
	formats := r.matching(text)
	for _, i := range formats {
		t, ok := r.formats[i].Read(text)
		if !ok || m.digits == len(text) && (t.Year() < 1900 || t.Year() > 2100) {
			continue
		}
		c.dates = append(c.dates, dateReading{i, t})
		c.fits.set(isDate, true)
		c.fits.set(isTimed, r.formats[i].HasTime())
	}
	return len(formats) > 0 && m.digits < len(text)
}

func (r *dateReader) matching(text string) []int {
	var buf [maxDate]byte
	shape := buf[:0]
	for i := 0; i < len(text); i++ {
		b := text[i]
		switch {
		case b >= '0' && b <= '9':
			b = '0'
		case b >= 'A' && b <= 'Z':
			b += 'a' - 'A'
		}
		shape = append(shape, b)
	}
	if found, ok := r.shapes[string(shape)]; ok {
		return found
	}
	var found []int
	for i, f := range r.formats {
		if f.Matches(text) {
			found = append(found, i)
		}
	}
	if len(r.shapes) == maxShapes {
		clear(r.shapes)
	}
	r.shapes[string(shape)] = found
	return found
}

// dateTally counts the dates of a column by format.
type dateTally struct {
	all, timed int64
	byFormat   map[int]*formatTally
}

type formatTally struct {
	count       int64
	first, last time.Time
	sum         uint64 // of all readings: formats with equal sums read all cells alike
}

func (t *dateTally) add(c *class, line int) {
	if len(c.dates) == 0 {
		return
	}
	t.all++
	if c.fits.has(isTimed) {
		t.timed++
	}
	if t.byFormat == nil {
		t.byFormat = make(map[int]*formatTally)
	}
	for _, d := range c.dates {
		f := t.byFormat[d.format]
		if f == nil {
			f = &formatTally{first: d.time, last: d.time}
			t.byFormat[d.format] = f
		}
		f.count++
		f.sum += mixed(uint64(d.time.UnixNano())) * (2*uint64(line) + 1)
		if d.time.Before(f.first) {
			f.first = d.time
		}
		if d.time.After(f.last) {
			f.last = d.time
		}
	}
}

// mostMixed is how many formats are named where none reads all cells.
const mostMixed = 4

// dates is what the tally comes to.
func (t *dateTally) dates(r *dateReader, sample *values) *Dates {
	d := &Dates{Formats: []Format{}, Mixed: []Format{}}
	var all []int
	for i := range t.byFormat {
		all = append(all, i)
	}
	slices.SortFunc(all, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.byFormat[b].count, t.byFormat[a].count), cmp.Compare(a, b))
	})
	sums := make(map[uint64]bool)
	for _, i := range all {
		f := t.byFormat[i]
		format := Format{Format: r.formats[i].String(), Count: f.count, First: day(f.first), Last: day(f.last)}
		switch {
		case f.count < t.all && len(d.Formats) == 0 && len(d.Mixed) < mostMixed:
			d.Mixed = append(d.Mixed, format)
		case f.count == t.all && !sums[f.sum]: // not by another format with the same readings
			sums[f.sum] = true
			d.Formats = append(d.Formats, format)
		}
	}
	d.Ambiguous = len(d.Formats) > 1
	if d.Ambiguous {
		d.tellApart(r, sample)
	}
	return d
}

// tellApart gives the formats a cell that they read differently.
func (d *Dates) tellApart(r *dateReader, sample *values) {
	for _, v := range sample.byCount() {
		readings := make([]string, len(d.Formats))
		for i := range d.Formats {
			for _, read := range v.class.dates {
				if r.formats[read.format].String() == d.Formats[i].Format {
					readings[i] = day(read.time)
				}
			}
		}
		if slices.Contains(readings, "") || len(slices.Compact(slices.Clone(readings))) < len(readings) {
			continue
		}
		for i := range d.Formats {
			d.Formats[i].Example, d.Formats[i].Reading = v.text, readings[i]
		}
		return
	}
}

func day(t time.Time) string { return t.Format("2006-01-02") }
