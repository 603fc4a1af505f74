package importer_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

// nineColumns is a file as people have them, without anything that cannot be sent.
func nineColumns(rows int) string {
	var b strings.Builder
	b.WriteString("First Name,Last Name,E-mail,Mobile,Country,Company,Donation,Last Visit,Notes\n")
	for i := range rows {
		fmt.Fprintf(&b, "Ada%d,Lovelace,ada%d@example.com,07400 %06d,United Kingdom,Analytical Engines %d,%d.50,2024-03-%02d,\"Prefers mornings, not Mondays\"\n",
			i, i, i, i%97, i%1000, i%28+1)
	}
	return b.String()
}

// validationOf validates such a file.
func validationOf(text string, take func([]importer.Row)) importer.Validation {
	rt := mapping.RecordType{Fields: []mapping.Field{
		{ID: "company", Type: "input"}, {ID: "donation", Type: "decimal"}, {ID: "last_visit", Type: "date"}, {ID: "notes", Type: "textarea"},
	}}
	return importer.Validation{
		Sources: []importer.Source{{
			Name: "leads.csv",
			Open: func() (*source.Reader, error) {
				return source.NewReader(io.NopCloser(strings.NewReader(text)), "leads.csv", source.Options{})
			},
			Mapper: func(header []string, _ importer.Ahead) (*mapping.Mapper, error) {
				spec, _, err := mapping.Propose(header, rt)
				if err != nil {
					return nil, err
				}
				return mapping.Compile(spec, header, rt, mapping.Env{Region: "GB"})
			},
		}},
		Duplicates: importer.DuplicatesFirst, Now: time.Now(), Observer: silent{},
		Take: func(_ importer.SourceState, rows []importer.Row) error {
			take(rows)
			return nil
		},
	}
}

// TestRowsThatAreKept: the space of rows is used again for later ones, and
// copies that were kept are as they were.
func TestRowsThatAreKept(t *testing.T) {
	const n = 20_000
	kept := make([]importer.Row, 0, n)
	v := validationOf(nineColumns(n), func(rows []importer.Row) { kept = append(kept, rows...) })
	state, err := v.Run(t.Context())
	must(t, err)
	if state.Rows != n || len(kept) != n {
		t.Fatalf("%d rows, %d kept", state.Rows, len(kept))
	}
	for i := range kept {
		r := &kept[i]
		mail := fmt.Sprintf("ada%d@example.com", i)
		if r.Seq != int64(i+1) || r.Line != i+2 || r.Cells[2] != mail || r.Key != fmt.Sprintf("+447400%06d", i) ||
			!json.Valid(r.Record) || !strings.Contains(string(r.Record), `"`+mail+`"`) || cap(r.Record) > len(r.Record) {
			t.Fatalf("row %d: %+v", i, r)
		}
	}
}

// TestOnlySettingsAreRefused: of what nobody has heard of, reconcile rejects
// nothing without order settings; so validate does not ask it.
func TestOnlySettingsAreRefused(t *testing.T) {
	for _, status := range []client.Status{"", client.StatusRegistered, client.StatusPlanned} {
		for _, associate := range []reconcile.Association{"", reconcile.AssociateAuto, reconcile.AssociateNever, reconcile.AssociateOnly} {
			p := reconcile.Policy{Status: status, Associate: associate, Now: time.Now()}
			for _, key := range []string{"", "+447400000001"} {
				if a := reconcile.Decide(reconcile.Contact{Key: key}, reconcile.Situation{}, p); a.Outcome == reconcile.Rejected {
					t.Errorf("%+v: %+v", p, a)
				}
			}
			early := reconcile.Contact{Key: "+447400000001", Settings: true, ScheduledTime: p.Now.Add(-time.Hour)}
			if a := reconcile.Decide(early, reconcile.Situation{}, p); a.Outcome != reconcile.Rejected && associate != reconcile.AssociateOnly {
				t.Errorf("%+v: %+v", p, a)
			}
		}
	}
}

// BenchmarkValidate validates a file of nine columns; reading the same text
// with encoding/csv, on one core, is what it is to be held against.
func BenchmarkValidate(b *testing.B) {
	const rows = 200_000
	text := nineColumns(rows)
	for b.Loop() {
		began := b.Elapsed()
		v := validationOf(text, func([]importer.Row) {})
		state, err := v.Run(b.Context())
		must(b, err)
		if state.Targets[0].Converted != rows {
			b.Fatalf("%+v", state.Targets[0])
		}
		b.ReportMetric(rows/(b.Elapsed()-began).Seconds(), "rows/s")
		began = b.Elapsed()
		r := csv.NewReader(strings.NewReader(text))
		r.ReuseRecord = true
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(rows/(b.Elapsed()-began).Seconds(), "encoding/csv-rows/s")
	}
}
