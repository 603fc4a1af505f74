package client

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Applied says whether a request that failed may have been carried out.
type Applied int

const (
	// NotApplied: the connection was never made, the request was never fully
	// written, or the answer says so (400 401 403 404 405 409 413 415 422 429).
	NotApplied Applied = iota
	// MaybeApplied: everything else. It must not be sent again before it has
	// been found out.
	MaybeApplied
	// WasApplied: a 2xx that could be read. An *Error never says it.
	WasApplied
)

// String gives "not applied", "ambiguous" or "applied".
func (a Applied) String() string {
	switch a {
	case NotApplied:
		return "not applied"
	case WasApplied:
		return "applied"
	}
	return "ambiguous"
}

// The codes that this package gives where the server has none of its own.
// Beside them stands "http-" and the status, as in http-422.
const (
	CodeTimeout     = "timeout"           // no complete answer in Config.Timeout
	CodeConnection  = "connection"        // not connected, or the connection broke
	CodeUnreadable  = "answer-unreadable" // an answer that is not what the API promises
	CodeRedirect    = "redirect"          // a 3xx; never followed
	CodeCertificate = "certificate"       // TLS could not be set up
	CodeCanceled    = "canceled"          // the caller's context ended
	CodeWait        = "wait"              // the server asks for a wait of over MaxWait
	CodeRequest     = "request"           // the request could not even be built
)

// MaxWait is the longest hold that the gate sits out. A longer one is an
// error that ends the run: see [ErrWait].
const MaxWait = time.Hour

// ErrWait is found by errors.Is in the error of a call that would have to
// wait for over [MaxWait], or past its context's deadline, because the server
// said so. errors.As with a *[WaitError] gives the time.
var ErrWait = errors.New("the server asks for a longer wait than this run can give")

// WaitError says until when the server wants to be left alone.
type WaitError struct{ Until time.Time }

func (e *WaitError) Error() string {
	return "the server wants no request before " + e.Until.UTC().Format(time.RFC3339)
}

// Is makes a WaitError an [ErrWait].
func (e *WaitError) Is(target error) bool { return target == ErrWait }

// FieldError is one field of a request that the API does not accept.
type FieldError struct {
	Field   string // as the server names it; may be empty
	Message string
}

func (f FieldError) String() string {
	if f.Field == "" {
		return f.Message
	}
	return f.Field + ": " + f.Message
}

// Error is how every call of this package fails. Its texts are the server's
// words, bounded, with control characters escaped and the token taken out.
type Error struct {
	Op         string // what was being done: "create order", "list records"
	Status     int    // the HTTP status; 0: no answer
	Code       string // a stable word: the server's own code, else one of ours
	Message    string
	Fields     []FieldError
	RetryAfter time.Duration // how long the server wants to be left alone; 0: not said
	Applied    Applied
	Err        error // the cause, where there is one beside the answer
}

// Error reads like "create order: 422 validation failed: phoneNumber: is not
// E.164".
func (e *Error) Error() string {
	text := e.text()
	if status := strconv.Itoa(e.Status); e.Status != 0 && !strings.HasPrefix(text, status) {
		text = status + " " + text // the titles of many pages of HTML begin with it
	}
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(" (again in %s)", e.RetryAfter.Round(time.Second))
	}
	return e.Op + ": " + text
}

func (e *Error) text() string {
	parts := make([]string, 0, 1+len(e.Fields))
	for _, f := range e.Fields {
		if s := f.String(); s != e.Message {
			parts = append(parts, s)
		}
	}
	fields := strings.Join(parts, "; ")
	switch {
	case fields == "":
		return e.message()
	case e.Message == "":
		return fields
	}
	return e.Message + ": " + fields
}

func (e *Error) message() string {
	switch {
	case e.Message != "":
		return e.Message
	case e.Err != nil:
		return e.Err.Error()
	case e.Status != 0 && http.StatusText(e.Status) != "":
		return strings.ToLower(http.StatusText(e.Status))
	}
	return e.Code
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
