package cli

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/ledger"
	"github.com/campsync/campsync/importer/reconcile"
)

// likeness is what a run looks like next to those before it.
type likeness struct {
	rows    float64
	invalid float64       // share of the rows
	fresh   float64       // share of the rows that are new to the campaign
	age     time.Duration // of the oldest file
}

func likenessOf(state importer.State, fresh int64, began time.Time) likeness {
	l := likeness{rows: float64(state.Rows)}
	if state.Rows > 0 {
		l.invalid, l.fresh = float64(state.Rejected)/l.rows, float64(fresh)/l.rows
	}
	for _, s := range state.Sources {
		if !s.Changed.IsZero() {
			l.age = max(l.age, began.Sub(s.Changed))
		}
	}
	return l
}

// How much a run may differ from the middle one of those before it.
const (
	historyRuns   = 5 // the last ones that are looked at
	rowsFactor    = 2
	rowsLeast     = 20   // rows that a difference has to have
	invalidFactor = 2    // and
	invalidMore   = 0.05 // more of all rows
	freshFactor   = 2
	freshMore     = 0.25
	ageFactor     = 2
	ageMore       = 24 * time.Hour
)

// unlike says in what a run is unlike those before it.
func (l likeness) unlike(past []likeness) (reasons []string) {
	if len(past) == 0 {
		return nil
	}
	rows := middle(past, func(l likeness) float64 { return l.rows })
	if (l.rows*rowsFactor < rows || l.rows > rows*rowsFactor) && max(l.rows-rows, rows-l.rows) >= rowsLeast {
		reasons = append(reasons, fmt.Sprintf("%.0f rows, where it was %.0f", l.rows, rows))
	}
	if is := middle(past, func(l likeness) float64 { return l.invalid }); l.invalid > is*invalidFactor && l.invalid > is+invalidMore {
		reasons = append(reasons, fmt.Sprintf("%.1f %% of the rows are rejected, where it was %.1f %%", 100*l.invalid, 100*is))
	}
	if is := middle(past, func(l likeness) float64 { return l.fresh }); l.fresh > is*freshFactor && l.fresh > is+freshMore {
		reasons = append(reasons, fmt.Sprintf("%.0f %% of the rows are new to the campaign, where it was %.0f %%", 100*l.fresh, 100*is))
	}
	if is := middle(past, func(l likeness) time.Duration { return l.age }); l.age > is*ageFactor+ageMore {
		reasons = append(reasons, fmt.Sprintf("a file was changed %s ago, where it was %s", l.age.Round(time.Minute), is.Round(time.Minute)))
	}
	return reasons
}

func middle[T cmp.Ordered](past []likeness, of func(likeness) T) T {
	var all []T
	for _, l := range past {
		all = append(all, of(l))
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}

// past are the last finished runs that were like this one: of the same mapping
// or, without one, of files with the same names, dates and numbers in them apart.
func (h *held) past(ctx context.Context, plan runPlan) ([]likeness, error) {
	runs, err := h.ledger.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var past []likeness
	for i := range runs {
		if runs[i].Phase != importer.Done || len(runs[i].Outcomes) == 0 || len(past) == historyRuns {
			continue
		}
		was, err := planOf(runs[i])
		if err != nil {
			return nil, err
		}
		if was.MappingSHA256 != plan.MappingSHA256 || was.MappingSHA256 == "" && !sameNames(was.Files, plan.Files) {
			continue
		}
		past = append(past, pastOf(&runs[i]))
	}
	return past, nil
}

func pastOf(run *ledger.Info) likeness {
	n := run.Outcomes
	return likenessOf(run.State, n[reconcile.Created]+n[reconcile.Associated], run.StartedAt)
}

func sameNames(a, b []string) bool {
	plain := func(paths []string) []string {
		names := make([]string, 0, len(paths))
		for _, p := range paths {
			names = append(names, strings.Trim(strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' || r == '-' || r == '_' {
					return -1
				}
				return r
			}, filepath.Base(p)), " "))
		}
		slices.Sort(names)
		return names
	}
	return slices.Equal(plain(a), plain(b))
}
