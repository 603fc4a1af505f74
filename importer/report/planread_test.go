package report_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/campsync/campsync/importer/report"
)

// TestPlanCutOff: a plan that is cut off anywhere is not read, and says why.
func TestPlanCutOff(t *testing.T) {
	_, text := planned(t, demo())
	text = bytes.TrimSpace(text)
	for n := 0; n < len(text); n += 5 {
		_, err := report.ReadPlanHead(bytes.NewReader(text[:n]))
		if err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Fatalf("after %d of %d bytes: %v", n, len(text), err)
		}
		if err := report.CheckPlan(t.Context(), bytes.NewReader(text[:n]), demo()); err == nil || errors.Is(err, report.ErrPlanOutdated) {
			t.Fatalf("after %d of %d bytes: %v", n, len(text), err)
		}
	}
}

// TestPlanChangedByHand: a change of which any byte is another is not the one
// that was written.
func TestPlanChangedByHand(t *testing.T) {
	_, text := planned(t, demo())
	from, to := bytes.Index(text, []byte(`"changes"`)), bytes.Index(text, []byte(`"refused"`))
	for i := from; i < to; i++ {
		if strings.ContainsRune(" \n", rune(text[i])) {
			continue
		}
		changed := bytes.Clone(text)
		changed[i] ^= 1
		if _, err := report.ReadPlanHead(bytes.NewReader(changed)); err == nil {
			t.Fatalf("byte %d is another, and it was read: %s", i, changed[max(from, i-40):i+20])
		}
	}
}

func TestPlanThatIsNone(t *testing.T) {
	_, text := planned(t, demo())
	plan := string(text)
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "cut off"},
		{"no JSON", "line,key\n", "damaged at byte"},
		{"a list", "[]", "damaged at byte"},
		{"a report", strings.Replace(plan, report.PlanSchema, report.Schema, 1), `its schema is "campsync.report/v1", and must be "campsync.plan/v1"`},
		{"of later", strings.Replace(plan, "plan/v1", "plan/v2", 1), `its schema is "campsync.plan/v2"`},
		{"no schema", strings.Replace(plan, `"schema"`, `"scheme"`, 1), "its schema is none"},
		{"no digest", strings.Replace(plan, `"digest"`, `"digests"`, 1), "digest is missing before the changes"},
		{"no campaign", strings.Replace(plan, `"uuid": "c1"`, `"uuid": ""`, 1), "the digest or the campaign is missing"},
		{"no changes", strings.Replace(plan, `"changes"`, `"change"`, 1), "damaged at byte"},
		{"no step", strings.Replace(plan, `"steps":["remove"]`, `"steps":[]`, 1), "no step"},
		{"another value", strings.Replace(plan, "bob@example.org", "eve@example.org", 1), "make it again"},
		{"no refused", strings.Replace(plan, `"refused"`, `"refuse"`, 1), "what was refused is missing"},
		{"something behind", plan + "{}", "something follows its end"},
		{"twice", strings.Replace(plan, `"command"`, `"server"`, 1), "twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := report.ReadPlanHead(strings.NewReader(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v; want %q", err, test.want)
			}
		})
	}
}

// FuzzPlan: whatever is read is refused or is a plan; and what is accepted is
// what would be done.
func FuzzPlan(f *testing.F) {
	for seed := range uint64(5) {
		w := anyWorld(rand.New(rand.NewPCG(seed, 4)))
		p, err := report.NewPlan(f.Context(), head(), w.state, w)
		if err != nil {
			f.Fatal(err)
		}
		var b bytes.Buffer
		if err := p.JSON(f.Context(), &b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	w := demo()
	p, err := report.NewPlan(f.Context(), head(), w.state, w)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		read, err := report.ReadPlanHead(bytes.NewReader(text))
		checked := report.CheckPlan(t.Context(), bytes.NewReader(text), w)
		switch {
		case err != nil && checked == nil:
			t.Errorf("it was accepted, and cannot be read: %v", err)
		case err != nil && errors.Is(checked, report.ErrPlanOutdated):
			t.Errorf("it is called out of date, and cannot be read: %v", err)
		case checked == nil && read.Digest != p.Digest:
			t.Errorf("it was accepted, and its digest is %s", read.Digest)
		}
	})
}
