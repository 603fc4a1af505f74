package client

import (
	"bytes"
	"encoding/json"
	"maps"
	"strconv"
	"time"
	"unicode/utf8"
)

// object is a JSON object being taken apart. What a type knows is taken out
// field by field; what is left is its Extra. A field whose value is of another
// type than the API documents stays in Extra: it must not sink the page.
// Unlike encoding/json, to which UUID and uuid are one, it matches keys
// exactly; of several with one name the last counts, as there.
type object struct{ members []member }

// parseObject begins with a text that is known to be JSON.
func parseObject(text []byte) (object, error) { return parseObjectIn(text, nil) }

// parseObjectIn is parseObject with room for the members, which need not be
// on the heap then.
func parseObjectIn(text []byte, room []member) (object, error) {
	members, err := splitObject(text, room)
	if err != nil {
		return object{}, err
	}
	for i, m := range members {
		if bytes.IndexByte(m.key, '\\') >= 0 || !utf8.Valid(m.key) {
			members[i].key = unescape(m.key)
		}
	}
	return object{members}, nil
}

func unescape(key []byte) []byte {
	var s string
	if json.Unmarshal(append(append([]byte{'"'}, key...), '"'), &s) != nil {
		return key
	}
	return []byte(s)
}

// raw is the value of a field; it belongs to the text that is taken apart.
func (o *object) raw(field string) (raw []byte, sent bool) {
	for i := len(o.members) - 1; i >= 0; i-- {
		if m := &o.members[i]; string(m.key) == field && m.raw != nil {
			return m.raw, true
		}
	}
	return nil, false
}

func (o *object) remove(field string) {
	for i := range o.members {
		if string(o.members[i].key) == field {
			o.members[i].raw = nil
		}
	}
}

// take decodes a field into v and removes it from o. Where that cannot be done
// neither is touched.
func take[T any](o *object, field string, v *T) {
	raw, sent := o.raw(field)
	if !sent {
		return
	}
	var decoded T
	if json.Unmarshal(raw, &decoded) == nil {
		*v = decoded
		o.remove(field)
	}
}

// text takes a string; null is an empty one.
func (o *object) text(field string) string {
	raw, sent := o.raw(field)
	if !sent {
		return ""
	}
	s, ok := parseString(raw)
	if ok {
		o.remove(field)
	}
	return s
}

// parseString reads a string or null. Nearly all strings are without escapes.
func parseString(raw []byte) (s string, ok bool) {
	if n := len(raw); n >= 2 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : n-1]), true
	}
	return s, json.Unmarshal(raw, &s) == nil
}

// literal takes a string, or a number or boolean as its text.
func (o *object) literal(field string) string {
	raw, _ := o.raw(field)
	if len(raw) == 0 || raw[0] == '"' || raw[0] == '{' || raw[0] == '[' || raw[0] == 'n' {
		return o.text(field)
	}
	o.remove(field)
	return string(raw)
}

// time takes a point in time; one that cannot be read stays in o.
func (o *object) time(field string) time.Time {
	raw, sent := o.raw(field)
	if !sent {
		return time.Time{}
	}
	text, ok := parseString(raw)
	if !ok {
		return time.Time{}
	}
	t, ok := parseTime(text)
	if ok || text == "" {
		o.remove(field)
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

func (o *object) timePointer(field string) *time.Time {
	if t := o.time(field); !t.IsZero() {
		return &t
	}
	return nil
}

// number takes a number, or a string that holds one, with all its digits.
func (o *object) number(field string) (n *json.Number) {
	take(o, field, &n)
	return n
}

// count takes a number of things, which some servers write as a string;
// otherwise it is what stands in for an unreadable or absent one.
func (o *object) count(field string, otherwise int) int {
	n := o.number(field)
	if n == nil {
		return otherwise
	}
	i, err := strconv.Atoi(n.String())
	if err != nil || i < 0 {
		return otherwise
	}
	return i
}

// fields takes an object of anything.
func (o *object) fields(field string) map[string]json.RawMessage {
	raw, _ := o.raw(field)
	inner, err := parseObject(raw)
	if err != nil {
		return nil
	}
	o.remove(field)
	return inner.all()
}

// extra is what nobody took.
func (o *object) extra() map[string]json.RawMessage {
	for _, m := range o.members {
		if m.raw != nil {
			return o.all()
		}
	}
	return nil
}

// all copies what is there: it is kept for longer than the text.
func (o *object) all() map[string]json.RawMessage {
	all := make(map[string]json.RawMessage)
	for _, m := range o.members {
		if m.raw != nil {
			all[string(m.key)] = bytes.Clone(m.raw)
		}
	}
	return all
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
