package mapping

import "fmt"

// trial is what a sample of rows says about an entry.
type trial struct {
	filled, sent int
	regionless   int    // phone numbers without a country code, of no country that is known
	undecided    int    // dates and numbers with two readings
	problem      string // of the first cell that cannot be sent
}

// share is how many of the filled cells can be sent, from 0 to 1, leaving out
// those of which it is not known yet. Without any it is 1: nothing speaks
// against it.
func (t *trial) share() float64 {
	known := t.filled - t.regionless - t.undecided
	if known <= 0 {
		return 1
	}
	return float64(t.sent) / float64(known)
}

// tryAll maps the sample with what is drafted.
func (d *Draft) tryAll() {
	trials := d.run(d.Spec(), d.sample)
	for i := range d.drafted {
		e := &d.drafted[i]
		if e.trial = trials[e.Target]; e.trial.filled == 0 && e.column != none {
			e.trial = d.run(d.Spec(), d.exampleRows(e.column))[e.Target]
		}
	}
}

// try maps the sample with one more entry.
func (d *Draft) try(e Entry, column int) trial {
	s := d.Spec()
	s.Columns = append(s.Columns, e)
	t := d.run(s, d.sample[:min(len(d.sample), trialRows)])[e.Target]
	if t.filled == 0 {
		t = d.run(s, d.exampleRows(column))[e.Target]
	}
	return t
}

// exampleRows are rows with nothing but an example of the column, for one that
// is blank in the sample.
func (d *Draft) exampleRows(column int) [][]string {
	var rows [][]string
	for _, text := range d.columns[column].Examples {
		row := make([]string, len(d.columns))
		row[column] = text
		rows = append(rows, row)
	}
	return rows
}

// trialRows is how many rows a guess is tried on.
const trialRows = 200

// run maps rows field by field. What a mapping as a whole needs is not asked
// for here; one that has faults is not tried.
func (d *Draft) run(s *Spec, rows [][]string) map[string]trial {
	c := newCompiler(s, d.names, d.rt, d.env)
	c.entries()
	trials := map[string]trial{}
	if len(c.faults) > 0 {
		return trials
	}
	var values []string
	for _, cells := range rows {
		r := row{cells: cells, values: values[:0]}
		for i := range c.m.fields {
			f := &c.m.fields[i]
			r.problems = r.problems[:0]
			v := f.value(&r)
			r.values = append(r.values, v)
			t := trials[f.target]
			t.add(v, r.problems)
			trials[f.target] = t
			if v != "" && f.note != nil {
				f.note(&r, v)
			}
		}
		values = r.values
	}
	return trials
}

func (t *trial) add(value string, problems []Problem) {
	if len(problems) == 0 {
		if value != "" {
			t.filled++
			t.sent++
		}
		return
	}
	p := problems[0]
	if p.Value == "" {
		return // blank where it must not be: that says nothing of the column
	}
	t.filled++
	switch p.Code {
	case "phone-region":
		t.regionless++
	case "date-ambiguous", "number-ambiguous":
		t.undecided++
	}
	if t.problem == "" {
		t.problem = show(p.Value) + " " + p.Message
	}
}

// refusals counts the cells that cannot be sent, in words.
func (t *trial) refusals() string {
	return fmt.Sprintf("%d of %d cells that were looked at cannot be sent", t.filled-t.sent, t.filled)
}
