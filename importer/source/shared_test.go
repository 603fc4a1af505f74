package source_test

import (
	"encoding/json"
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
