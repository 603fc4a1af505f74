package cli_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sharedFiles is the folder shared/data/csv, which is no part of the project,
// next to one of the folders above; the test is skipped where it is not there.
func sharedFiles(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		at := filepath.Join(dir, "shared", "data", "csv")
		if _, err := os.Stat(at); err == nil {
			return at
		}
		if dir == filepath.Dir(dir) {
			t.Skip("the files of shared/data are not there")
		}
	}
}

// parsed is a clean table as the standard library reads it, strictly.
func parsed(t *testing.T, text string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Errorf("what was written is no clean CSV: %v", err)
	}
	return rows
}

// plainly is a file as the standard library reads it, where that is sure of it:
// each record has as many cells, several of them, and the text is UTF-8.
func plainly(file string) ([][]string, bool) {
	text, err := os.ReadFile(file)
	if err != nil || !strings.HasSuffix(file, ".csv") || bytes.ContainsAny(text, "\x00\uFFFD") || !bytes.Equal(bytes.ToValidUTF8(text, nil), text) {
		return nil, false
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF")))).ReadAll()
	if err != nil || len(rows) < 2 || len(rows[0]) < 2 {
		return nil, false
	}
	rows = slices.DeleteFunc(rows, func(row []string) bool { return filled(row) == 0 })
	for len(rows) > 0 && len(rows[0]) > 2 && filled(rows[0]) == 1 {
		rows = rows[1:] // a title
	}
	return rows, true
}

func filled(row []string) (n int) {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// TestRowsOfSharedFiles: every file gives its rows, or a reason; and where all
// rows are given they are those that a strict reader finds.
func TestRowsOfSharedFiles(t *testing.T) {
	root := sharedFiles(t)
	compared := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".json") {
			return err
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := run(nil, "inspect", "--rows", path)
			switch got.code {
			case 0:
				if got.stderr != "" {
					t.Errorf("the exit code is 0, and yet: %s", got.stderr)
				}
			case 2:
				if got.stdout != "" || !strings.Contains(got.stderr, path) {
					t.Errorf("refused with %q, and written: %q", got.stderr, got.stdout)
				}
				return
			case 3:
				for line := range strings.Lines(got.stderr) {
					if !strings.HasPrefix(line, path+":") {
						t.Errorf("a problem without its place: %s", line)
					}
				}
			default:
				t.Fatalf("exit code %d: %s", got.code, got.stderr)
			}
			rows := parsed(t, got.stdout)
			if want, ok := plainly(path); ok && got.code == 0 {
				compared++
				for i, name := range want[0] {
					want[0][i] = strings.TrimSpace(name)
				}
				if diff := cmp.Diff(want, rows); diff != "" {
					t.Error(diff)
				}
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if compared < 40 {
		t.Errorf("only %d files could be compared", compared)
	}
}

// Files that hold one table, however they are written and packed, give one.
func TestSharedFilesOfOneTable(t *testing.T) {
	root := sharedFiles(t)
	for _, group := range [][]string{
		{"csvkit/dummy.csv", "csvkit/dummy.csv.gz", "csvkit/dummy.csv.bz2", "csvkit/dummy.tsv", "csvkit/dummy.xlsx"},
		{"csvkit/test_utf8.csv", "csvkit/test_utf8_bom.csv"},
		{"csvkit/test_utf16_big.csv", "csvkit/test_utf16_little.csv"},
		{"messytables/simple.csv", "messytables/simple.ssv", "messytables/simple.xlsx", "messytables/simple.zip"},
	} {
		want := run(nil, "inspect", "--rows", filepath.Join(root, group[0]))
		for _, file := range group {
			if got := run(nil, "inspect", "--rows", filepath.Join(root, file)); got.code != 0 || got.stdout != want.stdout {
				t.Errorf("%s: %d %s%s, want %s", file, got.code, got.stderr, got.stdout, want.stdout)
			}
		}
	}
}

// TestSpectrumRows holds the files of csv-spectrum against what they are to
// mean, all but one, which was made of other data than the file has.
func TestSpectrumRows(t *testing.T) {
	root := filepath.Join(sharedFiles(t), "csv-spectrum")
	files, err := filepath.Glob(filepath.Join(root, "csvs", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		if name == "location_coordinates" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, "json", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var want []map[string]string
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		got := run(nil, "inspect", "--rows", file)
		rows := parsed(t, got.stdout)
		for i, row := range want {
			for k, column := range rows[0] {
				// The standard library reads CRLF within a cell as LF.
				if plain := strings.ReplaceAll(row[column], "\r\n", "\n"); len(rows) != len(want)+1 || rows[i+1][k] != plain {
					t.Errorf("%s: row %d: %q is %q, want %q", name, i+1, column, rows[i+1][k], plain)
				}
			}
		}
	}
}
