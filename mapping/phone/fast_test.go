package phone_test

import (
	"errors"
	"flag"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/campsync/campsync/mapping/phone"
)

var long = flag.Bool("long", false, "compare two million generated numbers with the library, not 300,000")

var wellFormed = regexp.MustCompile(`^\+[1-9][0-9]{3,19}$`)

// TestFastIsTheLibrary compares what is read without the library with what the library reads, for numbers of all
// regions and country codes. Of the rest it looks at every eighth text: few of those that have nothing but digits and
// the usual punctuation may be valid.
func TestFastIsTheLibrary(t *testing.T) {
	numbers := 300_000
	if underRace {
		numbers = 10_000
	}
	if *long {
		numbers = 2_000_000
	}
	workers := runtime.GOMAXPROCS(0)
	var fast, missed atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			g := newGenerator(uint64(w))
			for i := range numbers / workers {
				text, region := g.next()
				if phone.GoesFast(text, region) {
					fast.Add(1)
					checkFast(t, text, region)
				} else if i%8 == 0 && isPlain(text) {
					if _, err := phone.Normalize(text, region); err == nil {
						missed.Add(1)
					}
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d of %d numbers were read without the library; about %d more might have been", fast.Load(), numbers, 8*missed.Load())
	if fast.Load() < int64(numbers)/2 {
		t.Errorf("only %d of %d numbers were read without the library", fast.Load(), numbers)
	}
	if 8*missed.Load() > fast.Load()/50 {
		t.Errorf("about %d numbers might have been read without the library, and were not", 8*missed.Load())
	}
}

// isPlain reports whether text has nothing that only the library reads.
func isPlain(text string) bool { return strings.Trim(text, "+0123456789 -./()[]") == "" }

// checkFast compares a number, or the reason why it is refused, with the library's. A number is read again as itself:
// the keys of rows must be those of the orders that they became.
func checkFast(t *testing.T, text, region string) {
	t.Helper()
	got, gotErr := phone.Normalize(text, region)
	want, wantErr := phone.NormalizeSlowly(text, region)
	if got != want || describe(gotErr) != describe(wantErr) {
		t.Errorf("Normalize(%q, %q) = %+v, %v; the library says %+v, %v", text, region, got, gotErr, want, wantErr)
	}
	if gotErr != nil {
		return
	}
	want.Extension, want.Mended = "", 0
	if again, err := phone.Normalize(got.E164, ""); err != nil || again != want {
		t.Errorf("Normalize(%q, %q) = %+v, but read again %+v, %v", text, region, got, again, err)
	}
}

func describe(err error) string {
	var refused *phone.Error
	if !errors.As(err, &refused) {
		return ""
	}
	return refused.Code + ": " + refused.Error()
}

// TestAllPlansCompile says when new metadata has something that the automata cannot express.
func TestAllPlansCompile(t *testing.T) {
	plans, states, largest, unusable := phone.CompileAll()
	t.Logf("%d plans, %d states, the largest automaton has %d", plans, states, largest)
	if len(unusable) > 0 {
		t.Errorf("the plans of %v were not compiled", unusable)
	}
	if plans < 250 {
		t.Errorf("there are only %d plans", plans)
	}
}

func TestNormalizeDoesNotAllocate(t *testing.T) {
	for _, text := range []string{"+44 7400 123456", "(020) 7946-0958", "'+447400123456", "+44\u00a07400\u00a0123456", `="+447400123456"`, "tel:+44-7400-123456"} {
		if _, err := phone.Normalize(text, "GB"); err != nil {
			t.Fatal(err)
		}
		allocs := testing.AllocsPerRun(100, func() { _, _ = phone.Normalize(text, "GB") })
		if allocs > 1 { // the number itself
			t.Errorf("Normalize(%q) allocates %v times", text, allocs)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	g := newGenerator(1)
	for range 500 {
		text, region := g.next()
		f.Add(text, region)
	}
	f.Add("tel:20 7946 0958;phone-context=+44", "GB")
	f.Add("(0xx11) 3456-7890", "BR")
	f.Add("4.47911E+11", "GB")
	f.Fuzz(func(t *testing.T, text, region string) {
		checkFast(t, text, region)
		got, err := phone.Normalize(text, region)
		if err == nil && !wellFormed.MatchString(got.E164) {
			t.Fatalf("Normalize(%q, %q) = %+v: not E.164", text, region, got)
		}
	})
}
