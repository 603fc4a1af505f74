package profile_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/mapping/profile"
)

// table makes rows of everything that columns may hold, many of them damaged.
func table(r *rand.Rand, rows int) [][]string {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	var all [][]string
	for i := range rows {
		all = append(all, []string{
			fmt.Sprintf("id-%d", r.IntN(2*rows)),
			pick("07400 1234", "+44 7400 1235", "7400 12", "'+44 7911 12", "212 555 ", "0") + fmt.Sprintf("%02d", r.IntN(100)),
			pick("GB", "Germany", "US", "", "Narnia"),
			fmt.Sprintf("%02d/%02d/%d", 1+r.IntN(12), 1+r.IntN(12), 2000+r.IntN(30)),
			pick("1.234", "12,5", "7", "x", "1.234,5"),
			pick("yes", "no", "", "maybe", "#N/A", "JosÃ© "),
			fmt.Sprint(i % 7),
		})
	}
	return all
}

var tableHeader = []string{"Id", "Phone", "Country", "Date", "Amount", "Word", "Few"}

// The order of rows makes no difference, also where not all values can be kept.
func TestOrderMakesNoDifference(t *testing.T) {
	for _, distinct := range []int{0, 16} {
		for seed := range uint64(2) {
			r := rand.New(rand.NewPCG(seed, 1))
			rows := table(r, 400)
			profileOf := func(order []int) []profile.Column {
				p := profile.New(tableHeader, profile.Options{Region: "GB", Distinct: distinct})
				for _, i := range order {
					p.Add(i+2, rows[i])
				}
				return p.Columns()
			}
			want := profileOf(r.Perm(len(rows)))
			if diff := cmp.Diff(want, profileOf(r.Perm(len(rows)))); diff != "" {
				t.Fatalf("seed %d, %d values: %s", seed, distinct, diff)
			}
		}
	}
}

// What is counted is counted exactly, however few values can be kept.
func TestCountsDoNotDependOnTheSample(t *testing.T) {
	rows := table(rand.New(rand.NewPCG(7, 7)), 1000)
	profileOf := func(distinct int) []profile.Column {
		p := profile.New(tableHeader, profile.Options{Region: "GB", Distinct: distinct})
		for i, row := range rows {
			p.Add(i+2, row)
		}
		columns := p.Columns()
		for i := range columns {
			columns[i].Distinct, columns[i].Examples = profile.Distinct{}, nil
			if columns[i].Phones != nil {
				columns[i].Phones.Candidates = nil
			}
			if columns[i].Dates != nil {
				for k := range columns[i].Dates.Formats {
					columns[i].Dates.Formats[k].Example, columns[i].Dates.Formats[k].Reading = "", ""
				}
			}
		}
		return columns
	}
	if diff := cmp.Diff(profileOf(10000), profileOf(8)); diff != "" {
		t.Error(diff)
	}
}

// Columns may be asked for at any time, and change nothing.
func TestColumnsMayBeAskedForTwice(t *testing.T) {
	p := profile.New(tableHeader, profile.Options{})
	for i, row := range table(rand.New(rand.NewPCG(1, 2)), 100) {
		p.Add(i+2, row)
	}
	if diff := cmp.Diff(p.Columns(), p.Columns()); diff != "" {
		t.Error(diff)
	}
}

func TestDistinctIsEstimated(t *testing.T) {
	const values = 50000
	p := profile.New([]string{"x"}, profile.Options{})
	for i := range 2 * values {
		p.Add(i+2, []string{fmt.Sprint("value ", i%values)})
	}
	d := p.Columns()[0].Distinct
	if off := math.Abs(float64(d.Count)/values - 1); d.Exact || off > 0.05 {
		t.Errorf("%+v of %d", d, values)
	}
}

// A value that many cells hold is found among values that cannot all be kept.
func TestFrequentValuesAreFound(t *testing.T) {
	p := profile.New([]string{"x"}, profile.Options{Distinct: 64})
	for i := range 20000 {
		cell := fmt.Sprint("value ", i)
		if i%10 == 0 {
			cell = "unknown"
		}
		p.Add(i+2, []string{cell})
	}
	if e := p.Columns()[0].Examples[0]; e.Value != "unknown" || e.Count < 1000 || e.Count > 4000 {
		t.Errorf("%+v", e)
	}
}

// Memory is bounded by the columns, not by the rows or what they hold.
func TestMemoryIsBounded(t *testing.T) {
	for _, columns := range []int{3, 20} {
		p := profile.New(make([]string, columns), profile.Options{Distinct: 256})
		cells := make([]string, columns)
		fill := func(from, to int) uint64 {
			for i := from; i < to; i++ {
				for k := range cells {
					cells[k] = fmt.Sprintf("%d/%d %s", i, k, strings.Repeat("x", i%200))
				}
				p.Add(i+2, cells)
			}
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		const rows = 1500 // more than are kept
		before := fill(0, rows)
		if after := fill(rows, 3*rows); after > before+1<<20 {
			t.Errorf("%d columns: %d bytes after %d rows, %d after three times as many", columns, before, rows, after)
		}
		runtime.KeepAlive(p)
	}
}

func TestJSON(t *testing.T) {
	p := profile.New(tableHeader, profile.Options{})
	for i, row := range table(rand.New(rand.NewPCG(3, 4)), 200) {
		p.Add(i+2, row)
	}
	want := append(p.Columns(), look("Nothing", ""), look("Date", "", "01/02/2024", "02/03/24"), look("Number", "", "7"))
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got []profile.Column
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(string(text), "null") {
		t.Errorf("a list that is empty is written as null: %s", text)
	}
}

func FuzzProfile(f *testing.F) {
	for _, row := range table(rand.New(rand.NewPCG(5, 6)), 20) {
		f.Add(row[1], row[3], row[4], "GB")
	}
	f.Add("4.47E+11", "#N/A", "JosÃ©", "")
	f.Add("\xff'", "=\"\"", "\u202E1", "XX")
	f.Fuzz(func(t *testing.T, a, b, c, region string) {
		p := profile.New([]string{"Phone", "x"}, profile.Options{Region: region, Distinct: 2})
		for i, cell := range []string{a, b, c, a} {
			p.Add(i+2, []string{cell, cell})
		}
		for _, column := range p.Columns() {
			if column.Filled > column.Rows || column.Fits > column.Filled || column.Fits < 0 || column.Distinct.Count > column.Filled {
				t.Errorf("%+v", column)
			}
			for _, d := range column.Damage {
				if d.Count > column.Filled || len(d.Lines) == 0 || d.Message == "" {
					t.Errorf("%+v", d)
				}
			}
			if _, err := json.Marshal(column); err != nil {
				t.Error(err)
			}
		}
	})
}
