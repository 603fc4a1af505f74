package mapping

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Survey finds out how columns write their dates and numbers: whether the day
// or the month comes first, and which mark is the decimal one. One cell may
// leave that open (03/04/2024, 1.234), the whole column seldom does.
type Survey struct {
	columns []int
	writing map[int]*writing
}

// NewSurvey begins a survey of the columns with these indexes.
func NewSurvey(columns ...int) *Survey {
	s := &Survey{columns: columns, writing: map[int]*writing{}}
	for _, c := range columns {
		s.writing[c] = &writing{}
	}
	return s
}

// Add looks at the cells of a row.
func (s *Survey) Add(cells []string) {
	for _, c := range s.columns {
		if c >= len(cells) {
			continue
		}
		text := trim(cells[c])
		if len(text) > longestForm || !strings.ContainsAny(text, "0123456789") {
			continue
		}
		w := s.writing[c]
		if !w.dates.add(text) {
			w.numbers.add(text)
		}
	}
}

// longestForm is more bytes than any date or number that is worth a look.
const longestForm = 48

// writing is what the cells of a column say about how it is written.
type writing struct {
	dates   dateWriting
	numbers numberWriting
}

// decides says whether what told two readings apart is enough to decide for
// all: a slip of a key among hundreds of cells is not.
func decides(telling, all int) bool { return telling > 0 && telling*20 >= all }

// dateOrder is the order of day, month and year.
type dateOrder int

const (
	dayFirst dateOrder = iota
	monthFirst
	yearFirst // only with two digits of the year: with four it has one reading
	dateOrders
)

// dateShape is what a date of digits looks like apart from its order.
type dateShape struct {
	separator string
	short     bool   // two digits of the year
	clock     string // format of the time of day, with what stands before it; "" for none
}

// format is the shape in the words of a mapping file.
func (s dateShape) format(order dateOrder) string {
	year := "YYYY"
	if s.short {
		year = "YY"
	}
	parts := [dateOrders][]string{{"DD", "MM", year}, {"MM", "DD", year}, {year, "MM", "DD"}}
	return strings.Join(parts[order], s.separator) + s.clock
}

// dateWriting counts the dates of digits in a column.
type dateWriting struct {
	total    int
	readable [dateOrders]int
	shapes   []dateShape // in the order in which they came
	named    int         // dates with the month's name: they are no digits, and need no format
	example  string      // of those that may be read in two ways
}

// add reports whether text is a date.
func (d *dateWriting) add(text string) bool {
	parts, shape, ok := digitDate(text)
	if !ok {
		if strings.ContainsFunc(text, unicode.IsLetter) {
			readFree(text, namedDates(), func(*dateFormat, civil) { ok = true })
			if ok {
				d.named++
			}
		}
		return ok
	}
	readings := 0
	for order, c := range [dateOrders]civil{
		{day: parts[0], month: parts[1], year: parts[2]}, {month: parts[0], day: parts[1], year: parts[2]},
		{year: parts[0], month: parts[1], day: parts[2]},
	} {
		if shape.short {
			c.year += 2000
		} else if dateOrder(order) == yearFirst {
			continue
		}
		if c.real() {
			d.readable[order]++
			readings++
		}
	}
	if readings == 0 {
		return false
	}
	d.total++
	if readings > 1 && d.example == "" && parts[0] != parts[1] {
		d.example = text
	}
	if !slices.Contains(d.shapes, shape) {
		d.shapes = append(d.shapes, shape)
	}
	return true
}

// digitDate cuts a text such as 3/4/2024 14:30 into its three numbers.
func digitDate(text string) (parts [3]int, shape dateShape, ok bool) {
	rest := text
	for i := range parts {
		low, high := 1, 2
		if i == 2 {
			low, high = 2, 4
		}
		before := rest
		if rest, ok = cutNumber(rest, low, high, &parts[i]); !ok {
			return parts, shape, false
		}
		if i == 2 {
			shape.short = len(before)-len(rest) == 2
			ok = len(before)-len(rest) != 3
			break
		}
		if rest == "" || !strings.Contains("/.-", rest[:1]) || i == 1 && rest[:1] != shape.separator {
			return parts, shape, false
		}
		shape.separator, rest = rest[:1], rest[1:]
	}
	if rest == "" || !ok {
		return parts, shape, ok
	}
	before := " "
	if rest[0] == ',' {
		before, rest = ", ", rest[1:]
	}
	clock := strings.TrimLeftFunc(rest, unicode.IsSpace)
	if clock == rest {
		return parts, shape, false
	}
	for _, form := range clockForms() {
		var c civil
		if end, ok := form.read(clock, &c); ok && end == "" {
			shape.clock = before + form.text
			return parts, shape, true
		}
	}
	return parts, shape, false
}

// clockForms are times of day as a mapping file says them.
var clockForms = sync.OnceValue(func() []*dateFormat {
	return ownFormats("HH:mm", "HH:mm:ss", "HH:mm:ss.SSS", "hh:mm A", "hh:mm:ss A", "hh:mmA", "hh:mm:ssA", "HH:mmZ", "HH:mm:ssZ", "HH:mm:ss.SSSZ")
})

// orders are those in which all dates of the column can be read.
func (d *dateWriting) orders() []dateOrder {
	var all []dateOrder
	for o := range dateOrders {
		if d.total > 0 && d.readable[o] == d.total {
			all = append(all, o)
		}
	}
	return all
}

// order is the one that is certain. Where some dates have the month's name,
// none is: with a format, those could not be read any more.
func (d *dateWriting) order() (dateOrder, bool) {
	possible := d.orders()
	if len(possible) != 1 || d.named > 0 {
		return 0, false
	}
	for o := range dateOrders {
		if o != possible[0] && !decides(d.total-d.readable[o], d.total) {
			return 0, false
		}
	}
	return possible[0], true
}

// formats are the column's formats in an order: those that values of a type
// can be read by. A date without time of day is no instant, and a time of day
// would be dropped from a date, which is for the user to say.
func (d *dateWriting) formats(order dateOrder, typ string) []string {
	var all []string
	for _, s := range d.shapes {
		if (s.clock == "") == (typ == "date") {
			all = append(all, s.format(order))
		}
	}
	return all
}

// numberWriting counts the numbers with marks in a column.
type numberWriting struct {
	total, point, comma int    // that can be read at all, with that decimal mark
	example             string // of those that may be read in two ways
}

func (n *numberWriting) add(text string) {
	if !strings.ContainsAny(text, ".,") || strings.Contains(text, "@") {
		return
	}
	p, badPoint := number{'.'}.convert(nil, text)
	c, badComma := number{','}.convert(nil, text)
	if badPoint != nil && badComma != nil || p == c {
		return
	}
	n.total++
	if badPoint == nil {
		n.point++
	}
	if badComma == nil {
		n.comma++
	}
	if badPoint == nil && badComma == nil && n.example == "" {
		n.example = text
	}
}

// mark is the decimal mark that is certain, "" for none.
func (n *numberWriting) mark() string {
	switch {
	case n.point == n.total && decides(n.total-n.comma, n.total):
		return "."
	case n.comma == n.total && decides(n.total-n.point, n.total):
		return ","
	}
	return ""
}
