package profile_test

import (
	"fmt"
	"testing"

	"github.com/campsync/campsync/mapping/profile"
)

// BenchmarkAdd looks at rows of ten cells, most of which are no other's.
func BenchmarkAdd(b *testing.B) {
	rows := make([][]string, 50000)
	for i := range rows {
		rows[i] = []string{
			fmt.Sprint(i), fmt.Sprint("Ada", i%977), fmt.Sprint("Love", i%4999), fmt.Sprintf("ada%d@example.com", i),
			fmt.Sprintf("+44 7400 %06d", i), "GB", fmt.Sprintf("%d.%02d", i%1000, i%100),
			fmt.Sprintf("%02d/%02d/2024", 1+i%28, 1+i%12), "yes", fmt.Sprintf("called on day %d about %d", i%365, i),
		}
	}
	p := profile.New([]string{"Id", "First Name", "Last Name", "E-mail", "Mobile", "Country", "Amount", "Joined", "Newsletter", "Note"}, profile.Options{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Add(i+2, rows[i%len(rows)])
	}
}
