package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
	"golang.org/x/text/language"
)

// patternTimeout bounds one match of a validation pattern.
const patternTimeout = 250 * time.Millisecond

// A rule is a field of a record type, compiled.
type rule struct {
	Field
	pattern *regexp2.Regexp
	preset  json.RawMessage // the default as JSON; nil none
}

// compile makes the rules of the type's fields, and refuses a type that no
// server would have.
func (t *RecordType) compile() error {
	t.fields = make(map[string]*rule, len(t.Parameters))
	for _, f := range t.Parameters {
		r := &rule{Field: f}
		if f.ID == "" || t.fields[f.ID] != nil {
			return fmt.Errorf("field %q: the id is empty or there twice", f.ID)
		}
		if f.Validation != "" {
			pattern, err := regexp2.Compile(f.Validation, regexp2.ECMAScript)
			if err != nil {
				return fmt.Errorf("field %q: validation: %w", f.ID, err)
			}
			pattern.MatchTimeout = patternTimeout
			r.pattern = pattern
		}
		if f.Default != "" {
			r.preset = fromText(f.Type, f.Default)
			if message := r.check(r.preset); message != "" {
				return fmt.Errorf("field %q: default %q %s", f.ID, f.Default, message)
			}
		}
		t.fields[f.ID] = r
	}
	return nil
}

// fromText writes a default as JSON of the field's type.
func fromText(kind, text string) json.RawMessage {
	switch kind {
	case "number", "decimal", "bool":
		if json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
	}
	quoted, _ := json.Marshal(text) // a string can always be written
	return quoted
}

// check says what is wrong with a value, which is not null; "" nothing.
func (r *rule) check(value json.RawMessage) string {
	text, isText := stringOf(value)
	message := r.checkType(value, text, isText)
	if message != "" {
		return message
	}
	if r.Required && isText && text == "" {
		return "is required"
	}
	if r.pattern == nil {
		return ""
	}
	if !isText {
		text = string(value)
	}
	if matched, err := r.pattern.MatchString(text); err == nil && matched {
		return ""
	}
	if r.Error != "" {
		return r.Error
	}
	return "does not match " + r.Validation
}

func (r *rule) checkType(value json.RawMessage, text string, isText bool) string {
	switch r.Type {
	case "number", "decimal":
		if !isNumber(value) {
			return "must be a number"
		}
	case "bool":
		if s := string(value); s != "true" && s != "false" {
			return "must be true or false"
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return "must be a date, YYYY-MM-DD"
		}
	case "datetime":
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return "must be a time, as RFC 3339 writes it"
		}
	case "country":
		if !isCountry(text) {
			return "must be a country, as ISO 3166-1 alpha-2 writes it"
		}
	case "currency":
		if !isCurrency(text) {
			return "must be a currency, as ISO 4217 writes it"
		}
	case "select":
		if !isText {
			return "must be text"
		}
		if len(r.Options) > 0 && !slices.ContainsFunc(r.Options, func(o Option) bool { return o.Value == text }) {
			return "must be one of " + r.choices()
		}
	default:
		if !isText {
			return "must be text"
		}
	}
	return ""
}

func (r *rule) choices() string {
	values := make([]string, len(r.Options))
	for i, o := range r.Options {
		values[i] = strconv.Quote(o.Value)
	}
	return strings.Join(values, ", ")
}

// stringOf reads valid JSON that is a string. Most have nothing to decode.
func stringOf(value json.RawMessage) (text string, ok bool) {
	if len(value) == 0 || value[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(value, '\\') < 0 && utf8.Valid(value) {
		return string(value[1 : len(value)-1]), true
	}
	return text, json.Unmarshal(value, &text) == nil
}

// isNumber reports whether valid JSON is a number.
func isNumber(value json.RawMessage) bool {
	return len(value) > 0 && (value[0] == '-' || value[0] >= '0' && value[0] <= '9')
}

func isCountry(code string) bool {
	if len(code) != 2 || !isUpper(code) {
		return false
	}
	region, err := language.ParseRegion(code)
	return err == nil && region.IsCountry() && region.Canonicalize().String() == code
}

// isCurrency knows the shape alone: a list of currencies grows old.
func isCurrency(code string) bool { return len(code) == 3 && isUpper(code) }

func isUpper(text string) bool {
	for _, c := range []byte(text) {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

// isE164 knows the shape alone: a plus sign, and 7 to 15 digits of which the
// first is not 0 (ITU-T E.164 allows 15 at most).
func isE164(number string) bool {
	if len(number) < 8 || len(number) > 16 || number[0] != '+' || number[1] == '0' {
		return false
	}
	for _, c := range []byte(number[1:]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
