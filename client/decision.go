package client

import (
	"errors"
	"net/http"
)

// Decision is what to do about the outcome of a call.
type Decision int

const (
	Done   Decision = iota // there is no error
	Again                  // not applied and transient: the same call may be made again
	Final                  // the API said no for good
	Settle                 // a write that may have been applied: find out first
	Stop                   // nothing that follows can work: end the run
)

// String gives the decision in lower case.
func (d Decision) String() string {
	return [...]string{"done", "again", "final", "settle", "stop"}[d]
}

// Decide is the one table of what to do after a call of this package, for the
// HTTP method of the call: the client follows it for reads, its caller for
// writes. An error that is not an *[Error] is Stop, as nothing is known of it.
//
//	                                             read    write
//	cancelled, no permission (401, 403), 3xx,
//	certificate, a wait of over MaxWait          Stop    Stop
//	429                                          Again   Again
//	never connected, never fully written         Again   Again
//	timeout, broken connection, 408, 425, 5xx,
//	an answer that cannot be read                Again   Settle
//	400 404 405 409 413 415 422                  Final   Final
//	any other 4xx                                Final   Settle
//	a request that could not be built            Final   Final
func Decide(method string, err error) Decision {
	if err == nil {
		return Done
	}
	var e *Error
	if !errors.As(err, &e) {
		return Stop
	}
	read := method == http.MethodGet || method == http.MethodHead
	switch s := e.Status; {
	case s == http.StatusUnauthorized, s == http.StatusForbidden, s >= 300 && s < 400:
		return Stop
	case s == http.StatusTooManyRequests && e.RetryAfter > MaxWait:
		return Stop
	case s == http.StatusTooManyRequests:
		return Again
	case s >= 400 && s < 500 && !passing(s):
		if read || e.Applied == NotApplied {
			return Final
		}
		return Settle
	case s >= 400:
		// The code may be the server's own, and says nothing.
	case e.Code == CodeCanceled, e.Code == CodeWait, e.Code == CodeCertificate:
		return Stop
	case e.Code == CodeRequest:
		return Final
	}
	if read || e.Applied == NotApplied {
		return Again
	}
	return Settle
}

// passing reports whether a 4xx is about this moment, not about the request.
func passing(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooEarly
}

// appliedBy is what a status says of a write.
func appliedBy(status int) Applied {
	switch status {
	case 400, 401, 403, 404, 405, 409, 413, 415, 422, 429:
		return NotApplied
	}
	return MaybeApplied
}
