package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Bounds of an answer, after it was decompressed. A page of 100 orders with
// long instructions is far below one; nothing of worth is above the other.
const (
	maxAnswer    = 32 << 20
	maxErrorBody = 64 << 10
	maxPooled    = 256 << 10 // a buffer larger than this is not kept
)

// request is one call of the API.
type request struct {
	op     string
	method string
	path   string // below the base URL, escaped
	query  url.Values
	body   any // nil: none
}

// requester sends requests and reads answers, for all services.
type requester struct {
	base      *url.URL
	transport http.RoundTripper
	gate      *Gate
	timeout   time.Duration
	patience  time.Duration
	userAgent string
	secret    secret
	buffers   sync.Pool
	clock     serverClock
}

func newRequester(base *url.URL, c Config) *requester {
	return &requester{
		base: base, transport: c.Transport, gate: c.Gate,
		timeout: c.Timeout, patience: c.Patience, userAgent: c.UserAgent,
		secret:  newSecret(c.Token),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
}

func badRequest(op string, err error) *Error {
	return &Error{Op: op, Code: CodeRequest, Message: err.Error(), Applied: NotApplied, Err: err}
}

// call makes a call: one attempt of a write, and of a read as many as
// [Decide] and the client's patience allow. decode is given the body of a 2xx
// without the space around it, and says whether it is what was asked for.
func (r *requester) call(ctx context.Context, q request, decode func([]byte) error) error {
	var body []byte
	if q.body != nil {
		var err error
		if body, err = json.Marshal(q.body); err != nil {
			return badRequest(q.op, r.secret.strip(err))
		}
	}
	read := q.method == http.MethodGet
	var last *Error
	var silent time.Time // since when there was no proper answer
	var delays *backoff.ExponentialBackOff
	for {
		var giveUp time.Time
		if !silent.IsZero() {
			giveUp = silent.Add(r.patience)
		}
		pass, err := r.gate.enter(ctx, read, giveUp)
		if errors.Is(err, errImpatient) {
			return last
		} else if err != nil {
			return notEntered(q.op, err)
		}
		seen, e := r.attempt(ctx, q, body, decode)
		r.gate.leave(pass, seen)
		if e == nil {
			return nil
		}
		if !read || Decide(q.method, e) != Again {
			return e
		}
		last = e
		if e.Status == http.StatusTooManyRequests {
			silent = time.Time{}
			r.gate.retry()
			continue // the gate holds it as long as the server says
		}
		if silent.IsZero() {
			silent = pass.sent
			delays = readDelays()
		}
		if time.Since(silent) >= r.patience {
			return e
		}
		if err := sleep(ctx, delays.NextBackOff()); err != nil {
			return notEntered(q.op, err)
		}
		r.gate.retry()
	}
}

// readDelays are the pauses of one read between attempts that got no proper
// answer. A server that is down is the gate's matter.
func readDelays() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = 100 * time.Millisecond
	b.Multiplier = 2
	b.MaxInterval = 5 * time.Second
	return b
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// notEntered is the error of a request that did not get through the gate.
func notEntered(op string, err error) *Error {
	e := &Error{Op: op, Code: CodeCanceled, Applied: NotApplied, Err: err}
	if isWait(err) {
		e.Code = CodeWait
	}
	return e
}

// attempt sends a request once.
func (r *requester) attempt(ctx context.Context, q request, body []byte, decode func([]byte) error) (sighting, *Error) {
	attempt, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	s := &sending{size: len(body)}
	req, err := r.build(httptrace.WithClientTrace(attempt, s.trace()), q, body, s)
	if err != nil {
		return sighting{}, badRequest(q.op, r.secret.strip(err))
	}
	resp, err := r.transport.RoundTrip(req)
	if err != nil {
		e := r.broken(ctx, attempt, err, s.conns.Load() > 0)
		e.Op, e.Applied = q.op, s.applied()
		return sightingOf(e), e
	}
	defer resp.Body.Close()
	return r.answer(ctx, attempt, q.op, resp, decode)
}

// build makes the HTTP request. It never sets Idempotency-Key or
// X-Idempotency-Key: with one of them Go's transport takes the liberty of
// sending a POST again by itself.
func (r *requester) build(ctx context.Context, q request, body []byte, s *sending) (*http.Request, error) {
	address := r.base.String() + q.path
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, q.method, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{
		"Accept":        {"application/json"},
		"Authorization": {r.secret.authorization()},
		"User-Agent":    {r.userAgent},
	}
	if body != nil {
		req.Header["Content-Type"] = []string{"application/json"}
		req.ContentLength = int64(len(body))
		req.Body = s.body(body)
		// The transport asks for it only where it has written nothing yet.
		req.GetBody = func() (io.ReadCloser, error) { return s.body(body), nil }
	}
	return req, nil
}

// checkAnswer reports whether a body is empty or JSON; decode can then rely on
// that.
func checkAnswer(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	return checkJSON(text)
}

// answer reads an answer, at most as much of it as the bounds allow, and
// takes the token out before anything looks at it.
func (r *requester) answer(ctx, attempt context.Context, op string, resp *http.Response, decode func([]byte) error) (sighting, *Error) {
	now := time.Now()
	seen := sighting{kind: answered, limits: r.clock.readLimits(resp.Header, now)}
	good := resp.StatusCode >= 200 && resp.StatusCode < 300
	bound := maxErrorBody
	if good {
		bound = maxAnswer
	}
	buffer := r.buffers.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= maxPooled {
			buffer.Reset()
			r.buffers.Put(buffer)
		}
	}()
	_, err := buffer.ReadFrom(io.LimitReader(resp.Body, int64(bound)+1))
	text := bytes.TrimSpace(r.secret.redact(buffer.Bytes()))
	var e *Error
	switch {
	case !good:
		e = r.refusal(resp, text)
	case err != nil:
		e = r.broken(ctx, attempt, err, true)
		if e.Code == CodeConnection {
			e.Code, e.Message = CodeUnreadable, "the answer breaks off: "+e.Message
		}
	case buffer.Len() > bound:
		e = &Error{Code: CodeUnreadable, Message: fmt.Sprintf("the answer is larger than %d MiB", maxAnswer>>20)}
	default:
		err := checkAnswer(text)
		if err == nil {
			err = decode(text)
		}
		if err == nil {
			return seen, nil
		}
		e = &Error{Code: CodeUnreadable, Message: r.secret.clean(unreadable(text, err))}
	}
	e.Op, e.Status, e.Applied = op, resp.StatusCode, appliedBy(resp.StatusCode)
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		e.RetryAfter = seen.limits.wait()
	case http.StatusServiceUnavailable:
		e.RetryAfter = seen.limits.retryAfter
	}
	limits := seen.limits
	seen = sightingOf(e)
	seen.limits = limits
	return seen, e
}
