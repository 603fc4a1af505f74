package mapping

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// The functions below read one text as a mapping would, for those who want to
// know what a column holds before there is a mapping.

// Trim takes off what a mapping takes off every cell: white space around it,
// no-break spaces and invisible characters included.
func Trim(text string) string { return trim(text) }

// ReadNumber reads a trimmed text as a number whose decimal mark is '.' or ','.
// The value is a JSON number with all its digits.
func ReadNumber(text string, decimal byte) (value string, ok bool) {
	value, bad := number{decimal: decimal}.convert(nil, text)
	return value, bad == nil
}

var knownWords = sync.OnceValue(func() converter {
	convert, err := boolConverter(nil, nil)
	if err != nil {
		panic(err) // the known words do not contradict each other
	}
	return convert
})

// ReadBool reads a trimmed text as a yes or no of the known words.
func ReadBool(text string) (value, ok bool) {
	word, bad := knownWords()(nil, text)
	return word == "true", bad == nil
}

// ReadCountry reads a trimmed text as a country's code or name in any language
// that is known, and gives its code (ISO 3166-1 alpha-2).
func ReadCountry(text string) (code string, ok bool) { return countries().find(text) }

// ReadCurrency reads a trimmed text as a currency, and gives its code (ISO 4217).
func ReadCurrency(text string) (code string, ok bool) {
	code, bad := asCurrency(nil, text)
	return code, bad == nil
}

// IsEmail reports whether a trimmed text is plausibly an e-mail address.
func IsEmail(text string) bool {
	_, bad := asEmail(nil, text)
	return bad == nil
}

// IsUUID reports whether a trimmed text is a UUID in the usual form.
func IsUUID(text string) bool {
	_, bad := asUUID(nil, text)
	return bad == nil
}

// DateFormat is a form of dates, as a mapping's formats have it.
type DateFormat struct{ f *dateFormat }

// ParseDateFormat compiles a format such as "DD/MM/YYYY HH:mm".
func ParseDateFormat(text string) (DateFormat, error) {
	f, err := parseDateFormat(text)
	return DateFormat{f}, err
}

// String is the format as a mapping writes it.
func (f DateFormat) String() string { return f.f.text }

// HasTime reports whether the format has a time of day.
func (f DateFormat) HasTime() bool { return f.f.hasTime }

// Matches reports whether a trimmed text has the form, whether or not there is
// such a day.
func (f DateFormat) Matches(text string) bool {
	var c civil
	rest, ok := f.f.read(text, &c)
	return ok && rest == ""
}

// Read reads a trimmed text. The time is that on the clock, in UTC, whatever
// offset is written behind it; ok is false where there is no such day.
func (f DateFormat) Read(text string) (clock time.Time, ok bool) {
	var c civil
	rest, ok := f.f.read(text, &c)
	if !ok || rest != "" || !c.real() {
		return time.Time{}, false
	}
	return time.Date(c.year, time.Month(c.month), c.day, c.hour, c.minute, c.second, c.nanos, time.UTC), true
}

// NamedTarget is the target that the name of a column is, or is known to mean,
// whatever stands beside it; "" where it says nothing.
func NamedTarget(column string) string {
	key := foldString(column)
	if i := slices.IndexFunc(fixedTargets, func(t string) bool { return key == foldString(strings.TrimPrefix(t, "order.")) }); i >= 0 {
		return fixedTargets[i]
	}
	for _, name := range []string{key, strings.TrimRight(key, "0123456789")} {
		if known, ok := knownNames()[name]; ok {
			return known.target
		}
	}
	return ""
}
