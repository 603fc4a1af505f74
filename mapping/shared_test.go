package mapping_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/campsync/campsync/mapping"
)

// Contact lists that nobody here wrote, from the folder beside the project;
// skipped where that is not there.
func TestContactListsOfOthers(t *testing.T) {
	for _, test := range []struct {
		file, region string
		matches      map[string]string
		mapped       int // of the rest, the numbers are damaged or of area codes that are no more
	}{
		{"chinook-customers.csv", "", map[string]string{"FirstName": "firstName", "LastName": "lastName", "Country": "country", "Phone": "phoneNumber", "Email": "email"}, 55},
		{"northwind-customers.csv", "", map[string]string{"ContactName": "name", "Country": "country", "Phone": "phoneNumber"}, 48},
		{"early-childhood-sites.csv", "US", map[string]string{"Phone": "phoneNumber", "Email Address": "email"}, 0},
	} {
		t.Run(test.file, func(t *testing.T) {
			rows := sharedRows(t, filepath.Join("contacts", test.file))
			spec, matches, err := mapping.Propose(rows[0], mapping.RecordType{})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range matches {
				if m.Target != test.matches[m.Column] {
					t.Errorf("%s is taken for %q, want %q", m.Column, m.Target, test.matches[m.Column])
				}
			}
			m, err := mapping.Compile(spec, rows[0], mapping.RecordType{}, mapping.Env{Region: test.region})
			if err != nil {
				t.Fatal(err)
			}
			var c mapping.Contact
			mapped := 0
			for _, cells := range rows[1:] {
				if len(m.Map(cells, &c)) == 0 {
					mapped++
				}
			}
			if mapped != test.mapped {
				t.Errorf("%d of %d rows can be sent, want %d", mapped, len(rows)-1, test.mapped)
			}
		})
	}
}

// sharedRows reads a file of the folder of test data above the project.
func sharedRows(t *testing.T, name string) [][]string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		f, err := os.Open(filepath.Join(dir, "shared", "data", name))
		if err == nil {
			defer f.Close()
			r := csv.NewReader(f)
			r.FieldsPerRecord = -1
			rows, err := r.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		if dir == filepath.Dir(dir) {
			t.Skip("the folder shared/data is not above the project")
		}
	}
}
