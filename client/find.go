package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// FindError is the error of a search for one campaign that found none of this
// name, or several.
type FindError struct {
	Name  string
	Found []Campaign // the several; empty: none
	Near  []Campaign // where there is none: those that may be meant, at most five
}

// Error reads like `no campaign has the name or UUID "Sprng": there is
// "Spring" (6f1c...)`.
func (e *FindError) Error() string {
	if len(e.Found) > 0 {
		return fmt.Sprintf("%d campaigns have the name %q: give the UUID of one: %s", len(e.Found), e.Name, naming(e.Found))
	}
	if len(e.Near) == 0 {
		return fmt.Sprintf("no campaign has the name or UUID %q, nor one near it", e.Name)
	}
	return fmt.Sprintf("no campaign has the name or UUID %q: there is %s", e.Name, naming(e.Near))
}

func naming(campaigns []Campaign) string {
	var names []string
	for _, c := range campaigns {
		names = append(names, fmt.Sprintf("%q (%s)", c.Name, printable(c.UUID, maxCode)))
	}
	return strings.Join(names, ", ")
}

// Find gives the one campaign of this UUID, or else of exactly this name. Where
// there is none, or several have the name, the error is a *[FindError].
func (s *CampaignsService) Find(ctx context.Context, nameOrUUID string) (Campaign, error) {
	search := nameOrUUID
	if isUUID(nameOrUUID) {
		c, err := s.Get(ctx, nameOrUUID)
		if err == nil || !missing(err) {
			return c, err
		}
		search = "" // names are searched, UUIDs may not be
	}
	found, near, err := s.look(ctx, nameOrUUID, search)
	if err != nil {
		return Campaign{}, err
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) == 0 && len(near) == 0 && search != "" {
		if _, near, err = s.look(ctx, nameOrUUID, ""); err != nil {
			return Campaign{}, err
		}
	}
	return Campaign{}, &FindError{Name: nameOrUUID, Found: found, Near: near}
}

// missing reports whether the server has not got the campaign, or not this
// call, which is assumed.
func missing(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed)
}

// look reads the campaigns of a search, and keeps those that are meant and
// those that may be.
func (s *CampaignsService) look(ctx context.Context, wanted, search string) (found, near []Campaign, err error) {
	for c, err := range s.All(ctx, CampaignQuery{Search: search}) {
		if err != nil {
			return nil, nil, err
		}
		switch {
		case strings.EqualFold(c.UUID, wanted):
			return []Campaign{c}, nil, nil
		case c.Name == wanted:
			found = append(found, c)
		case len(near) < 5 && (search != "" || similar(c.Name, wanted)):
			near = append(near, c)
		}
	}
	return found, near, nil
}

func isUUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }

// similar reports whether a name may be a misspelling of another: at most a
// third of its letters differ.
func similar(a, b string) bool {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	longest := max(len(x), len(y))
	return longest > 0 && longest <= 200 && distance(x, y)*3 <= longest
}

// distance is Levenshtein's.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
