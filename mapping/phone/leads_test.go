package phone_test

import (
	"path/filepath"
	"testing"

	"github.com/campsync/campsync/mapping/phone"
)

// TestLeads holds the project's example file to what it is to show: numbers of many countries in many writings, every
// kind of damage that is mended, a few people twice, and nobody who is refused.
func TestLeads(t *testing.T) {
	rows := readTable(t, filepath.Join("..", "..", "testdata", "csv", "leads.csv"))
	if len(rows) != 200 {
		t.Errorf("leads.csv has %d rows, not 200", len(rows))
	}
	times, regions, fast := map[string]int{}, map[string]bool{}, 0
	var mended phone.Mend
	for i, row := range rows {
		region, known := regionOf[row["Country"]]
		if !known && row["Country"] != "" {
			region = row["Country"]
		}
		number, err := phone.Normalize(row["Mobile"], region)
		if err != nil {
			t.Errorf("row %d: %q in %q %v", i+1, row["Mobile"], region, err)
			continue
		}
		if phone.GoesFast(row["Mobile"], region) {
			fast++
		}
		times[number.E164]++
		regions[number.Region] = true
		mended |= number.Mended
	}
	t.Logf("%d of %d numbers were read without the library", fast, len(rows))
	if twice := len(rows) - len(times); twice != 6 {
		t.Errorf("%d rows repeat an earlier number, not 6", twice)
	}
	if len(regions) < 12 {
		t.Errorf("the numbers are of only %d regions", len(regions))
	}
	all := phone.Apostrophe | phone.Formula | phone.Spaces | phone.Invisible | phone.Fullwidth | phone.TelLink | phone.Decimal
	if missing := all &^ mended; missing != 0 {
		t.Errorf("no number shows the damage %s", missing)
	}
}
