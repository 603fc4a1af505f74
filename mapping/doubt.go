package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Doubt is a question that names and contents leave open.
type Doubt struct {
	Target   string   `json:"target"` // "region" where it is about that
	Question string   `json:"question"`
	Why      string   `json:"why"`
	Example  string   `json:"example"` // a cell that makes it doubtful; "" for none
	Needed   bool     `json:"needed"`  // the mapping is of no use without an answer
	Answers  []Answer `json:"answers"`
	Proposed int      `json:"-"` // index of the likely answer

	columns []int // that are not used before it is settled
}

// Answer is one way to settle a doubt. The last of a doubt's answers leaves
// the target out.
type Answer struct {
	Text     string   `json:"text"`
	Why      string   `json:"why"`
	Examples []string `json:"examples"` // cells of the column that it takes
	Line     string   `json:"line"`     // that says the same in a mapping file; "" where it takes none

	settle func(*Draft)
}

// regionDoubt is the Target of the doubt that is not about one.
const regionDoubt = "region"

// mostAnswers is how many columns or countries a doubt offers.
const mostAnswers = 8

// choose is the answer that takes a column for a target.
func (d *Draft) choose(target string, column int, text, why string) Answer {
	return Answer{
		Text: text, Why: why, Examples: d.examples(column), Line: entryLine(&Entry{Target: target, Column: d.names[column]}),
		settle: func(d *Draft) { d.chosen[target] = column },
	}
}

// leaveOut is the answer that leaves a target out.
func leaveOut(target, text string) Answer {
	return Answer{Text: text, settle: func(d *Draft) { d.chosen[target] = none }}
}

func (d *Draft) whichColumn(target, why string, columns []int, proposed int) Doubt {
	doubt := Doubt{Target: target, Question: "which column is " + d.label(target) + "?", Why: why, Needed: d.needs(target), Proposed: proposed}
	for _, c := range columns {
		doubt.Answers = append(doubt.Answers, d.choose(target, c, quote(d.names[c]), ""))
	}
	doubt.Answers = append(doubt.Answers, leaveOut(target, "none of them"))
	return doubt
}

// label is a target with the title that people know it by.
func (d *Draft) label(target string) string {
	id, ok := strings.CutPrefix(target, parameterPrefix)
	if rule := d.rt.field(id); ok && rule != nil && rule.Title != "" && rule.Title != id {
		return fmt.Sprintf("%s (%s)", target, escape(rule.Title))
	}
	return target
}

// needs says whether the mapping is of no use without a target.
func (d *Draft) needs(target string) bool { return slices.Contains(d.needed(), target) }

// needed are the targets without which nothing can be sent.
func (d *Draft) needed() []string {
	if d.base != nil && d.base.Identity == targetUUID {
		return []string{targetUUID}
	}
	all := []string{targetPhone}
	for _, f := range d.rt.Fields {
		if f.Required && f.Default == "" {
			all = append(all, parameterPrefix+f.ID)
		}
	}
	return all
}

// doubtRegion asks for the country of numbers that name none.
func (d *Draft) doubtRegion() {
	i := slices.IndexFunc(d.drafted, func(e drafted) bool { return e.Target == targetPhone })
	if i < 0 || d.regions || d.drafted[i].trial.regionless == 0 {
		return
	}
	e := &d.drafted[i]
	doubt := Doubt{
		Target: regionDoubt, Question: "in which country are the numbers without a country code?",
		Why:    fmt.Sprintf("%d of %d numbers in %s have none; --region names it", e.trial.regionless, e.trial.filled, quote(e.source())),
		Needed: e.trial.regionless*2 > e.trial.filled,
	}
	var regions []Region
	if e.column != none {
		doubt.Example = strings.Join(d.examples(e.column), " | ")
		regions = d.columns[e.column].Regions
	}
	for _, r := range regions[:min(len(regions), mostAnswers)] {
		doubt.Answers = append(doubt.Answers, Answer{
			Text: r.Code, Why: fmt.Sprintf("%s: %.0f %% of them are numbers there", countryName(r.Code), 100*r.Share), Line: "region: " + r.Code,
			settle: func(d *Draft) { d.region, d.regions = r.Code, true },
		})
	}
	doubt.Answers = append(doubt.Answers, Answer{Text: "none of these: their rows are rejected", settle: func(d *Draft) { d.regions = true }})
	if len(regions) == 0 || len(regions) > 1 && regions[0].Share < regions[1].Share+clearLead {
		doubt.Proposed = len(doubt.Answers) - 1 // a number read in a wrong country is another person's
	}
	d.doubts = append(d.doubts, doubt)
}

// clearLead is by how much more of the numbers the likeliest country must make
// valid than the next, to be proposed.
const clearLead = 0.2

// countryName is a country in English.
func countryName(code string) string {
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return display.Regions(language.English).Name(r)
}

// doubtContents asks about columns whose cells do not look like what their
// name says.
func (d *Draft) doubtContents() {
	var doubtful []drafted
	d.drafted = slices.DeleteFunc(d.drafted, func(e drafted) bool {
		if !e.kept && !d.said(e.Target) && e.trial.share() < leastShare && e.column != none {
			doubtful = append(doubtful, e)
			return true
		}
		return false
	})
	for i := range d.drafted {
		d.drafted[i].confidence *= (1 + d.drafted[i].trial.share()) / 2
	}
	for _, e := range doubtful {
		doubt := Doubt{
			Target: e.Target, Question: fmt.Sprintf("is %s the %s?", quote(e.Column), d.label(e.Target)), Needed: d.needs(e.Target),
			Why: e.trial.refusals(), Example: e.trial.problem,
			Answers: []Answer{d.choose(e.Target, e.column, "yes", e.why)},
			columns: []int{e.column},
		}
		doubt.Answers[0].Line = entryLine(&e.Entry)
		columns, scores := d.likely(e.Target)
		for _, c := range columns[:min(len(columns), mostAnswers-1)] {
			if c != e.column && scores[c] > 0 && !d.uses(c) {
				doubt.Answers = append(doubt.Answers, d.choose(e.Target, c, "no, it is "+quote(d.names[c]), fmt.Sprintf("%.0f %% sure", 100*scores[c])))
			}
		}
		doubt.Answers = append(doubt.Answers, leaveOut(e.Target, "no, leave it out"))
		doubt.Proposed = 1
		d.doubts = append(d.doubts, doubt)
	}
}

// leastShare is how many of its filled cells must fit a target for its column
// to be taken without asking.
const leastShare = 0.5

// said says whether a target is as a person wants it.
func (d *Draft) said(target string) bool {
	_, chosen := d.chosen[target]
	_, formed := d.forms[target]
	return chosen || formed
}

// doubtNeeded asks for the columns without which nothing can be sent.
func (d *Draft) doubtNeeded() {
	for _, target := range d.needed() {
		if d.decided(target) || d.doubted(target) {
			continue
		}
		columns, scores := d.likely(target)
		proposed := 0
		if len(columns) == 0 || scores[columns[0]] < leastResemblance {
			proposed = min(len(columns), mostAnswers)
		}
		why := "without a number nobody can be called"
		if target != targetPhone {
			why = "it is required, and no column has its name"
		}
		d.doubts = append(d.doubts, d.whichColumn(target, why, columns[:min(len(columns), mostAnswers)], proposed))
	}
}

func (d *Draft) doubted(target string) bool {
	return slices.ContainsFunc(d.doubts, func(o Doubt) bool { return o.Target == target })
}

// doubtGuesses asks about columns that may be a target: because of their name,
// or of what they hold.
func (d *Draft) doubtGuesses() {
	for i := range d.columns {
		if d.uses(i) || d.left[i] || d.columns[i].Filled == 0 || d.proposal.claims[i].target != "" {
			continue
		}
		target, score := d.guess(i)
		if target == "" || d.needs(target) {
			continue // where it is needed, it was asked which column it is
		}
		doubt := Doubt{
			Target: target, Question: fmt.Sprintf("is %s the %s?", quote(d.names[i]), d.label(target)), Why: "its name and its cells suggest it",
			Answers: []Answer{
				d.choose(target, i, "yes", fmt.Sprintf("%.0f %% sure", 100*score)),
				{Text: "no, leave it out", settle: func(d *Draft) { d.left[i] = true }},
			},
			columns: []int{i},
		}
		if score < 0.5 {
			doubt.Proposed = 1
		}
		d.doubts = append(d.doubts, doubt)
	}
}

// guess is the target, not spoken for, that a column most likely is.
func (d *Draft) guess(column int) (target string, score float64) {
	for _, t := range d.rt.targets() {
		if d.decided(t) || d.doubted(t) || t == targetUUID || strings.HasPrefix(t, "order.") {
			continue
		}
		if s := d.likelihood(t, column); s > score {
			target, score = t, s
		}
	}
	return target, score
}

// likely are the columns that a target may be, the likeliest first.
func (d *Draft) likely(target string) (columns []int, scores map[int]float64) {
	scores = map[int]float64{}
	for i, c := range d.columns {
		if c.Filled > 0 && trim(c.Name) != "" {
			columns = append(columns, i)
			scores[i] = d.likelihood(target, i)
		}
	}
	slices.SortStableFunc(columns, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	return columns, scores
}

// resemblance is that of a name and a target, which is looked for once.
func (d *Draft) resemblance(name, target string) float64 {
	pair := [2]string{name, target}
	r, ok := d.resembles[pair]
	if !ok {
		r = resemblance(foldString(name), target)
		d.resembles[pair] = r
	}
	return r
}

// likelihood is how much name and cells of a column speak for a target.
func (d *Draft) likelihood(target string, column int) float64 {
	c := &d.columns[column]
	if trim(c.Name) == "" {
		return 0 // a mapping names columns
	}
	score := d.resemblance(c.Name, target)
	if was, ok := d.was[target]; ok && nearest(was.Column, []string{c.Name}) != "" {
		score = max(score, 0.75) // it may be the same column under another name
	}
	holds := map[string]string{targetPhone: "phone", targetEmail: "email", targetCountry: "country"}[target]
	if holds != "" && c.Type == holds && !strings.Contains(foldString(c.Name), "fax") {
		score = max(score, 0.5) + 0.1
	}
	if score < leastResemblance {
		return 0
	}
	if t := d.try(Entry{Target: target, Column: c.Name}, column); t.share() < leastShare {
		return 0
	} else if t.filled > 0 {
		score *= (1 + t.share()) / 2
	}
	return score
}
