package reconcile

import (
	"encoding/json"
	"maps"
	"slices"
)

// OnBlank says what an empty cell does to a value that exists.
type OnBlank string

const (
	BlankKeeps  OnBlank = "keep"  // the value stays
	BlankClears OnBlank = "clear" // the value is cleared
	BlankFails  OnBlank = "error" // the row is rejected
)

// Resolution says what becomes of a value that somebody has changed at the
// server since it was last applied.
type Resolution string

const (
	ConflictReport Resolution = "report" // it stays, and the row says so
	ConflictServer Resolution = "server" // it stays
	ConflictFile   Resolution = "file"   // it is set to what the row says
)

// Resolutions are what becomes of conflicts; a target that has none of its own
// has Otherwise.
type Resolutions struct {
	Otherwise Resolution            `json:"otherwise,omitempty"` // empty: report
	ByTarget  map[string]Resolution `json:"byTarget,omitempty"`
}

func (r Resolutions) of(target string) Resolution {
	if own, ok := r.ByTarget[target]; ok {
		return own
	}
	if r.Otherwise == "" {
		return ConflictReport
	}
	return r.Otherwise
}

// Change is one value to be set.
type Change struct {
	Target string          `json:"target"`
	Before json.RawMessage `json:"before"` // null where it is blank, or not known
	After  json.RawMessage `json:"after"`  // null clears it
}

// Conflict is a value that the row would set, and that somebody has changed at
// the server since it was last applied.
type Conflict struct {
	Target  string          `json:"target"`
	Row     json.RawMessage `json:"row"`
	Applied json.RawMessage `json:"applied"` // what was last applied
	Server  json.RawMessage `json:"server"`
}

// difference is how what is at the server differs from what a row says.
type difference struct {
	changes   []Change
	conflicts []Conflict // that are to be reported
	kept      []string   // targets that stay as the server has them, by the user's word
	refused   []string   // targets whose cell is blank and must not be
}

// differ holds what a row says against what is there, and against what was last
// applied. whole says that all is known of the record, so that what is absent is
// blank; a setting that is absent never is.
func differ(c *Contact, have Values, whole bool, p *Policy) difference {
	var d difference
	for _, target := range slices.Sorted(maps.Keys(c.Values)) {
		d.one(c, target, c.Values[target], have, whole, p)
	}
	if p.OnBlank != BlankClears && p.OnBlank != BlankFails {
		return d
	}
	for _, target := range slices.Sorted(slices.Values(c.Blank)) {
		is, known := have[target]
		if !known && (!whole || OfOrder(target)) {
			is = c.Applied[target] // all that is known of it
		}
		switch {
		case blank(is):
		case p.OnBlank == BlankFails:
			d.refused = append(d.refused, target)
		default:
			d.one(c, target, null, have, whole, p)
		}
	}
	return d
}

// one decides on one value: what the row says, what is there, what was applied.
func (d *difference) one(c *Contact, target string, want json.RawMessage, have Values, whole bool, p *Policy) {
	is, known := have[target]
	known = known || whole && !OfOrder(target)
	applied, remembered := c.Applied[target]
	shown, otherwise := c.Applied[Shown(target)]
	moved := !Same(applied, is) && !(otherwise && Same(shown, is))
	switch {
	case known && Same(want, is), remembered && Same(want, applied) && !(known && moved):
		return
	case known && remembered && moved:
		switch p.Conflicts.of(target) {
		case ConflictServer:
			d.kept = append(d.kept, target)
			return
		case ConflictReport:
			d.conflicts = append(d.conflicts, Conflict{Target: target, Row: want, Applied: orNull(applied), Server: orNull(is)})
			return
		}
	}
	d.changes = append(d.changes, Change{Target: target, Before: orNull(is), After: want})
}

func orNull(v json.RawMessage) json.RawMessage {
	if len(v) == 0 {
		return null
	}
	return v
}

// split parts the changes of the order from those of its record.
func (d *difference) split() (order, record []Change) {
	for _, c := range d.changes {
		if OfOrder(c.Target) {
			order = append(order, c)
		} else {
			record = append(record, c)
		}
	}
	return order, record
}
