package report_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/report"
)

// repeated gives the rows of a world again and again, as other rows.
type repeated struct {
	*world
	times int
}

func (r repeated) Each(ctx context.Context, take func(*importer.Planned) error) error {
	for i := range r.times {
		if err := r.world.Each(ctx, func(p *importer.Planned) error {
			p.Row.Seq += int64(i * len(r.planned))
			return take(p)
		}); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkPlan makes, writes, reads and checks a plan of 10,000 updates.
func BenchmarkPlan(b *testing.B) {
	w := &world{policy: reconcile.Policy{Update: true}}
	for n := 1; n <= 100; n++ {
		w.add(row{key: phone(n), values: map[string]string{"email": "new@example.com", "firstName": "Ann"}}, order(n, "registered", "email", "old@example.com"), nil)
	}
	preview := repeated{w.closed(), 100}
	plan, err := report.NewPlan(b.Context(), head(), w.state, preview)
	if err != nil {
		b.Fatal(err)
	}
	var text bytes.Buffer
	if err := plan.JSON(b.Context(), &text); err != nil {
		b.Fatal(err)
	}
	for name, step := range map[string]func() error{
		"new":   func() error { _, err := report.NewPlan(b.Context(), head(), w.state, preview); return err },
		"write": func() error { return plan.JSON(b.Context(), io.Discard) },
		"read":  func() error { _, err := report.ReadPlanHead(bytes.NewReader(text.Bytes())); return err },
		"check": func() error { return report.CheckPlan(b.Context(), bytes.NewReader(text.Bytes()), preview) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				if err := step(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
