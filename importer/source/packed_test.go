package source_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"

	"github.com/campsync/campsync/importer/source"
)

func tempFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// pack writes text through a compressor.
func pack(t *testing.T, w io.WriteCloser, out *bytes.Buffer, text io.Reader) []byte {
	t.Helper()
	if _, err := io.Copy(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gzipped(t *testing.T, text io.Reader) []byte {
	var b bytes.Buffer
	return pack(t, gzip.NewWriter(&b), &b, text)
}

func zstandard(t *testing.T, text io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	return pack(t, w, &b, text)
}

func zipped(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPacked(t *testing.T) {
	text := "name;sum\nJ\xF6rg;1\nUte;2\n"
	want := []source.Row{good(2, "Jörg", "1"), good(3, "Ute", "2")}
	for name, content := range map[string][]byte{
		"gzip":            gzipped(t, strings.NewReader(text)),
		"gzip, two":       append(gzipped(t, strings.NewReader(text[:10])), gzipped(t, strings.NewReader(text[10:]))...),
		"zstd":            zstandard(t, strings.NewReader(text)),
		"zip":             zipped(t, "folder/", "", "leads.csv", text, "__MACOSX/._leads.csv", "x", ".DS_Store", "y"),
		"zip of a chosen": zipped(t, "other.csv", "a\n1\n", "leads.csv", text),
	} {
		o := source.Options{}
		if strings.Contains(name, "chosen") {
			o.Sheet = "leads.csv"
		}
		file := tempFile(t, "leads", content)
		fromDisk, err := source.Open(file, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		fromPipe, err := open(t, string(content), o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, r := range []*source.Reader{fromDisk, fromPipe} {
			if d := diff(rest(t, r), want); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			if sum, err := r.Rest(); err != nil || sum != sha(string(content)) {
				t.Errorf("%s: hash %s %v", name, sum, err)
			}
			if err := r.Close(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestPackedIsRefused(t *testing.T) {
	text := strings.Repeat("name;sum\nJorg;1\n", 30_000)
	half := gzipped(t, strings.NewReader(text))
	for want, content := range map[string][]byte{
		`x: the archive holds 2 files ("a.csv", "b.csv"); name the one to read`: zipped(t, "a.csv", "a", "b.csv", "b"),
		`x: the archive holds 0 files (); name the one to read`:                 zipped(t, "folder/", ""),
		`x: this is gzip within an archive, not CSV; unpack it first`:           zipped(t, "a.csv.gz", string(half)),
		`x: unpacking zip: zip: not a valid zip file; pack the file again`:      zipped(t, "a.csv", text)[:100],
	} {
		_, err := source.NewReader(io.NopCloser(bytes.NewReader(content)), "x", source.Options{})
		if err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	r, err := source.NewReader(io.NopCloser(bytes.NewReader(half[:len(half)-20])), "x", source.Options{})
	for err == nil {
		_, err = r.Next()
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a file: %v", err)
	}
}

func TestBomb(t *testing.T) {
	header, rows := "a,b\n", strings.Repeat("1,"+strings.Repeat("2", 100_000)+"\n", 10)
	for name, pack := range map[string]func(*testing.T, io.Reader) []byte{"gzip": gzipped, "zstd": zstandard} {
		// Both formats may be put together from pieces.
		packed := append(pack(t, strings.NewReader(header)), bytes.Repeat(pack(t, strings.NewReader(rows)), 72)...)
		r, err := source.NewReader(io.NopCloser(bytes.NewReader(packed)), "x", source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for err == nil {
			_, err = r.Next()
			n++
		}
		if n < 600 || !strings.Contains(err.Error(), "it unpacks to more than 200 times its size") {
			t.Errorf("%s: after %d rows: %v", name, n, err)
		}
	}
}

// book makes a workbook; cells that are text stay so.
func book(t *testing.T, sheets map[string][][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for name, rows := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetSheetRow(name, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, ok := sheets["Sheet1"]; !ok {
		if err := f.DeleteSheet("Sheet1"); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbook(t *testing.T) {
	content := book(t, map[string][][]any{"Leads": {
		{"Report of leads"}, {},
		{"Name", "Phone", "Seen", "Amount", "Note"},
		{"Jörg", "+44 20 7946 0000", time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), 12.5, "two\nlines"},
		{},
		{"Ute", 447911123456, nil, 3},
		{"Ann", "007", nil, nil, nil, "too much"},
		{"Name", "Phone", "Seen", "Amount", "Note"},
	}, "Empty": {}})
	r, rows := all(t, string(content), source.Options{})
	want := []source.Row{
		good(4, "Jörg", "+44 20 7946 0000", "2026-03-04", "12.5", "two\nlines"),
		good(6, "Ute", "447911123456", "", "3", ""),
		bad(7, source.CodeRagged, 0, "Ann,007,,,,too much", "Ann", "007", "", "", "", "too much"),
		bad(8, source.CodeHeader, 0, "Name,Phone,Seen,Amount,Note", "Name", "Phone", "Seen", "Amount", "Note"),
	}
	if got := rows[0].Cells[2]; !strings.HasPrefix(got, "2026-03-04") && !strings.HasPrefix(got, "3/4/26") {
		t.Errorf("date: %q", got)
	}
	rows[0].Cells[2] = "2026-03-04"
	if d := diff(rows, want); d != "" {
		t.Error(d)
	}
	if d := r.Dialect(); d.Encoding != "XLSX" || d.HeaderLine != 3 || len(d.Titles) != 1 || r.Blank() != 2 {
		t.Errorf("%+v, %d blank", d, r.Blank())
	}
	if sum, err := r.Rest(); err != nil || sum != sha(string(content)) {
		t.Errorf("hash %s %v", sum, err)
	}
	sameRejects(t, r, rows)
}

func TestWorkbookIsRefused(t *testing.T) {
	two := map[string][][]any{"A": {{"Name"}, {"x"}}, "B": {{"Name"}, {"y"}}}
	for _, tt := range []struct {
		sheets      map[string][][]any
		sheet, want string
	}{
		{two, "", `leads.csv: the workbook has 2 sheets ("A", "B"); name the one to read`},
		{two, "C", `leads.csv: there is no sheet "C"; the workbook has 2 sheets ("A", "B")`},
		{map[string][][]any{"A": {}}, "", `leads.csv: the workbook is empty; name a hidden sheet if that is meant`},
		{map[string][][]any{"A": {{"Phone", "Phone"}}}, "", `leads.csv:1: two columns are named "Phone" (1 and 2); rename one of them`},
	} {
		_, err := open(t, string(book(t, tt.sheets)), source.Options{Sheet: tt.sheet})
		if err == nil || strings.NewReplacer(`"B", "A"`, `"A", "B"`).Replace(err.Error()) != tt.want {
			t.Errorf("%v\nwant %s", err, tt.want)
		}
	}
	_, rows := all(t, string(book(t, two)), source.Options{Sheet: "B"})
	if d := diff(rows, []source.Row{good(2, "y")}); d != "" {
		t.Error(d)
	}
	broken := book(t, two)
	for at := 0; at < len(broken); at += 37 {
		damaged := bytes.Clone(broken)
		damaged[at] ^= 0x55
		r, err := open(t, string(damaged), source.Options{Sheet: "B"})
		for err == nil {
			_, err = r.Next()
		}
		var e *source.Error
		if err != io.EOF && !errors.As(err, &e) {
			t.Fatalf("byte %d: %v", at, err)
		}
		if r != nil {
			r.Close()
		}
	}
}
