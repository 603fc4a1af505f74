package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is proposed for contact lists that nobody here wrote, from the folder
// beside the project, and what is not; skipped where that is not there.
func TestMapContactListsOfOthers(t *testing.T) {
	folder := sharedFolder(t)
	for _, test := range []struct {
		file, flags string
		code        int
		mapping     string   // lines that are no comments
		doubts      []string // of stderr
	}{
		{
			file:    "chinook-customers.csv", // three numbers of it are of Danish and other plans that are no more
			mapping: "firstName: FirstName\nlastName: LastName\ncountry: Country\nphoneNumber: Phone\nemail: Email",
		},
		{
			file:    "northwind-customers.csv",
			mapping: "name: ContactName\ncountry: Country\nphoneNumber: Phone",
		},
		{ // its numbers have neither country nor area code, its columns have slipped
			file: "early-childhood-sites.csv", flags: "--region US", code: 2,
			mapping: "region: US",
			doubts: []string{
				`phoneNumber: is "Phone" the phoneNumber?`, `2262649 is too short`,
				`email: is "Email Address" the email?`, `has no @`,
				`name: is "Site name" the name?`,
			},
		},
		{
			file: "early-childhood-sites.csv", code: 2,
			mapping: "phoneNumber: Phone",
			doubts:  []string{"region: in which country are the numbers without a country code?", "is of no use yet"},
		},
	} {
		inFolder(t, nil)
		args := append([]string{"map", filepath.Join(folder, test.file), "-o", "mapping.yaml"}, strings.Fields(test.flags)...)
		got := run(nil, args...)
		text, err := os.ReadFile("mapping.yaml")
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		head, _, _ := strings.Cut(string(text), "\nmadeFor:")
		for line := range strings.Lines(head) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && line != "version: 1" && line != "columns:" {
				lines = append(lines, line)
			}
		}
		if mapping := strings.Join(lines, "\n"); got.code != test.code || mapping != test.mapping {
			t.Errorf("%s %s: exit code %d, want %d\n%s\nwant\n%s\n%s", test.file, test.flags, got.code, test.code, mapping, test.mapping, got.stderr)
		}
		for _, doubt := range test.doubts {
			if !strings.Contains(got.stderr, doubt) {
				t.Errorf("%s %s does not say %s:\n%s", test.file, test.flags, doubt, got.stderr)
			}
		}
		if strings.Contains(got.stderr, "in doubt") != (test.doubts != nil) {
			t.Errorf("%s %s:\n%s", test.file, test.flags, got.stderr)
		}
	}
}

// sharedFolder is where the lists are.
func sharedFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		folder := filepath.Join(dir, "shared", "data", "contacts")
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
		if dir == filepath.Dir(dir) {
			t.Skip("the folder shared/data is not above the project")
		}
	}
}
