package phone_test

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/campsync/campsync/mapping/phone"
)

// sharedFolder returns the folder of data that is not part of the project, found by walking up from the package; the
// test is skipped where it is not there.
func sharedFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		folder := filepath.Join(dir, "shared", "data")
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skip("the folder shared/data is not above this package")
		}
		dir = parent
	}
}

// vector is a text with what Google's own libphonenumber says of it.
type vector struct {
	Raw, Region, Src, E164, Ext string
	Valid                       bool
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	file, err := os.Open(filepath.Join(sharedFolder(t), "phone", "vectors.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	for lines := bufio.NewScanner(text); lines.Scan(); {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, v)
	}
	return vectors
}

// TestVectors compares with Google's libphonenumber. The only numbers that may differ are the decimals: their ".0" is
// mended here, and read as a digit there.
func TestVectors(t *testing.T) {
	vectors := readVectors(t)
	fast := map[string]int{}
	total := map[string]int{}
	for _, v := range vectors {
		total[v.Src]++
		if phone.GoesFast(v.Raw, v.Region) {
			fast[v.Src]++
			checkFast(t, v.Raw, v.Region)
		}
		got, err := phone.Normalize(v.Raw, v.Region)
		if whole, isDecimal := strings.CutSuffix(v.Raw, ".0"); isDecimal {
			want, wantErr := phone.Normalize(whole, v.Region)
			want.Mended |= phone.Decimal
			if (err == nil) != (wantErr == nil) || err == nil && got != want {
				t.Errorf("Normalize(%q, %q) = %+v, %v; without the decimal %+v, %v", v.Raw, v.Region, got, err, want, wantErr)
			}
			continue
		}
		if v.Valid != (err == nil) || v.Valid && (got.E164 != v.E164 || got.Extension != v.Ext) {
			t.Errorf("%s: Normalize(%q, %q) = %+v, %v; want %+v", v.Src, v.Raw, v.Region, got, err, v)
		}
	}
	for _, src := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%s: %d of %d were read without the library", src, fast[src], total[src])
	}
}

// TestContacts compares the phone columns of real files with the library.
func TestContacts(t *testing.T) {
	folder := filepath.Join(sharedFolder(t), "contacts")
	for _, tt := range []struct{ file, region string }{
		{"chinook-customers.csv", ""}, {"northwind-customers.csv", ""}, {"early-childhood-sites.csv", "US"},
	} {
		fast, valid, total := 0, 0, 0
		for _, row := range readTable(t, filepath.Join(folder, tt.file)) {
			region := tt.region
			if region == "" {
				region = regionOf[row["Country"]]
			}
			for _, text := range []string{row["Phone"], row["Fax"]} {
				if text == "" {
					continue
				}
				total++
				if _, err := phone.Normalize(text, region); err == nil {
					valid++
				}
				if phone.GoesFast(text, region) {
					fast++
					checkFast(t, text, region)
				}
			}
		}
		t.Logf("%s: %d of %d numbers are valid, %d were read without the library", tt.file, valid, total, fast)
		if fast*10 < total*9 {
			t.Errorf("%s: only %d of %d numbers were read without the library", tt.file, fast, total)
		}
	}
}

// readTable returns the rows of a file by the names of its columns.
func readTable(t *testing.T, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, cell := range record {
			row[records[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// regionOf has the countries that the test files name in words.
var regionOf = map[string]string{
	"Argentina": "AR", "Australia": "AU", "Austria": "AT", "Belgium": "BE", "Brazil": "BR", "Canada": "CA", "Chile": "CL",
	"Czech Republic": "CZ", "Denmark": "DK", "Deutschland": "DE", "England": "GB", "España": "ES", "Finland": "FI",
	"France": "FR", "Germany": "DE", "Hungary": "HU", "India": "IN", "Ireland": "IE", "Italia": "IT", "Italy": "IT",
	"Japan": "JP", "Mexico": "MX", "Netherlands": "NL", "New Zealand": "NZ", "Norway": "NO", "Poland": "PL",
	"Polska": "PL", "Portugal": "PT", "Schweiz": "CH", "South Africa": "ZA", "Spain": "ES", "Sverige": "SE",
	"Sweden": "SE", "Switzerland": "CH", "The Netherlands": "NL", "U.S.A.": "US", "UK": "GB", "USA": "US",
	"United Kingdom": "GB", "United States": "US", "Venezuela": "VE", "gb": "GB", "Österreich": "AT",
}
