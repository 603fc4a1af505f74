package mapping

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// step is a compiled transform.
type step func(text string) (string, *fault)

func newStep(t *Transform) step {
	switch t.Name {
	case "lower":
		return plainStep(strings.ToLower)
	case "upper":
		return plainStep(strings.ToUpper)
	case "title":
		return plainStep(title)
	case "digits":
		return plainStep(digits)
	case "countryCode":
		return func(text string) (string, *fault) { return asCountry(nil, text) }
	case "currencyCode":
		return func(text string) (string, *fault) { return asCurrency(nil, text) }
	case "split":
		return plainStep(func(text string) string { return part(text, t.Separator, t.Part, t.Rest) })
	case "replace":
		var pairs []string
		for _, p := range t.Table {
			pairs = append(pairs, p[0], p[1])
		}
		return plainStep(strings.NewReplacer(pairs...).Replace)
	case "lookup":
		return lookup(t)
	}
	return plainStep(trim)
}

func plainStep(change func(string) string) step {
	return func(text string) (string, *fault) { return change(text), nil }
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// part is the n-th part of a text, from 1, or from its end with -1; with rest,
// that part and all that follow it. A separator of white space separates
// however much of it there is. A part that is not there is blank.
func part(text, separator string, n int, rest bool) string {
	var parts []string
	if trim(separator) == "" {
		parts = strings.FieldsFunc(text, unicode.IsSpace)
	} else {
		parts = strings.Split(text, separator)
	}
	i := n - 1
	if n < 0 {
		i = len(parts) + n
	}
	switch {
	case i < 0 || i >= len(parts):
		return ""
	case rest:
		return strings.Join(parts[i:], separator)
	}
	return parts[i]
}

// lookup puts another text in the place of one that the table has, exactly or
// else whatever its case.
func lookup(t *Transform) step {
	exact, loose := map[string]string{}, map[string]string{}
	var known []string
	for _, p := range t.Table {
		exact[p[0]] = p[1]
		lower := strings.ToLower(trim(p[0]))
		if _, taken := loose[lower]; !taken {
			loose[lower] = p[1]
		}
		known = append(known, p[0])
	}
	return func(text string) (string, *fault) {
		if v, ok := exact[text]; ok {
			return v, nil
		}
		if v, ok := loose[strings.ToLower(text)]; ok {
			return v, nil
		}
		if t.Otherwise == "keep" {
			return text, nil
		}
		return "", &fault{"lookup-unknown", "is not in the lookup table of the mapping file", "it has " + list(known)}
	}
}

// particles stay small in a name; those of the second kind only after its
// first word, as they are first names and places too (La Toya, Des Moines).
var particles = map[string]bool{
	"van": true, "von": true, "der": true, "den": true, "ter": true, "ten": true, "zu": true, "zum": true, "zur": true, "vom": true, "af": true, "av": true,
	"de": false, "del": false, "della": false, "di": false, "da": false, "das": false, "do": false, "dos": false, "du": false, "des": false, "la": false,
	"le": false, "los": false, "las": false, "y": false, "e": false, "und": false, "and": false, "of": false, "het": false, "bin": false, "ibn": false, "al": false,
}

var numerals = map[string]bool{"ii": true, "iii": true, "iv": true, "vi": true, "vii": true, "viii": true}

// title writes a name that is all small or all capitals as names are written:
// O'Neil, van der Berg, Jean-Pierre, McDonald, Smith III. A word of mixed case
// is as somebody meant it, and left alone.
func title(text string) string {
	words := strings.Split(text, " ")
	first := true
	for i, w := range words {
		if w == "" {
			continue
		}
		lower := strings.ToLower(w)
		always, particle := particles[lower]
		switch {
		case w != lower && w != strings.ToUpper(w):
		case particle && (always || !first):
			words[i] = lower
		case numerals[lower] && !first:
			words[i] = strings.ToUpper(w)
		default:
			words[i] = titleWord(lower)
		}
		first = false
	}
	return strings.Join(words, " ")
}

// titleWord begins a word with a capital, and each part of it after a hyphen
// or full stop, after the apostrophe of O' and D', and after Mc.
func titleWord(lower string) string {
	var b strings.Builder
	letters := 0 // of the part so far
	for i, r := range lower {
		switch {
		case r == '-' || r == '.' || (r == '\'' || r == '\u2019') && letters == 1:
			letters = 0
			b.WriteRune(r)
			continue
		case letters == 0 || letters == 2 && strings.HasSuffix(lower[:i], "mc") && utf8.RuneCountInString(lower[i:]) > 2:
			r = unicode.ToTitle(r)
		}
		letters++
		b.WriteRune(r)
	}
	return b.String()
}
