package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/campsync/campsync/cmd/internal/cli"
)

func TestRedactor(t *testing.T) {
	text := "a " + canary + " b " + canary[:9] + " c " + canary + canary + canary[:3]
	want := strings.ReplaceAll(text, canary, "[token]")
	for size := 1; size < len(text); size++ { // wherever the writes are cut
		var out bytes.Buffer
		r := cli.NewRedactor(&out, canary)
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if got, err := r.Write([]byte(rest[:n])); got != n || err != nil {
				t.Fatal(got, err)
			}
			rest = rest[n:]
			if strings.Contains(out.String(), canary) {
				t.Fatalf("in pieces of %d: %q", size, out.String())
			}
		}
		if err := r.Flush(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Fatalf("in pieces of %d: got %q, want %q", size, out.String(), want)
		}
	}
}

func TestRedactorWithoutASecret(t *testing.T) {
	var out bytes.Buffer
	r := cli.NewRedactor(&out, "")
	if _, err := r.Write([]byte("x")); err != nil || out.String() != "x" {
		t.Errorf("%q %v", out.String(), err)
	}
}
