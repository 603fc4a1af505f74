package report_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/report"
	"github.com/campsync/campsync/importer/source"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func result(outcome reconcile.Outcome, code, field, message string) importer.Result {
	return importer.Result{Outcome: outcome, Code: code, Field: field, Message: message}
}

var sources = []importer.SourceState{
	{Name: "leads.csv", SHA256: "aa", Rows: 6, Header: []string{"Name", "Mobile"}, Delimiter: ";"},
	{Name: "more.csv", SHA256: "bb", Rows: 1, Header: []string{"Name", "Mobile"}, Delimiter: ","},
}

func rows() []importer.Row {
	return []importer.Row{
		{Seq: 1, Line: 2, Cells: []string{"Ann", "+447400000001"}, Key: "+447400000001", Result: importer.Result{
			Outcome: reconcile.Created, OrderUUID: "o1", RecordUUID: "r1", Attempts: 1}},
		{Seq: 2, Line: 3, Cells: []string{`B "B" ;`, " 4.4E+11"}, Result: result(reconcile.Rejected, "phone-digits-lost", "phoneNumber", `"Mobile": 4.4E+11 has lost digits; export the column as text`)},
		{Seq: 3, Line: 4, Raw: `Cy;"open`, Result: result(reconcile.Rejected, "unclosed-quote", "", "a quote opens here and is never closed")},
		{Seq: 4, Line: 5, Cells: []string{"only one"}, Raw: "only one", Result: result(reconcile.Rejected, "ragged", "", "has 1 cell, the header has 2")},
		{Seq: 5, Line: 6, Cells: []string{"=1+1", "\n"}, Key: "=cmd@example.com", Result: result(reconcile.Failed, "http-422", "email", "=HYPERLINK(1)")},
		{Seq: 6, Line: 8, Cells: []string{"Ann", "1"}, Key: "+447400000001", Result: result(reconcile.Duplicate, "duplicate", "", "line 2 has the same number")},
		{Seq: 7, Source: 1, Line: 2, Cells: []string{"Eve", "2"}, Key: "+447400000002", Result: result(reconcile.Ambiguous, "ambiguous", "", "the answer was lost")},
	}
}

func summary() *report.Summary {
	s := &report.Summary{
		ID: "20260501-120000-abcdef", Command: "import", Campaign: "Demo", CampaignUUID: "c1", ExitCode: 7, Dir: "campsync-runs/20260501-120000-abcdef",
		StartedAt: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), FinishedAt: time.Date(2026, 5, 1, 12, 0, 2, 345e6, time.UTC),
		State: importer.State{Rows: 7, Sources: sources, Before: 10, Requests: importer.Requests{Total: 1234, Retried: 3, RateLimited: 2, AmbiguousResolved: 1},
			Mended: []importer.Mended{{Column: "Mobile", Code: "spaces", Count: 4, Lines: []int{2, 3, 4, 5}}, {Column: "Mobile", Code: "tel-link", Count: 9, Lines: []int{9}}}},
		Verification: importer.Verification{Before: 10, Expected: 11, Unknown: 1, After: 12, Verified: true}, Books: importer.Books{Made: 1, MaybeMade: 1},
		Tally: report.NewTally(),
	}
	for _, r := range rows() {
		s.Tally.Add(&r)
	}
	return s
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	if err := summary().Text(&b, report.Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "summary.txt", b.Bytes())
}

func TestTextOfWhatIsWrong(t *testing.T) {
	s := summary()
	s.Verification = importer.Verification{Before: 10, Expected: 11, After: 13, Verified: true,
		Twice: []importer.Twice{{Key: "+447400000001", Orders: []string{"a", "b"}}}, Missing: rows()[:1]}
	var b bytes.Buffer
	if err := s.Text(&b, report.Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "unbalanced.txt", b.Bytes())
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := summary().JSON(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.Bytes())
}

func TestResults(t *testing.T) {
	var b bytes.Buffer
	r := report.NewResults(&b, []string{"leads.csv", "more.csv"})
	for _, row := range rows() {
		if err := r.Add(&row); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Flush(); err != nil {
		t.Fatal(err)
	}
	golden(t, "results.csv", b.Bytes())
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records {
		for _, cell := range record {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\n") && !strings.HasPrefix(cell, "+447") {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
}

func TestResultsOfNoRows(t *testing.T) {
	var b bytes.Buffer
	if err := report.NewResults(&b, nil).Flush(); err != nil {
		t.Fatal(err)
	}
	if want := "source,line,key,outcome,order_uuid,record_uuid,attempts,error_code,error_field,error_message\n"; b.String() != want {
		t.Errorf("%q; want %q", b.String(), want)
	}
}

// TestRejectedComesBack: fed back as it is, the file gives the same rejects,
// with the cells untouched.
func TestRejectedComesBack(t *testing.T) {
	var b bytes.Buffer
	r := report.NewRejected(&b, sources[0])
	for _, row := range rows() {
		if err := r.Add(&row); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Flush(); err != nil {
		t.Fatal(err)
	}
	golden(t, "rejected.csv", b.Bytes())
	back, err := source.NewReader(io.NopCloser(&b), "rejected.csv", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sources[0].Header, back.Header()); diff != "" {
		t.Error(diff)
	}
	for _, want := range rows() {
		if want.Outcome != reconcile.Rejected && want.Outcome != reconcile.Failed {
			continue
		}
		row, err := back.Next()
		if err != nil {
			t.Fatal(err)
		}
		if row.Fault != nil {
			if row.Fault.Code != want.Code {
				t.Errorf("came back as %s; was %s", row.Fault.Code, want.Code)
			}
			continue
		}
		if diff := cmp.Diff(want.Cells, row.Cells); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := back.Next(); err != io.EOF {
		t.Errorf("there is more: %v", err)
	}
}

// FuzzResults: whatever a line holds, it is written as gocsv writes it, and no
// spreadsheet runs it.
func FuzzResults(f *testing.F) {
	f.Add("=1+1", "+447400000001", "\ufeff")
	f.Add(`a "b", c`, "\u00a0x", `\.`)
	f.Add(`"`, "a\r\nb", "a,b")
	f.Add("\xff\"", " ", "\u2003")
	f.Fuzz(func(t *testing.T, key, message, name string) {
		var b bytes.Buffer
		r := report.NewResults(&b, []string{name})
		row := importer.Row{Key: key, Result: result(reconcile.Failed, key, message, name)}
		leftover := importer.Row{Source: importer.Leftover, Result: importer.Result{OrderUUID: key, Attempts: 2}}
		for _, row := range []*importer.Row{&row, &leftover} {
			if err := r.Add(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Flush(); err != nil {
			t.Fatal(err)
		}
		var oracle bytes.Buffer
		if err := report.WriteResults(&oracle, []string{name}, []importer.Row{row, leftover}); err != nil {
			t.Fatal(err)
		}
		if b.String() != oracle.String() {
			t.Errorf("%q; gocsv writes %q", b.String(), oracle.String())
		}
		records, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(records) != 3 || len(records[1]) != 10 {
			t.Fatalf("%v: %q", err, records)
		}
		for _, cell := range records[1] {
			if cell != "" && strings.ContainsAny(cell[:1], "=-@\t\r\n") || strings.HasPrefix(cell, "+") && strings.Trim(cell[1:], "0123456789") != "" {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	})
}
