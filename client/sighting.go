package client

import (
	"net/http"
	"time"
)

// kind is what an answer, or its absence, says about the server.
type kind int

const (
	nothing  kind = iota // not even that it is there or not: cancelled, not sent
	answered             // it is there and does its work, be the answer yes or no
	limited              // 429
	silent               // not there, or not itself: refused, reset, late, 5xx, garbage
)

// sighting is what was seen of the server by one request.
type sighting struct {
	kind   kind
	limits limits
	hold   time.Duration // it wants to be left alone for so long; 0: not said
}

// sightingOf is what an error says about the server.
func sightingOf(e *Error) sighting {
	switch {
	case e.Status == http.StatusTooManyRequests:
		return sighting{kind: limited}
	case e.Status >= 500:
		return sighting{kind: silent, hold: e.RetryAfter}
	case e.Status >= 300:
		return sighting{kind: answered}
	case e.Code == CodeTimeout, e.Code == CodeConnection, e.Code == CodeUnreadable:
		return sighting{kind: silent}
	}
	return sighting{}
}
