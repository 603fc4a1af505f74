package reconcile_test

import (
	"encoding/json"
	"testing"

	"github.com/campsync/campsync/importer/reconcile"
)

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`5`, `5.0`, true},
		{`5`, `"5"`, true},
		{`1.234`, `1.2340`, true},
		{`5e3`, `5000`, true},
		{`"0.0000001"`, `1e-7`, true},
		{`-1.5E+2`, `-150`, true},
		{`5e3`, `5001`, false},
		{`1e65`, `10e64`, true},
		{`"5"`, `"5.0"`, false}, // texts are what they are
		{`true`, `1`, false},
		{`""`, `" "`, false},
		{`"a"`, `"\u0061"`, true},
		{`"a"`, `"A"`, false},
		{`"+441"`, `"+4410"`, false},
		{`1e999999999`, `10e999999998`, false},
		{`"0x10"`, `16`, false},
		{`"1/2"`, `0.5`, false},
		{`"1_000"`, `1000`, false},
		{`true`, `"true"`, true},
		{`null`, `""`, true},
		{`null`, ``, true},
		{`0`, `null`, false},
		{`"007"`, `"7"`, false}, // texts are texts
		{`"2024-03-04T05:06:07Z"`, `"2024-03-04T07:06:07+02:00"`, true},
		{`"2024-03-04"`, `"2024-03-04T00:00:00Z"`, true},
		{`"2024-03-04"`, `"2024-03-05"`, false},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := reconcile.Same(json.RawMessage(pair[0]), json.RawMessage(pair[1])); got != c.same {
				t.Errorf("%s and %s: %v, want %v", pair[0], pair[1], got, c.same)
			}
		}
	}
}
