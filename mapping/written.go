package mapping

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Targets are all that an order and its record of this type may have, in the
// order in which people look for it. A column with a target's own name is taken
// for it by [Propose] without doubt.
func (rt *RecordType) Targets() []string {
	all := []string{targetPhone}
	for _, t := range rt.targets() {
		if t != targetPhone && t != targetUUID && (rt.Parameters != None || !strings.HasPrefix(t, parameterPrefix)) {
			all = append(all, t)
		}
	}
	// The parameters belong to the record, before what is the order's.
	slices.SortStableFunc(all, func(a, b string) int { return rankOf(a) - rankOf(b) })
	return all
}

func rankOf(target string) int {
	switch {
	case slices.Contains(orderTargets, target):
		return 2
	case strings.HasPrefix(target, parameterPrefix):
		return 1
	}
	return 0
}

// Written is a value of the API's JSON as the text of a cell that has no other
// reading, so that a column of the value's own type gives it back: 5e3 is 5000,
// and 1.234, which may be a thousand and more elsewhere, 1.2340. What a cell
// cannot hold is the white space around a text.
func Written(value json.RawMessage) string {
	value = bytes.TrimSpace(value)
	if len(value) == 0 || string(value) == "null" {
		return ""
	}
	switch value[0] {
	case '"':
		var text string
		if json.Unmarshal(value, &text) == nil {
			return text
		}
	case '{', '[':
		var compact bytes.Buffer
		if json.Compact(&compact, value) == nil {
			return compact.String()
		}
	case 't', 'f':
	default:
		return writtenNumber(string(value))
	}
	return string(value)
}

// mostZeros bounds what an exponent may become; no amount is longer.
const mostZeros = 64

// writtenNumber is a JSON number in digits alone, that no decimal comma can be
// read into.
func writtenNumber(text string) string {
	digits, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.Atoi(text[i+1:])
		if err != nil || n < -mostZeros || n > mostZeros {
			return text
		}
		digits, exponent = text[:i], n
	}
	sign := ""
	if rest, ok := strings.CutPrefix(digits, "-"); ok {
		sign, digits = "-", rest
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	switch {
	case exponent > 0:
		fraction += strings.Repeat("0", max(exponent-len(fraction), 0))
		whole, fraction = whole+fraction[:exponent], fraction[exponent:]
	case exponent < 0:
		whole = strings.Repeat("0", max(1-exponent-len(whole), 0)) + whole
		at := len(whole) + exponent
		whole, fraction = whole[:at], whole[at:]+fraction
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	text = sign + whole
	if fraction != "" {
		text += "." + fraction
	}
	if _, bad := (number{}).convert(nil, text); bad != nil && bad.code == "number-ambiguous" {
		text += "0"
	}
	return text
}
