package mapping

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"

	"github.com/campsync/campsync/mapping/phone"
)

// Mapper is a compiled mapping for files of one header. It does not change and
// may be used by several goroutines at once, each with its own Contact.
type Mapper struct {
	identity string
	onBlank  string
	fields   []field  // in the order in which they are evaluated
	members  []member // of the record, in the order in which they are sent
	defaults []byte   // members of parameters that are not mapped, ready to send
	slots    map[string]int
	key      int // slot of the identity
	settings [6]int
	filter   *formula // nil where all rows are wanted
	notices  []string
	patterns []*pattern
}

// member is a field of the record's JSON.
type member struct {
	slot      int
	prefix    string // "firstName":
	literal   bool   // a JSON number or boolean, not a string
	parameter bool
}

// row is the state of one row while it is mapped.
type row struct {
	cells    []string
	values   []string // by slot; "" is blank
	region   string   // of the row's country
	number   phone.Number
	mend     phone.Mend     // of the cell that was converted last
	zone     *time.Location // order.timezone
	timeZone *time.Location // in which order.scheduledTime was meant; nil where it says its offset
	problems []Problem
	mended   []Mended
	blank    bool // the field that was evaluated last has no value of its own

	scope *scope // kept from row to row; nil where no expression has been calculated
}

// scope is what expressions are calculated with.
type scope struct {
	names   map[string]any // of targets, by group, and of columns
	machine vm.VM
}

// cell is a cell of the row; one that the row is too short for is blank.
func (r *row) cell(column int) string {
	if column < len(r.cells) {
		return r.cells[column]
	}
	return ""
}

// Map makes a contact of a row's cells and returns all that is wrong with it.
// c is scratch space that Map resets; with problems, only its Key, Phone and
// Region mean anything.
func (m *Mapper) Map(cells []string, c *Contact) []Problem {
	r := &c.row
	*r = row{cells: cells, values: r.values[:0], mended: c.Mended[:0], scope: r.scope}
	c.Blank = c.Blank[:0]
	for i := range m.fields {
		f := &m.fields[i]
		r.blank = false
		v := f.value(r)
		r.values = append(r.values, v)
		if v == "" || r.blank {
			c.Blank = append(c.Blank, f.target)
		}
		if v != "" && f.note != nil {
			f.note(r, v)
		}
	}
	c.Phone, c.Region = r.number.E164, r.number.Region
	if c.Region == noRegion {
		c.Region = ""
	}
	c.Record = m.appendRecord(c.Record[:0], r)
	c.Settings = m.orderSettings(r)
	c.Mended = r.mended
	c.Key = m.contactKey(r)
	c.RecordUUID = ""
	if m.identity == targetUUID { // it is mapped only then
		c.RecordUUID = c.Key
	}
	c.Filtered = m.filtered(r)
	r.cells = nil
	return r.problems
}

// filtered says whether the mapping's filter leaves the row out. A filter that
// gives no answer leaves nothing out: it is a problem of the row.
func (m *Mapper) filtered(r *row) bool {
	if m.filter == nil {
		return false
	}
	out, bad, ok := m.filter.run(r)
	if bad != nil {
		r.problems = append(r.problems, Problem{Field: "filter", Code: bad.code, Message: bad.message, Hint: bad.hint})
	}
	wanted, answered := out.(bool)
	return ok && bad == nil && answered && !wanted
}

// noRegion is what libphonenumber says for numbers of no country, such as +800.
const noRegion = "001"

// OnBlank says what an empty cell does to a value that exists: keep, clear or
// error.
func (m *Mapper) OnBlank() string { return m.onBlank }

// Identity is the target that says who is the same person.
func (m *Mapper) Identity() string { return m.identity }

// Notices are remarks about the mapping and the record type, for people. Some
// come up only while rows are mapped; so ask again at the end.
func (m *Mapper) Notices() []string {
	all := append([]string(nil), m.notices...)
	for _, p := range m.patterns {
		if n := p.notice(); n != "" {
			all = append(all, n)
		}
	}
	return all
}

// contactKey normalizes the identity. A key that is missing is a problem,
// unless its field has one already.
func (m *Mapper) contactKey(r *row) string {
	key := r.values[m.key]
	if m.identity == targetEmail {
		key = strings.ToLower(key)
	}
	if key == "" && !r.blames(m.identity) {
		f := &m.fields[m.key]
		r.problems = append(r.problems, f.blankProblem("key-missing", "and nothing says who the person is", "fill it in, or choose another identity in the mapping file"))
	}
	return key
}

// blames says whether the row has a problem with a target.
func (r *row) blames(target string) bool {
	for i := range r.problems {
		if r.problems[i].Field == target {
			return true
		}
	}
	return false
}

func (m *Mapper) appendRecord(dst []byte, r *row) []byte {
	dst = append(dst, '{')
	comma, parameters := false, false
	for i := range m.members {
		f := &m.members[i]
		v := r.values[f.slot]
		if v == "" {
			continue
		}
		if comma {
			dst = append(dst, ',')
		}
		if f.parameter && !parameters {
			dst = append(dst, `"parameters":{`...)
			parameters = true
		}
		comma = true
		dst = append(dst, f.prefix...)
		if f.literal {
			dst = append(dst, v...)
		} else {
			dst = appendJSON(dst, v)
		}
	}
	if len(m.defaults) > 0 {
		if comma {
			dst = append(dst, ',')
		}
		if !parameters {
			dst = append(dst, `"parameters":{`...)
			parameters = true
		}
		dst = append(dst, m.defaults...)
	}
	if parameters {
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// orderSettings are nil where the row has none.
func (m *Mapper) orderSettings(r *row) *Settings {
	var s Settings
	get := func(i int) string {
		if slot := m.settings[i]; slot >= 0 {
			return r.values[slot]
		}
		return ""
	}
	number := func(text string) *json.Number {
		if text == "" {
			return nil
		}
		n := json.Number(text)
		return &n
	}
	// The order is that of orderTargets.
	if text := get(0); text != "" {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			s.ScheduledTime = at
			if r.timeZone != nil {
				s.Timezone = r.timeZone.String()
			}
		}
	}
	if zone := get(1); zone != "" {
		s.Timezone = zone
	}
	s.DurationSeconds, s.Price = number(get(2)), number(get(3))
	s.CurrencyCode, s.Instructions = get(4), get(5)
	if s == (Settings{}) {
		return nil
	}
	given := s // few rows have any: only theirs go to the heap
	return &given
}
