package source_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/campsync/campsync/importer/source"
)

const leads = "Name,Phone,City\nAnn,+44 20 7946 0000,York\nBob,+44 20 7946 0001,Leeds\n"

func second(line int, cells ...string) source.Row {
	return bad(line, source.CodeSecond, 0, strings.Join(cells, ","), cells...)
}

func TestSecondTable(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		rows       []source.Row
	}{
		{"of other things", "\nProduct,Stock,Colour\npen,12,red\n\ncup,7,blue\n",
			[]source.Row{second(5, "Product", "Stock", "Colour"), second(6, "pen", "12", "red"), second(8, "cup", "7", "blue")}},
		{"with a third, and broken rows", ",,\nProduct,Stock,Colour\ncup,7,blue\npen,12\n\nShop,Till,Town\nx,3,y\n\"x,3,y\n",
			[]source.Row{second(5, "Product", "Stock", "Colour"), second(6, "cup", "7", "blue"), bad(7, source.CodeRagged, 0, "pen,12", "pen", "12"),
				second(9, "Shop", "Till", "Town"), second(10, "x", "3", "y"), bad(11, source.CodeUnclosed, 1, "\"x,3,y")}},
		{"with two names again", "\nphone,NAME,Agent\n+44 20 7946 0002,Eve,Dan\n",
			[]source.Row{second(5, "phone", "NAME", "Agent"), second(6, "+44 20 7946 0002", "Eve", "Dan")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, rows := all(t, leads+tt.text, source.Options{})
			first := []source.Row{good(2, "Ann", "+44 20 7946 0000", "York"), good(3, "Bob", "+44 20 7946 0001", "Leeds")}
			if d := diff(rows, append(first, tt.rows...)); d != "" {
				t.Error(d)
			}
			sameRejects(t, r, rows)
		})
	}
}

func TestSecondTableBelowManyRows(t *testing.T) {
	text := leads + strings.Repeat("Eve,+44 20 7946 0002,Hull\n", 20000) + "\nProduct,Stock,Colour\n" + strings.Repeat("pen,12,red\n", 20000)
	_, rows := all(t, text, source.Options{})
	for i, row := range rows {
		if is := row.Fault != nil && row.Fault.Code == source.CodeSecond; is != (i >= 20002) {
			t.Fatalf("row %d: %+v", i, row)
		}
	}
	if len(rows) != 40003 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestSecondTableInWorkbook(t *testing.T) {
	sheet := [][]any{{"Name", "Phone"}, {"Ann", "+44 20 7946 0000"}, {"Bob", "+44 20 7946 0001"}}
	for range 600 { // more than are read to find the header
		sheet = append(sheet, []any{"Eve", "+44 20 7946 0002"})
	}
	sheet = append(sheet, []any{}, []any{"Product", "Stock"}, []any{"pen", 12}, []any{"cup", 7})
	_, rows := all(t, string(book(t, map[string][][]any{"Leads": sheet})), source.Options{})
	if len(rows) != 605 || rows[601].Fault != nil {
		t.Fatalf("%d rows", len(rows))
	}
	if d := diff(rows[602:], []source.Row{second(605, "Product", "Stock"), second(606, "pen", "12"), second(607, "cup", "7")}); d != "" {
		t.Error(d)
	}
}

// What may be a row of the first table is one.
func TestNoSecondTable(t *testing.T) {
	for name, text := range map[string]string{
		"no phone number":               leads + "\nEve,unknown,Hull\nDan,+44 20 7946 0002,York\n",
		"nothing below":                 leads + "\nProduct,Stock,Colour\n",
		"no figures below":              leads + "\nProduct,Stock,Colour\npen,many,red\n",
		"no blank line":                 leads + "Product,Stock,Colour\npen,12,red\n",
		"one row above":                 "Name,Phone\nAnn,+44 20 7946 0000\n\nProduct,Stock\npen,12\n",
		"no figures above":              "Name,City\nAnn,York\nBob,Leeds\n\nName,Stock\npen,12\n",
		"names again, no figures above": "Name,City\nAnn,York\nBob,Leeds\n\nCity,Name\n12,13\n",
		"names again, no figures below": leads + "\nCity,Name,Agent\nHull,Eve,Dan\n",
		"a digit in a name":             leads + "\nProduct,Stock 1,Colour\npen,12,red\n",
		"a blank name":                  leads + "\nProduct,Stock,\npen,12,red\n",
		"a name twice":                  leads + "\nProduct,Stock,stock\npen,12,red\n",
		"one name again":                leads + "\nName,none,Hull\nDan,+44 20 7946 0002,York\n",
		"figures of two kinds, before":  leads + "Eve,123,Hull\n\nDan,none,York\nJo,12,Hull\n",
	} {
		_, rows := all(t, text, source.Options{})
		for _, row := range rows {
			if row.Fault != nil {
				t.Errorf("%s: %+v %+v", name, row, row.Fault)
			}
		}
	}
}

// Blank lines between the rows of one table change nothing.
func TestBlankLinesAreNoSecondTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	for range 3000 {
		lines := []string{"Name,Phone,City,Mail,Age"}
		for i := range 1 + rng.IntN(12) {
			lines = append(lines, strings.Join([]string{
				pick("Ann", "Bob", "Name", "Lee 2"),
				pick(fmt.Sprintf("+44 20 7946 %04d", i), fmt.Sprintf("020 7946 %04d", i), "unknown", "none", ""),
				pick("York", "Leeds", "Hull", "-", ""),
				pick("x@y.org", "z@y.org", "no mail", ""),
				pick("33", "34", "old", "")}, ","))
		}
		_, want := all(t, strings.Join(lines, "\n"), source.Options{Delimiter: ","})
		for i := range lines {
			lines[i] += "\n" + pick("", "", "\n", "  \n", ",,,,\n\n")
		}
		_, got := all(t, strings.Join(lines, ""), source.Options{Delimiter: ","})
		if len(got) != len(want) {
			t.Fatalf("%d rows, want %d\n%s", len(got), len(want), strings.Join(lines, ""))
		}
		for i, row := range got {
			if row.Fault != nil || !slices.Equal(row.Cells, want[i].Cells) {
				t.Fatalf("row %d: %+v %+v\n%s", i, row, row.Fault, strings.Join(lines, ""))
			}
		}
	}
}
