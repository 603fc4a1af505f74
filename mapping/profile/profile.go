package profile

import (
	"github.com/campsync/campsync/mapping"
)

// Options say how a table is looked at. The zero value has the defaults.
type Options struct {
	Region   string // ISO 3166-1 alpha-2, of phone numbers without a country code; "": none is given
	Examples int    // of a column at most; default 5
	Distinct int    // values of a column that are counted exactly; default 4,096, less where there are more than 16 columns
}

const (
	defaultExamples = 5
	defaultDistinct = 4096
	leastDistinct   = 32
	maxValues       = 1 << 16 // of all columns together, which bounds memory
	maxSampledCells = 1 << 15 // of the sampled rows
	maxSampledRows  = 1000
)

// Profile looks at a table row by row. It is not safe for concurrent use.
type Profile struct {
	options Options
	rows    int64
	columns []*tally
	country int // index of the column that is named as the country; -1 for none
	sample  *rowSample
	dates   *dateReader
}

// New begins the profile of a table with these columns.
func New(header []string, o Options) *Profile {
	if o.Examples <= 0 {
		o.Examples = defaultExamples
	}
	if o.Distinct <= 0 {
		o.Distinct = max(leastDistinct, min(defaultDistinct, maxValues/max(1, len(header))))
	}
	p := &Profile{
		options: o,
		sample:  newRowSample(min(maxSampledRows, maxSampledCells/max(1, len(header)))),
		dates:   newDateReader(),
		country: -1,
	}
	for i, name := range header {
		t := newTally(name, o.Distinct)
		if t.target == "country" && p.country < 0 {
			p.country = i
		}
		p.columns = append(p.columns, t)
	}
	return p
}

// Add looks at the cells of the row that begins on a line of the file. Cells
// that are missing are blank, those beyond the header are not looked at.
func (p *Profile) Add(line int, cells []string) {
	cells = cells[:min(len(cells), len(p.columns))]
	p.rows++
	p.sample.add(line, cells)
	region := p.region(cells)
	for i, raw := range cells {
		if text := mapping.Trim(raw); text != "" {
			p.columns[i].add(line, raw, text, region, p.dates)
		}
	}
}

// region is that of the phone numbers of a row.
func (p *Profile) region(cells []string) string {
	if p.country >= 0 && p.country < len(cells) {
		if code, ok := mapping.ReadCountry(mapping.Trim(cells[p.country])); ok {
			return code
		}
	}
	return p.options.Region
}

// Columns is what is known of the columns so far, in their order.
func (p *Profile) Columns() []Column {
	columns := make([]Column, 0, len(p.columns))
	for i, t := range p.columns {
		columns = append(columns, t.column(p, i))
	}
	return columns
}
