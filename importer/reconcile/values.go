package reconcile

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// Values are fields of a contact by their targets, each as JSON: "email",
// "parameters.amount", "order.price". A blank value is null. Of a server, a
// target that is absent is not known; of a row, it is not meant.
type Values map[string]json.RawMessage

// shownPrefix begins the names under which what was last applied also holds how
// the server has shown it.
const shownPrefix = "shown:"

// Shown is the name under which what was last applied holds how the server has
// shown a target when it was applied, where that is another text: some write
// addresses in lower case, or round amounts.
func Shown(target string) string { return shownPrefix + target }

// orderPrefix begins the targets that are settings of an order; all others are
// fields of its record.
const orderPrefix = "order."

// OfOrder reports whether a target is a setting of the order, or how the server
// shows one.
func OfOrder(target string) bool {
	return strings.HasPrefix(strings.TrimPrefix(target, shownPrefix), orderPrefix)
}

// null is the value of a field that is blank.
var null = json.RawMessage("null")

// blank reports whether a value says nothing: null, an empty string, or none.
func blank(v json.RawMessage) bool {
	return len(v) == 0 || string(v) == "null" || string(v) == `""`
}

// Same reports whether two values mean the same: 5 is 5.0 and "5", an instant
// is the same in every zone, a day is its midnight in UTC, and blank is blank
// however it is written.
func Same(a, b json.RawMessage) bool {
	switch {
	case bytes.Equal(a, b):
		return true
	case blank(a) || blank(b):
		return blank(a) && blank(b)
	}
	x, isTextX := text(a)
	y, isTextY := text(b)
	if x == y {
		return true // true is "true"
	}
	if isTextX && isTextY {
		return sameInstant(x, y)
	}
	return sameNumber(x, y)
}

// text is a value as it would be written into a cell; isText says that it is a
// JSON string.
func text(v json.RawMessage) (s string, isText bool) {
	if v[0] == '"' && json.Unmarshal(v, &s) == nil {
		return s, true
	}
	return string(v), false
}

func sameNumber(a, b string) bool {
	x, okX := number(a)
	y, okY := number(b)
	return okX && okY && x.Cmp(y) == 0
}

// number reads an amount as JSON writes it.
func number(s string) (*big.Rat, bool) {
	const longest, farthest = 64, 3 // more digits are no amount, and of an exponent they ask for any memory
	digits, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	if len(digits) > longest || len(strings.TrimLeft(exponent, "+-")) > farthest || strings.Trim(digits+exponent, "+-.0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func sameInstant(a, b string) bool {
	x, okX := instant(a)
	y, okY := instant(b)
	return okX && okY && x.Equal(y)
}

func instant(s string) (time.Time, bool) {
	if len(s) < len(time.DateOnly) || s[4] != '-' {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
