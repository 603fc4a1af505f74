package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Column is a column of a file, with what a look at its cells has found.
type Column struct {
	Name     string
	Type     string   // what most cells hold: phone, email, date, number, text ...; empty where none holds anything
	Filled   int64    // cells that hold something
	Examples []string // of cells
	Regions  []Region // of a phone column: those in which numbers without a country code are valid, the best first
}

// Region is a country in which some numbers are valid.
type Region struct {
	Code  string  // ISO 3166-1 alpha-2
	Share float64 // of the numbers, from 0 to 1
}

// Draft is a mapping in the making. What names and contents leave no doubt
// about is in it from the start; the rest are its Doubts, which a person
// settles one by one, or which are left to the comments of the file.
//
// Nothing doubtful goes into the mapping unless somebody has said so.
type Draft struct {
	columns []Column
	names   []string
	sample  [][]string
	survey  *Survey
	rt      RecordType
	env     Env
	old     *Spec            // the mapping that is brought up to date; nil for a new one
	base    *Spec            // what of it still holds
	was     map[string]Entry // and what does not, by target

	// What was said so far.
	chosen  map[string]int // column of a target; none where it is left out
	left    map[int]bool   // columns that are not used
	forms   map[string]Form
	region  string
	regions bool // the region was asked for

	resembles map[[2]string]float64

	// What follows.
	proposal *proposal
	drafted  []drafted
	doubts   []Doubt
}

// none stands for no column.
const none = -1

// drafted is an entry of the draft.
type drafted struct {
	Entry
	column     int // none for what was taken over and has not one column alone
	why        string
	confidence float64
	kept       bool // as it was in the mapping that is brought up to date
	trial      trial
}

// NewDraft begins a mapping of a file: columns are all of its columns, survey
// has looked at their cells, sample are some of its rows.
func NewDraft(columns []Column, sample [][]string, survey *Survey, rt RecordType, env Env) *Draft {
	d := newDraft(columns, sample, survey, rt, env)
	d.region = env.Region
	d.plan()
	return d
}

func newDraft(columns []Column, sample [][]string, survey *Survey, rt RecordType, env Env) *Draft {
	d := &Draft{columns: columns, sample: sample, survey: survey, rt: rt, env: env,
		resembles: map[[2]string]float64{}, chosen: map[string]int{}, left: map[int]bool{}, forms: map[string]Form{}}
	for _, c := range columns {
		d.names = append(d.names, c.Name)
	}
	return d
}

// plan works out what follows from the columns and from what was said.
func (d *Draft) plan() {
	d.drafted, d.doubts = nil, nil
	d.proposal = propose(d.names, &d.rt)
	d.takeOver()
	for i := range d.columns {
		for _, c := range d.proposal.takenBy(i) {
			if !d.decided(c.target) && !d.left[i] {
				d.claimed(c)
			}
		}
	}
	for target, column := range d.chosen {
		if column != none {
			d.drafted = append(d.drafted, drafted{Entry: d.with(target, column), column: column, why: "confirmed", confidence: 1})
		}
	}
	slices.SortStableFunc(d.drafted, func(a, b drafted) int {
		return cmp.Or(cmp.Compare(uint(a.column), uint(b.column)), cmp.Compare(a.Target, b.Target)) // none comes last
	})
	d.settleForms()
	d.tryAll()
	d.doubtRegion()
	d.doubtForms()
	d.doubtContents()
	d.doubtNeeded()
	d.doubtGuesses()
}

// takeOver takes what the earlier mapping says.
func (d *Draft) takeOver() {
	if d.base == nil {
		return
	}
	h := newHeader(d.names)
	for _, e := range d.base.Columns {
		if _, said := d.chosen[e.Target]; said {
			continue
		}
		column := none
		if e.Column != "" {
			column, _, _ = h.find(e.Column)
		}
		d.drafted = append(d.drafted, drafted{Entry: e, column: column, why: "as before", confidence: 1, kept: true})
	}
}

// decided says whether somebody has said what becomes of a target.
func (d *Draft) decided(target string) bool {
	_, said := d.chosen[target]
	return said || slices.ContainsFunc(d.drafted, func(e drafted) bool { return e.Target == target })
}

// claimed takes the column whose name says that it is the target, unless
// others say so as loudly.
func (d *Draft) claimed(c candidate) {
	var rivals []int
	for _, o := range d.proposal.claims {
		if o.target == c.target && o.rank == c.rank && !d.left[o.column] {
			rivals = append(rivals, o.column)
		}
	}
	if len(rivals) > 1 {
		var names []string
		for _, r := range rivals {
			names = append(names, quote(d.names[r]))
		}
		doubt := d.whichColumn(c.target, "the names of "+strings.Join(names, " and ")+" say the same", rivals, 0)
		doubt.columns = rivals
		d.doubts = append(d.doubts, doubt)
		return
	}
	d.drafted = append(d.drafted, drafted{Entry: d.with(c.target, c.column), column: c.column, why: c.why, confidence: confidence(c.rank)})
}

// settleForms writes formats and decimal marks in: first those that somebody
// has named, then those that the columns leave no doubt about.
func (d *Draft) settleForms() {
	for i := range d.drafted {
		if d.drafted[i].kept {
			continue
		}
		if f, said := d.forms[d.drafted[i].Target]; said {
			d.drafted[i].Formats, d.drafted[i].Decimal = f.Formats, f.Decimal
			d.drafted[i].why += "; " + f.String()
		}
	}
	s := d.Spec()
	for _, f := range s.Settle(d.names, d.rt, d.survey) {
		for i := range d.drafted {
			if e := &d.drafted[i]; e.Target == f.Target && !e.kept {
				e.Formats, e.Decimal = f.Formats, f.Decimal
				e.why += "; " + f.String()
			}
		}
	}
}

// Spec is the mapping as it stands.
func (d *Draft) Spec() *Spec {
	s := &Spec{Version: 1}
	if d.base != nil {
		s = d.base.clone()
		s.Columns = nil
	}
	s.Region = cmp.Or(d.region, s.Region)
	for _, e := range d.drafted {
		s.Columns = append(s.Columns, e.Entry)
	}
	return s
}

// Check fits the mapping as it stands to its own file: nil where rows can be
// sent by it.
func (d *Draft) Check() error {
	_, err := Compile(d.Spec(), d.names, d.rt, d.env)
	return err
}

// Doubts are what is not settled yet, the most important first.
func (d *Draft) Doubts() []Doubt { return d.doubts }

// Settle takes an answer to a doubt, by its index. Other doubts may go with
// it, and new ones come.
func (d *Draft) Settle(doubt Doubt, answer int) {
	doubt.Answers[answer].settle(d)
	d.plan()
}

// Suggestion is a target with its column, for people and programs.
type Suggestion struct {
	Target     string   `json:"target"`
	Column     string   `json:"column"`
	Why        string   `json:"why"`
	Confidence float64  `json:"confidence"` // 0 to 1
	Examples   []string `json:"examples"`
}

// Suggestions are what is in the mapping, in the order of the columns.
func (d *Draft) Suggestions() []Suggestion {
	all := []Suggestion{}
	for i := range d.drafted {
		e := &d.drafted[i]
		all = append(all, Suggestion{e.Target, e.source(), e.reason(true), e.confidence, d.examples(e.column)})
	}
	return all
}

// Unused are the columns that go nowhere, each with the reason.
func (d *Draft) Unused() []Suggestion {
	all := []Suggestion{}
	for i, c := range d.columns {
		if d.uses(i) {
			continue
		}
		why := "no target has this name"
		target := d.proposal.claims[i].target
		holder := slices.IndexFunc(d.drafted, func(e drafted) bool { return e.Target == target })
		switch {
		case trim(c.Name) == "":
			why = "it has no name"
		case c.Filled == 0:
			why = "it is blank"
		case target != "" && holder >= 0:
			why = fmt.Sprintf("%s is taken for %s", quote(d.drafted[holder].source()), target)
		case d.left[i] || target != "":
			why = "left out"
		}
		if slices.ContainsFunc(d.doubts, func(o Doubt) bool { return slices.Contains(o.columns, i) }) {
			why = inDoubt
		}
		all = append(all, Suggestion{Column: c.Name, Why: why, Examples: d.examples(i)})
	}
	return all
}

// inDoubt is why a column is not used that may be used yet.
const inDoubt = "in doubt"

// uses says whether an entry takes the column, alone or among others.
func (d *Draft) uses(column int) bool {
	return slices.ContainsFunc(d.drafted, func(e drafted) bool { return e.column == column || e.takes(d.names[column]) })
}

// takes says whether an entry names the column.
func (e *Entry) takes(column string) bool {
	return e.Column == column || e.Timezone.Column == column || slices.Contains(e.Columns, column) || slices.Contains(usesOf(e.Expr).columns, column)
}

// source is where an entry's values come from, in words.
func (e *Entry) source() string {
	if len(e.Columns) > 0 {
		return strings.Join(e.Columns, ", ")
	}
	return cmp.Or(e.Column, e.Expr)
}

// reason is why the column is taken, and how well its cells fit; with cells it
// shows one that does not.
func (e *drafted) reason(cells bool) string {
	t := &e.trial
	switch {
	case t.filled == t.sent:
		return e.why
	case cells:
		return fmt.Sprintf("%s; %s (%s)", e.why, t.refusals(), t.problem)
	}
	return e.why + "; " + t.refusals()
}

// exampleRunes bounds how much of a cell is an example.
const exampleRunes = 32

func (d *Draft) examples(column int) []string {
	all := []string{}
	if column == none {
		return all
	}
	for _, text := range d.columns[column].Examples {
		if len(all) == 3 {
			break
		}
		if r := []rune(text); len(r) > exampleRunes {
			text = string(r[:exampleRunes-1]) + "…"
		}
		all = append(all, text)
	}
	return all
}
