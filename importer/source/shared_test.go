package source_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/campsync/campsync/importer/source"
)

// sharedData is the folder shared/data, which is no part of the project, next
// to one of the folders above; the test is skipped where it is not there.
func sharedData(t *testing.T, path ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		at := filepath.Join(append([]string{dir, "shared", "data"}, path...)...)
		if _, err := os.Stat(at); err == nil {
			return at
		}
		if dir == filepath.Dir(dir) {
			t.Skip("the files of shared/data are not there")
		}
	}
}

// TestSpectrum reads the files of csv-spectrum and holds them against what
// they are to mean.
func TestSpectrum(t *testing.T) {
	dir := sharedData(t, "csv", "csv-spectrum")
	files, err := filepath.Glob(filepath.Join(dir, "csvs", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		t.Run(name, func(t *testing.T) {
			r, err := source.Open(file, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			rows := rest(t, r)
			if name == "location_coordinates" {
				// What it is to mean was made of other data than the file holds.
				if len(rows) != 1 || rows[0].Fault != nil || rows[0].Cells[1] != "37\uFFFD36'37.8\"N 121\uFFFD2'17.9\"W" {
					t.Errorf("%+v", rows)
				}
				return
			}
			text, err := os.ReadFile(filepath.Join(dir, "json", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want []map[string]string
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			if len(rows) != len(want) {
				t.Fatalf("%d rows, want %d", len(rows), len(want))
			}
			for i, row := range rows {
				cells := make([]string, len(r.Header()))
				for j, column := range r.Header() {
					cells[j] = want[i][column]
				}
				if row.Fault != nil || !slices.Equal(row.Cells, cells) {
					t.Errorf("row %d: %q %+v, want %q", i, row.Cells, row.Fault, cells)
				}
			}
		})
	}
}

// TestRealFiles says what becomes of each file that others test their readers
// with: rows, of them faults, and how it is written; or why it is refused.
func TestRealFiles(t *testing.T) {
	dir := sharedData(t)
	for _, tt := range []struct {
		file         string
		rows, faults int
		dialect      string // encoding and delimiter, and what is unusual
	}{
		{"contacts/chinook-customers.csv", 59, 0, "UTF-8 ,"},
		{"contacts/early-childhood-sites.csv", 3337, 0, "UTF-8 ,"},
		{"contacts/northwind-customers.csv", 91, 0, "UTF-8 ,"},
		{"csv/csvkit/bad.csv", 3, 2, "UTF-8 ,"},
		{"csv/csvkit/dummy.csv.bz2", 1, 0, "UTF-8 ,"},
		{"csv/csvkit/dummy.csv.gz", 1, 0, "UTF-8 ,"},
		{"csv/csvkit/dummy.xlsx", 1, 0, "XLSX ,"},
		{"csv/csvkit/join_a_short.csv", 3, 2, "UTF-8 ,"},
		{"csv/csvkit/mac_newlines.csv", 2, 0, "UTF-8 ,"},
		{"csv/csvkit/null_byte.csv", 1, 1, "UTF-8 ,"},
		{"csv/csvkit/sheetsxlsx_converted.csv", 5, 1, "UTF-8 ,"},
		{"csv/csvkit/sniff_limit.csv", 1, 0, "UTF-8 ;"},
		{"csv/csvkit/test.xlsx", 5, 1, "XLSX ,"},
		{"csv/csvkit/test_empty_columns.csv", 2, 0, "UTF-8 ,"},
		{"csv/csvkit/test_extra_header.csv", 1, 1, "UTF-8 ,"},
		{"csv/csvkit/test_header_newline.csv", 1, 0, "UTF-8 ,"},
		{"csv/csvkit/test_latin1.csv", 2, 0, "windows-1252 ,"},
		{"csv/csvkit/test_skip_lines.xlsx", 5, 1, "XLSX , header in line 4"},
		{"csv/csvkit/test_utf16_big.csv", 2, 0, "UTF-16BE ,"},
		{"csv/csvkit/test_utf16_little.csv", 2, 0, "UTF-16LE ,"},
		{"csv/csvkit/test_utf8_bom.csv", 2, 0, "UTF-8 ,"},
		{"csv/messytables/complex.csv", 3, 0, "UTF-8 , padded"},
		{"csv/messytables/excel_pasting.csv", 16, 0, "UTF-8 , header in line 4"},
		{"csv/messytables/long.csv", 3999, 0, "UTF-8 ,"},
		{"csv/messytables/mixedGLB.csv", 133, 0, "UTF-8 , header in line 4"},
		{"csv/messytables/simple.psv", 28, 0, "UTF-8 |"},
		{"csv/messytables/simple.ssv", 6, 0, "UTF-8 ;"},
		{"csv/messytables/simple.xlsx", 6, 0, "XLSX ,"},
		{"csv/messytables/simple.zip", 6, 0, "UTF-8 ,"},
		{"csv/messytables/spanish_chars.csv", 115, 0, "windows-1252 ,"},
		{"csv/messytables/sparse_with_column_errors.csv", 2200, 12, "windows-1252 ,"},
		{"csv/messytables/sw_gen.xlsx", 15, 0, "XLSX ,"},
		{"csv/messytables/utf-16le_encoded.csv", 327, 0, "UTF-16LE ,"},

		{"csv/csvkit/empty.csv", 0, 0, "the file has only blank lines; export it again with its header"},
		{"csv/csvkit/no_header_row3.csv", 0, 0, `the file seems to have no header: column 1 would be named "1"; add a line with the names of the columns above`},
		{"csv/csvkit/sheets.xlsx", 0, 0, `the workbook has 2 sheets ("data", "ʤ"); name the one to read`},
		{"csv/messytables/begrotingsanalyse-2011.csv", 0, 0, `12 columns are named "provincie" (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 14); rename them`},
		{"csv/messytables/libreoffice.xlsx", 0, 0, "the workbook is empty; name a hidden sheet if that is meant"},
		{"csv/messytables/null.csv", 0, 0, `two columns are named "0" (3 and 4); rename one of them`},
		{"csv/messytables/simple.unknown", 0, 0, "the file is empty; export it again with its header"},
		{"csv/messytables/weird_head_padding.csv", 0, 0, "column 1 has no name in the header; name it or take it out"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			r, err := source.Open(filepath.Join(dir, tt.file), source.Options{})
			if err != nil {
				var e *source.Error
				if !errors.As(err, &e) || e.Message+"; "+e.Hint != tt.dialect {
					t.Errorf("%v\nwant %s", err, tt.dialect)
				}
				return
			}
			defer r.Close()
			rows, faults := rest(t, r), 0
			for _, row := range rows {
				if row.Fault != nil {
					faults++
				}
			}
			d := r.Dialect()
			dialect := d.Encoding + " " + d.Delimiter
			if len(d.Titles) > 0 || d.Encoding == "XLSX" && d.HeaderLine > 1 {
				dialect += fmt.Sprintf(" header in line %d", d.HeaderLine)
			}
			if d.Padded {
				dialect += " padded"
			}
			if len(rows) != tt.rows || faults != tt.faults || dialect != tt.dialect {
				t.Errorf("%d rows, %d faults, %s; want %d, %d, %s", len(rows), faults, dialect, tt.rows, tt.faults, tt.dialect)
			}
		})
	}
}
