package cli_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// What was found out over the first rows holds for all: a later row that
// contradicts it is a problem of that row, and is not read another way.
func TestEveryRowIsHeldAgainstWhatTheFirstOnesSaid(t *testing.T) {
	var file strings.Builder
	file.WriteString("Phone,Visit\n")
	row := func(visit string) int {
		line := strings.Count(file.String(), "\n") + 1
		fmt.Fprintf(&file, "+4474%08d,%s\n", line, visit)
		return line
	}
	for range 5_000 {
		row("03/04/2024")
		row("25/12/2024")
	}
	contradicts := row("12/25/2024")
	row("03/04/2024")
	inFolder(t, map[string]string{"visits.csv": file.String(), "rt.json": `{"name": "Visitor", "parameters": [{"id": "visit", "type": "date"}]}`})
	got := run(nil, "validate", "visits.csv", "--record-type", "rt.json", "--report-dir", "out")
	if got.code != 3 || !strings.Contains(got.stderr, "the id of the parameter; dates as DD/MM/YYYY\n") {
		t.Errorf("%+v", got)
	}
	rejected, err := os.ReadFile("out/rejected.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`%d,date-invalid,parameters.visit,"""Visit"": 12/25/2024 is no date in the form DD/MM/YYYY"`, contradicts)
	if text := string(rejected); strings.Count(text, "\n") != 2 || !strings.Contains(text, want) {
		t.Errorf("%s\nwant %s", text, want)
	}
}
