package importer

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"time"
)

// differing names the fields in which a record at the server differs from
// what the row would send, compared by meaning: 5 is 5.0. A field that the
// server did not send is not known to differ; a parameter is, where it sent the
// others, and so is any field of a record that is complete.
func differing(row, record []byte, complete bool) []string {
	var sent, have map[string]any
	if decodeExact(row, &sent) != nil || decodeExact(record, &have) != nil {
		return nil
	}
	var fields []string
	compare := func(prefix string, sent, have map[string]any, whole bool) {
		for name, want := range sent {
			if is, ok := have[name]; ok && !same(want, is) || !ok && whole {
				fields = append(fields, prefix+name)
			}
		}
	}
	sentParameters, _ := sent["parameters"].(map[string]any)
	haveParameters, whole := have["parameters"].(map[string]any)
	delete(sent, "parameters")
	compare("", sent, have, complete)
	compare("parameters.", sentParameters, haveParameters, whole || complete)
	slices.Sort(fields)
	return fields
}

func decodeExact(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}

func same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		if b, ok := b.(json.Number); ok {
			x, okX := new(big.Rat).SetString(a.String())
			y, okY := new(big.Rat).SetString(b.String())
			return okX && okY && x.Cmp(y) == 0
		}
	case string:
		b, ok := b.(string)
		if !ok {
			return false
		}
		if a == b {
			return true
		}
		x, errX := time.Parse(time.RFC3339Nano, a)
		y, errY := time.Parse(time.RFC3339Nano, b)
		return errX == nil && errY == nil && x.Equal(y)
	case bool:
		return a == b
	}
	return false
}

// utc writes an instant as the API takes it.
func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }
