package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/campsync/campsync/mapping"
)

// report says what is in the mapping and what is not. A mapping of which
// something is missing that nothing can be sent without is an error.
func (o *mapOptions) report(a *app, d *mapping.Draft, f *surveyed) error {
	missing := o.missing(a, d, f)
	if a.global.json {
		doubts := d.Doubts()
		if doubts == nil {
			doubts = []mapping.Doubt{}
		}
		err := a.writeJSON("map", struct {
			Source  string               `json:"source"`
			Rows    int64                `json:"rows"`
			File    string               `json:"file"` // that was written; "" for none
			Usable  bool                 `json:"usable"`
			Targets []mapping.Suggestion `json:"targets"`
			Doubts  []mapping.Doubt      `json:"doubts"`
			Unused  []mapping.Suggestion `json:"unused"`
			Mapping string               `json:"mapping"`
		}{f.name, f.rows, string(o.output), missing == nil, d.Suggestions(), doubts, d.Unused(), string(d.Spec().YAML())})
		if err != nil {
			return err
		}
	}
	if f.faults > 0 {
		a.notice("%d of %d rows cannot be read and were not looked at; campsync inspect shows them", f.faults, f.faults+f.rows)
	}
	if text := doubtful(d.Doubts()); text != "" {
		a.notice("%s", text)
	}
	return missing
}

// drafted shows which column was taken for what.
func drafted(name string, f *surveyed, d *mapping.Draft) string {
	var matches []mapping.Match
	for _, s := range d.Suggestions() {
		matches = append(matches, mapping.Match{Column: s.Column, Target: s.Target, Why: fmt.Sprintf("%3.0f %%  %s", 100*s.Confidence, s.Why)})
	}
	for _, u := range d.Unused() {
		matches = append(matches, mapping.Match{Column: u.Column, Why: "       " + u.Why})
	}
	return matchTable(fmt.Sprintf("%s, for %s:", name, f.name), matches)
}

// doubtful lists what was left to the comments of the file.
func doubtful(doubts []mapping.Doubt) string {
	if len(doubts) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("in doubt, and left to comments in the mapping:")
	for _, doubt := range doubts {
		fmt.Fprintf(&b, "\n  %s: %s (%s", doubt.Target, doubt.Question, doubt.Why)
		if doubt.Example != "" {
			b.WriteString(": " + doubt.Example)
		}
		b.WriteString(")")
	}
	return b.String()
}

// missing is why nothing can be sent by the mapping as it is; nil where
// something can.
func (o *mapOptions) missing(a *app, d *mapping.Draft, f *surveyed) error {
	name := "the mapping"
	if o.output != "" {
		name = string(o.output)
	}
	for _, doubt := range d.Doubts() {
		if doubt.Needed {
			again := "campsync map " + shellQuoted(f.name) + o.read.forWhom()
			if o.output != "" {
				again += " -o " + shellQuoted(string(o.output)) + " --force"
			}
			return usageError("uncomment the right line in it, or answer on a terminal: "+again+a.givenFlags(),
				fmt.Errorf("%s is of no use yet: %s", name, doubt.Question))
		}
	}
	if err := d.Check(); err != nil {
		return usageError("", errors.Join(fmt.Errorf("%s is of no use yet", name), err))
	}
	return nil
}
