package client

import (
	"encoding/json"
	"errors"
	"maps"
	"time"
)

// object is a JSON object being taken apart. What a type knows is taken out
// field by field; what is left is its Extra. A field whose value is of another
// type than the API documents stays in Extra: it must not sink the page.
type object map[string]json.RawMessage

var errNoObject = errors.New("not a JSON object")

// parseObject reads an object. Unlike a struct it matches keys exactly: to
// encoding/json, UUID and uuid are one field.
func parseObject(text []byte) (object, error) {
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	if o == nil { // null
		return nil, errNoObject
	}
	return o, nil
}

// take decodes a field into v and removes it from o. Where that cannot be done
// neither is touched.
func take[T any](o object, field string, v *T) {
	raw, sent := o[field]
	if !sent {
		return
	}
	var decoded T
	if json.Unmarshal(raw, &decoded) == nil {
		*v = decoded
		delete(o, field)
	}
}

func (o object) text(field string) (s string) {
	raw, sent := o[field]
	if !sent {
		return ""
	}
	if plain, ok := plainString(raw); ok {
		delete(o, field)
		return plain
	}
	if json.Unmarshal(raw, &s) == nil {
		delete(o, field)
	}
	return s
}

// plainString reads a string without escapes, which nearly all are, without
// the machinery.
func plainString(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	raw = raw[1 : len(raw)-1]
	for _, c := range raw {
		if c == '\\' || c >= 0x80 {
			return "", false
		}
	}
	return string(raw), true
}

// time takes a point in time; one that cannot be read stays in o.
func (o object) time(field string) time.Time {
	var text string
	if json.Unmarshal(o[field], &text) != nil {
		return time.Time{}
	}
	t, ok := parseTime(text)
	if ok || text == "" {
		delete(o, field)
	}
	return t
}

// parseTime reads the forms of ISO 8601 that servers write. The API's times
// are UTC, so one without a zone is too.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func (o object) timePointer(field string) *time.Time {
	if t := o.time(field); !t.IsZero() {
		return &t
	}
	return nil
}

// number takes a number, or a string that holds one, with all its digits.
func (o object) number(field string) (n *json.Number) {
	take(o, field, &n)
	return n
}

// extra is what nobody took.
func (o object) extra() map[string]json.RawMessage {
	if len(o) == 0 {
		return nil
	}
	return o
}

// writer puts an object together again: known fields over the extra ones.
type writer map[string]any

func newWriter(extra map[string]json.RawMessage) writer {
	w := make(writer, len(extra)+12)
	for field, raw := range maps.All(extra) {
		w[field] = raw
	}
	return w
}

// text writes a string that has something in it, and an empty one only where
// it was sent empty.
func (w writer) text(field, s string, sent bool) {
	if _, there := w[field]; s != "" || sent && !there {
		w[field] = s
	}
}

func (w writer) time(field string, t time.Time) {
	if !t.IsZero() {
		w[field] = t.UTC().Format(time.RFC3339Nano)
	}
}
