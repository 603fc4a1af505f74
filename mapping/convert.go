package mapping

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fault says why a text cannot be converted. Its words are those of a Problem.
type fault struct {
	code, message, hint string
}

// converter turns the text of a cell, trimmed and not blank, into the value
// that is sent, written as text. What else it finds out about the row (its
// region, its zone), it leaves there, and only where it has no fault.
type converter func(r *row, text string) (string, *fault)

func asText(_ *row, text string) (string, *fault) { return text, nil }

// literal says whether values of a type are sent as JSON numbers or booleans
// and not as strings.
func literal(fieldType string) bool {
	return fieldType == "number" || fieldType == "decimal" || fieldType == "bool"
}

// textual says whether a type takes any text.
func textual(fieldType string) bool {
	switch fieldType {
	case "", "text", "input", "textarea", "string":
		return true
	}
	return false
}

// trueWords and falseWords are the yes and no of English, German, French, Spanish, Italian,
// Portuguese, Dutch and Polish, in lower case.
var trueWords = []string{"true", "yes", "y", "t", "on", "1", "ja", "j", "wahr", "oui", "vrai", "sí", "si", "s", "verdadero", "sì", "vero", "sim", "verdadeiro", "waar", "tak", "prawda"}
var falseWords = []string{"false", "no", "n", "f", "off", "0", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nee", "onwaar", "nie", "fałsz", "falsz"}

// boolConverter reads yes and no; a list that is given takes the place of the
// known words of its side.
func boolConverter(yes, no []string) (converter, error) {
	if len(yes) == 0 {
		yes = trueWords
	}
	if len(no) == 0 {
		no = falseWords
	}
	table := map[string]string{}
	for _, w := range yes {
		table[strings.ToLower(trim(w))] = "true"
	}
	for _, w := range no {
		if table[strings.ToLower(trim(w))] == "true" {
			return nil, fmt.Errorf("%s is both a true and a false value", quote(w))
		}
		table[strings.ToLower(trim(w))] = "false"
	}
	return func(_ *row, text string) (string, *fault) {
		if v, ok := table[text]; ok {
			return v, nil
		}
		if v, ok := table[strings.ToLower(text)]; ok {
			return v, nil
		}
		return "", &fault{"bool-invalid", "is neither yes nor no", "write yes or no, or name the words with trueValues and falseValues in the mapping file"}
	}, nil
}

// selectConverter finds the choice by its value or its label, first exactly,
// then whatever the case. Without choices any text goes.
func selectConverter(options []Option) converter {
	if len(options) == 0 {
		return asText
	}
	exact, loose := map[string]string{}, map[string]string{}
	var choices, clash []string
	for _, o := range options {
		exact[o.Value] = o.Value
		choices = append(choices, o.Value)
	}
	for _, o := range options {
		if o.Label != "" {
			if _, taken := exact[o.Label]; !taken {
				exact[o.Label] = o.Value
			}
		}
		for _, name := range []string{o.Value, o.Label} {
			lower := strings.ToLower(trim(name))
			if v, taken := loose[lower]; taken && v != o.Value {
				clash = append(clash, lower)
			}
			loose[lower] = o.Value
		}
	}
	for _, c := range clash {
		delete(loose, c)
	}
	delete(loose, "")
	unknown := &fault{"select-unknown", "is not one of the choices", "there is " + list(choices)}
	return func(_ *row, text string) (string, *fault) {
		if v, ok := exact[text]; ok {
			return v, nil
		}
		if v, ok := loose[strings.ToLower(text)]; ok {
			return v, nil
		}
		return "", unknown
	}
}

// maxEmail is the longest address that SMTP can carry (RFC 5321, 4.5.3.1.3).
const maxEmail = 254

// asEmail checks that text is plausibly an address. Whether it exists, nobody
// can tell from here.
func asEmail(_ *row, text string) (string, *fault) {
	bad := func(message string) (string, *fault) {
		return "", &fault{"email-invalid", message, "write one address, such as name@example.com"}
	}
	local, domain, found := strings.Cut(text, "@")
	switch {
	case !found:
		return bad("has no @")
	case strings.Contains(domain, "@"):
		return bad("has more than one @")
	case local == "":
		return bad("has nothing before the @")
	case len(text) > maxEmail:
		return bad("is longer than an e-mail address can be")
	case !isEmailText(text):
		return bad("has a character that an e-mail address cannot have")
	case !strings.Contains(domain, ".") || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.Contains(domain, ".."):
		return bad("has no complete domain after the @")
	}
	return text, nil
}

// plainEmail are the ASCII characters that an address can have.
var plainEmail = asciiSet(func(c byte) bool { return isEmailRune(rune(c)) })

func isEmailRune(r rune) bool {
	return !unicode.IsSpace(r) && unicode.IsPrint(r) && !strings.ContainsRune(`<>(),;:"`, r)
}

// isEmailText says whether an address can have all characters of text.
func isEmailText(text string) bool {
	for i := range len(text) {
		if !plainEmail[text[i]] {
			// A letter beyond ASCII, or one that is not allowed.
			return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !isEmailRune(r) })
		}
	}
	return true
}

// asUUID takes the usual form, 8-4-4-4-12 hexadecimal digits, in any case.
func asUUID(_ *row, text string) (string, *fault) {
	ok := len(text) == 36
	for i := 0; ok && i < len(text); i++ {
		switch c := text[i]; i {
		case 8, 13, 18, 23:
			ok = c == '-'
		default:
			ok = c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		}
	}
	if !ok {
		return "", &fault{"uuid-invalid", "is no UUID", "write it as 8-4-4-4-12 hexadecimal digits"}
	}
	return strings.ToLower(text), nil
}
