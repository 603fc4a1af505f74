package mapping_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/campsync/campsync/mapping"
)

var update = flag.Bool("update", false, "write the golden files anew")

// testdata/faults holds mapping files, each beside what is said about it when
// it is read and fitted to this header and this record type.
func TestFaults(t *testing.T) {
	header := []string{"First Name", "Last Name", "Mobile", "Phone", "phone ", "Email", "Amount", "When", "Country"}
	donor := mapping.RecordType{Name: "Donor", Fields: []mapping.Field{
		{ID: "amount", Type: "decimal", Title: "Donation", Required: true},
		{ID: "last_visit", Type: "date"},
		{ID: "city", Type: "text"},
	}}
	for name, text := range faultFiles(t) {
		t.Run(name, func(t *testing.T) {
			rt := donor
			if strings.HasPrefix(name, "none-") {
				rt = mapping.RecordType{Parameters: mapping.None}
			}
			got := "no fault\n"
			if _, err := compileText(text, header, rt, mapping.Env{}); err != nil {
				got = err.Error() + "\n"
			}
			golden := filepath.Join("testdata/faults", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(golden); err != nil || string(want) != got {
				t.Errorf("says\n%s\nwant\n%s\n%v", got, want, err)
			}
		})
	}
}

func faultFiles(t testing.TB) map[string]string {
	names, err := filepath.Glob("testdata/faults/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no mapping files: %v", err)
	}
	files := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(name), ".yaml")] = string(text)
	}
	return files
}

// A mapping file is read or refused with a place; it never breaks the reader.
func FuzzParseSpec(f *testing.F) {
	for _, text := range faultFiles(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := mapping.ParseSpec("mapping.yaml", []byte(text))
		if (spec == nil) != (err != nil) {
			t.Fatalf("%v, %v", spec, err)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "mapping.yaml:") {
				t.Fatalf("no place: %v", err)
			}
			return
		}
		header := []string{"a", "b", "c"}
		m, err := mapping.Compile(spec, header, mapping.RecordType{Parameters: mapping.Free}, mapping.Env{})
		if err != nil {
			return
		}
		var c mapping.Contact
		m.Map([]string{"1", "x y", "2024-01-01"}, &c)
	})
}
