package importer

import (
	"fmt"

	"github.com/campsync/campsync/importer/reconcile"
)

// DuplicatePolicy says which of several rows with one key or number counts.
type DuplicatePolicy string

const (
	DuplicatesFirst DuplicatePolicy = "first" // the first is taken
	DuplicatesLast  DuplicatePolicy = "last"  // the last is taken
	DuplicatesError DuplicatePolicy = "error" // every one is rejected
)

// duplicates finds rows of one run that are the same person. Rows that are
// rejected, filtered or suppressed are never shown to it.
type duplicates struct {
	policy  DuplicatePolicy
	byKey   *keySet
	byPhone *keySet // nil where several people may have one number
	names   []string

	// With the policies last and error the whole run is seen before the first
	// answer is given.
	several, severalPhones *keySet
}

func newDuplicates(policy DuplicatePolicy, sharedNumbers bool, sources []Source) *duplicates {
	width := placeBytes(len(sources))
	d := &duplicates{policy: policy, byKey: newKeySet(width), several: newKeySet(width), severalPhones: newKeySet(width)}
	if !sharedNumbers {
		d.byPhone = newKeySet(width)
	}
	for _, s := range sources {
		d.names = append(d.names, s.Name)
	}
	return d
}

// needsSurvey reports whether all rows have to be shown to survey before the
// first is checked.
func (d *duplicates) needsSurvey() bool {
	return d.policy == DuplicatesLast || d.policy == DuplicatesError
}

func (d *duplicates) survey(key, phone string, p place) {
	d.surveyIn(d.byKey, d.several, key, p)
	if d.byPhone != nil && phone != key {
		d.surveyIn(d.byPhone, d.severalPhones, phone, p)
	}
}

func (d *duplicates) surveyIn(set, several *keySet, key string, p place) {
	if key == "" {
		return
	}
	if d.policy == DuplicatesLast {
		set.set(key, p)
		return
	}
	if _, seen := set.add(key, p); seen {
		several.set(key, p)
	}
}

// surveyNumber is survey for a second number of a row; "" is none.
func (d *duplicates) surveyNumber(phone string, p place) {
	if d.byPhone != nil {
		d.surveyIn(d.byPhone, d.severalPhones, phone, p)
	}
}

// checkNumber is check for a second number of a row, that of its record; "" is none.
func (d *duplicates) checkNumber(phone string, p place) (res Result, ok bool) {
	if d.byPhone == nil || phone == "" {
		return res, false
	}
	other, dup := d.checkIn(d.byPhone, d.severalPhones, phone, p)
	if !dup || other == p {
		return res, false
	}
	return d.result("is called under the number of its record", other, p), true
}

// check gives the result of a row that has the key or the number of another;
// ok is false where the row counts.
func (d *duplicates) check(key, phone string, p place) (res Result, ok bool) {
	byKey, dupKey := d.checkIn(d.byKey, d.several, key, p)
	var byPhone place
	var dupPhone bool
	if d.byPhone != nil && phone != key {
		byPhone, dupPhone = d.checkIn(d.byPhone, d.severalPhones, phone, p)
	}
	switch {
	case dupKey && key == phone:
		return d.result("has the same number", byKey, p), true
	case dupKey:
		return d.result("has the same key", byKey, p), true
	case dupPhone: // its own, or that of its record
		return d.result("is called under the same number", byPhone, p), true
	}
	return Result{}, false
}

func (d *duplicates) checkIn(set, several *keySet, key string, p place) (place, bool) {
	if key == "" {
		return 0, false
	}
	switch d.policy {
	case DuplicatesLast:
		last, _ := set.get(key)
		return last, last != p
	case DuplicatesError:
		last, dup := several.get(key)
		if dup && last == p {
			last, _ = set.get(key)
		}
		return last, dup
	default:
		return set.add(key, p)
	}
}

// result is that of a row because of what another is or has.
func (d *duplicates) result(what string, other, own place) Result {
	res := Result{Outcome: reconcile.Duplicate, Code: "duplicate"}
	where := fmt.Sprintf("line %d", other.line())
	if other.source() != own.source() {
		where += " of " + d.names[other.source()]
	}
	res.Message = where + " " + what
	if d.policy == DuplicatesError {
		res.Outcome = reconcile.Rejected
		res.Message += "; keep one of them"
	}
	return res
}
