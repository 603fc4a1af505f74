package profile

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/campsync/campsync/mapping"
)

// tally is what is counted of a column.
type tally struct {
	name     string
	target   string
	filled   int64
	shortest int
	longest  int
	values   *values
	fits     [fitKinds]int64
	unfit    [fitKinds]firsts // cells that are not of the kind
	words    map[string]int64
	codes    map[string]int64
	money    map[string]int64
	dates    dateTally
	numbers  numberTally
	phones   phoneTally
	damage   [damageKinds]firsts

	misdialled firsts // cells that are phone numbers in no way
}

func newTally(name string, distinct int) *tally {
	return &tally{
		name: name, target: mapping.NamedTarget(name), shortest: math.MaxInt, values: newValues(distinct),
		words: make(map[string]int64), codes: make(map[string]int64), money: make(map[string]int64),
	}
}

// add counts a cell: raw as it stands, text without the white space around it.
// region is that in which the row's phone numbers are read.
func (t *tally) add(line int, raw, text, region string, dates *dateReader) {
	t.filled++
	hash := hashOf(text)
	var c *class
	if v := t.values.count(hash, line); v != nil {
		c = v.class
	} else {
		c = classify(text, dates)
		t.values.add(hash, line, text, c)
	}
	t.shortest, t.longest = min(t.shortest, c.chars), max(t.longest, c.chars)
	for f := range fitKinds {
		if c.fits.has(f) {
			t.fits[f]++
			continue
		}
		t.unfit[f].add(line, text)
	}
	if !c.fits.has(isInternational) && !c.fits.has(isNational) {
		t.misdialled.add(line, text)
	}
	if c.fits.has(isBool) {
		t.words[strings.ToLower(text)]++
	}
	if c.code != "" {
		t.codes[c.code]++
	}
	if c.money != "" {
		t.money[c.money]++
	}
	t.dates.add(c, line)
	t.numbers.add(c, line, text)
	t.addDamage(c, line, raw, text)
	t.addPhone(c, line, text, region)
}

// column is what the tally comes to.
func (t *tally) column(p *Profile, column int) Column {
	country := p.country
	if country == column {
		country = -1
	}
	v := t.judge(country >= 0 || p.options.Region != "")
	c := Column{
		Index: column, Name: t.name, Rows: p.rows, Filled: t.filled, Distinct: t.values.distinct(), Longest: t.longest,
		Type: v.typ, Fits: v.fits, Reason: v.reason, Target: t.target,
	}
	c.Distinct.Count = min(c.Distinct.Count, t.filled)
	if t.filled > 0 {
		c.Shortest = t.shortest
	}
	c.Constant = c.Distinct.Count == 1 && t.filled > 1
	switch v.typ {
	case Phone:
		c.Phones = t.phonesOf(country, p.options.Region)
	case Date, Datetime:
		c.Dates = t.dates.dates(p.dates, t.values)
	case Number, Decimal:
		c.Numbers = t.numbers.numbers()
	case Bool:
		c.Words = t.wordsOf()
	case Country:
		c.Codes = keysByCount(t.codes)
	case Currency:
		c.Codes = keysByCount(t.money)
	}
	c.Examples = p.examples(column, t, &v)
	c.Damage = t.damaged(&c)
	return c
}

// wordsOf are the words of a column of yes and no.
func (t *tally) wordsOf() *Words {
	w := &Words{True: []string{}, False: []string{}}
	for _, word := range keysByCount(t.words) {
		if yes, _ := mapping.ReadBool(word); yes {
			w.True = append(w.True, word)
		} else {
			w.False = append(w.False, word)
		}
	}
	return w
}

func (t *tally) addDamage(c *class, line int, raw, text string) {
	for d := range damageKinds {
		if c.damage.has(d) {
			t.hurt(d, line, text)
		}
	}
	if len(raw) != len(text) {
		t.hurt(spaces, line, raw)
	}
	// A date of digits alone may as well be a phone number.
	if c.fits.has(isDate) && c.number == 0 {
		t.hurt(dateLike, line, text)
	}
}

func (t *tally) hurt(d damage, line int, text string) {
	t.damage[d].add(line, text)
}

// keysByCount are the keys of counts, the most frequent first.
func keysByCount(counts map[string]int64) []string {
	keys := make([]string, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return keys
}
