package mapping

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxDuration bounds the duration of a call.
const maxDuration = 7 * 24 * time.Hour

// durationConverter reads seconds, 5m, 1h30m, "5 min" and 00:05:00, and makes
// seconds.
func durationConverter(n number) converter {
	return func(r *row, text string) (string, *fault) {
		seconds, f := readDuration(r, text, n)
		if f != nil {
			return "", f
		}
		if v, err := strconv.ParseFloat(seconds, 64); err != nil || v < 0 || v > maxDuration.Seconds() {
			return "", &fault{"duration-invalid", "is no duration of a call", "write seconds, or a duration such as 5m"}
		}
		return seconds, nil
	}
}

func readDuration(r *row, text string, n number) (string, *fault) {
	if parts := strings.Split(text, ":"); len(parts) > 1 {
		return readClockDuration(text, parts)
	}
	lower := strings.ToLower(strings.Join(strings.Fields(text), ""))
	for _, unit := range [][2]string{{"hours", "h"}, {"hour", "h"}, {"hrs", "h"}, {"hr", "h"}, {"minutes", "m"}, {"minute", "m"}, {"mins", "m"}, {"min", "m"}, {"seconds", "s"}, {"second", "s"}, {"secs", "s"}, {"sec", "s"}} {
		lower = strings.ReplaceAll(lower, unit[0], unit[1])
	}
	if d, err := time.ParseDuration(lower); err == nil && strings.HasSuffix(lower, "s") || err == nil && strings.ContainsAny(lower, "hm") {
		return strconv.FormatFloat(d.Seconds(), 'f', -1, 64), nil
	}
	s, f := n.convert(r, text)
	if f != nil && f.code == "number-invalid" {
		f = &fault{"duration-invalid", "is no duration", "write seconds, or a duration such as 5m or 00:05:00"}
	}
	return s, f
}

func readClockDuration(text string, parts []string) (string, *fault) {
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if i >= 3 || err != nil || v < 0 || i > 0 && (v > 59 || len(p) != 2) {
			return "", &fault{"duration-invalid", "is no duration", "write seconds, or a duration such as 5m or 00:05:00"}
		}
		n[i] = v
	}
	if len(parts) == 2 {
		return "", &fault{"duration-ambiguous", fmt.Sprintf("may be %dm%ds or %dh%dm", n[0], n[1], n[0], n[1]), "write it as hours:minutes:seconds, such as 00:" + text}
	}
	if n[0] > int(maxDuration.Hours()) {
		n[0] = int(maxDuration.Hours()) + 1
	}
	return strconv.Itoa(n[0]*3600 + n[1]*60 + n[2]), nil
}
