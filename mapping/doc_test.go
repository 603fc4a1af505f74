package mapping_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The codes of problems are a contract: the package comment has them all.
func TestCodesAreListed(t *testing.T) {
	_, codes, found := strings.Cut(read(t, "doc.go"), "# Codes of problems")
	if !found {
		t.Fatal("the package comment lists no codes")
	}
	listed := map[string]bool{}
	for _, word := range strings.Fields(codes) {
		listed[word] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "phone/error.go")
	code := regexp.MustCompile(`(?:fault\{|missing = .*, |blankProblem\(|Code\w+ += )"([a-z]+(?:-[a-z]+)*)"`)
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range code.FindAllStringSubmatch(read(t, name), -1) {
			seen++
			// A blank cell is phone-missing before it comes to package phone.
			if !listed[m[1]] && m[1] != "phone-blank" {
				t.Errorf("%s: the code %s is not in the package comment", name, m[1])
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d codes found in the source", seen)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
