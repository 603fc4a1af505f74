package importer

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/importer/reconcile"
)

// differing names the fields in which a record at the server differs from
// what the row would send, compared by meaning: 5 is 5.0. A field that the
// server did not send is not known to differ; a parameter is, where it sent the
// others, and so is any field of a record that is complete.
func differing(row, record []byte, complete bool) (fields []string) {
	sent, err := recordValues(row, nil)
	if err != nil {
		return nil
	}
	have, err := recordValues(record, nil)
	if err != nil {
		return nil
	}
	parameters := complete || bytes.Contains(record, []byte(`"parameters":`))
	for target, want := range sent {
		is, known := have[target]
		known = known || complete || parameters && strings.HasPrefix(target, parameterPrefix)
		if known && !reconcile.Same(want, is) {
			fields = append(fields, target)
		}
	}
	slices.Sort(fields)
	return fields
}

// utc writes an instant as the API takes it.
func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }
