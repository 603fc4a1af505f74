package client

import (
	"context"
	"net/http"
	"net/url"
)

type request struct {
	op     string
	method string
	path   string
	query  url.Values
	body   any
}

type requester struct {
	base *url.URL
}

func newRequester(base *url.URL, c Config) *requester { return &requester{base: base} }

func (r *requester) call(ctx context.Context, q request, decode func([]byte) error) error {
	return badRequest(q.op, http.ErrNotSupported)
}

func badRequest(op string, err error) *Error {
	return &Error{Op: op, Code: CodeRequest, Message: err.Error(), Applied: NotApplied, Err: err}
}
