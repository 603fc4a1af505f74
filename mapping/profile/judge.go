package profile

import (
	"fmt"
	"slices"
	"strings"
)

// How many of a column's cells have to be of a kind for the column to be of
// that type: most; nearly all, where the kind is found by chance in other
// columns; half, where the column's name says the same.
const (
	most      = 0.75
	nearlyAll = 0.9
	half      = 0.5
)

// guess is the type of a column with its reason.
type guess struct {
	typ    Type
	fits   int64
	reason string
	odd    firsts // cells that do not fit
	kinds  fitSet // of the values that do; 0: all do
}

// takes reports whether a value may be shown as one that fits.
func (v *guess) takes(c *class) bool { return v.kinds == 0 || c.fits&v.kinds != 0 }

// of is the guess for a type whose cells are of one kind.
func (t *tally) of(typ Type, f fit, what string) guess {
	return guess{typ, t.fits[f], t.reason(t.fits[f], what), t.unfit[f], 1 << f}
}

// reason says how many cells of the column are what.
func (t *tally) reason(n int64, what string) string {
	if n == t.filled {
		return fmt.Sprintf("all %s %s", number(n), what)
	}
	return fmt.Sprintf("%s of %s %s", number(n), number(t.filled), what)
}

// judge finds the type of a column; the more particular comes first.
func (t *tally) judge(known bool) guess {
	is := func(f fit, least float64) bool { return share(t.fits[f], t.filled) >= least }
	switch {
	case t.filled == 0:
		return guess{typ: Empty, reason: "no cell holds anything"}
	case is(isEmail, most):
		return t.of(Email, isEmail, "are e-mail addresses")
	case is(isUUID, most):
		return t.of(UUID, isUUID, "are UUIDs")
	case is(isURL, most):
		return t.of(URL, isURL, "are links")
	case t.isPhone():
		return t.phoneGuess(known)
	case is(isDate, most):
		if t.dates.timed == t.dates.all {
			return t.of(Datetime, isDate, "are dates with a time of day")
		}
		return t.of(Date, isDate, "are dates")
	case t.target == "country" && is(isCountry, half) || is(isCountry, nearlyAll) && !is(isBool, most):
		return t.of(Country, isCountry, "are countries")
	case is(isBool, most) && !t.isCounted():
		return t.of(Bool, isBool, "are words for yes or no")
	case t.target == "order.currencyCode" && is(isCurrency, half) || is(isCurrency, nearlyAll):
		return t.of(Currency, isCurrency, "are currencies")
	case is(isNumber, most):
		if t.numbers.whole(t.numbers.numbers()) {
			return t.of(Number, isNumber, "are whole numbers")
		}
		return t.of(Decimal, isNumber, "are numbers")
	case slices.Contains([]string{"name", "firstName", "lastName"}, t.target) && is(isWords, most):
		return t.of(Name, isWords, "are words, and the column is named so")
	}
	return guess{typ: Text, fits: t.filled, reason: "nothing more particular fits most cells"}
}

// isCounted reports whether the words for yes and no are rather numbers: there
// are others, or only ones, or only zeros.
func (t *tally) isCounted() bool {
	zeros, ones := t.words["0"], t.words["1"]
	return zeros+ones > 0 && (t.fits[isNumber] > zeros+ones || zeros == t.fits[isBool] || ones == t.fits[isBool])
}

// isPhone reports whether a column holds phone numbers, of which some may be
// damaged. Digits alone may be anything: the column's name has to say it, or
// many of them be written as only phone numbers are.
func (t *tally) isPhone() bool {
	numbers := t.fits[isInternational] + t.fits[isNational]
	is := func(f fit) bool { return share(t.fits[f], t.filled) >= half }
	switch {
	case t.target == "phoneNumber":
		return share(numbers+t.damage[scientific].count, t.filled) >= half
	case share(t.fits[isInternational], t.filled) >= most:
		return true
	case share(numbers, t.filled) < most || !is(isDialled) && !is(isGrouped):
		return false
	}
	regions := t.candidates()
	if len(regions) == 0 || regions[0].Share < goodCandidate {
		return false
	}
	nationals, _ := t.nationals()
	return is(isDialled) || styled(nationals, regions[0].Region) >= half
}

// phoneGuess is the guess for a column of phone numbers; known says that there is a
// region or a country column to read them with.
func (t *tally) phoneGuess(known bool) guess {
	const numbers = 1<<isInternational | 1<<isNational
	p := &t.phones
	if known || t.fits[isNational] == 0 {
		return guess{Phone, p.readable, t.reason(p.readable, "are valid phone numbers"), p.unreadable, numbers}
	}
	n := t.fits[isInternational] + t.fits[isNational]
	reason := fmt.Sprintf("%s of %s are valid phone numbers, %s more may be, in some country", number(t.fits[isInternational]), number(t.filled), number(t.fits[isNational]))
	return guess{Phone, n, reason, t.misdialled, numbers}
}

// number is n with its thousands set off.
func number(n int64) string {
	text := fmt.Sprint(n)
	var b strings.Builder
	for i := range len(text) {
		if i > 0 && (len(text)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
