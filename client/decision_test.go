package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
)

// The decision table, for every answer that a server can give and every way
// to get none. The statuses come from a server, so that the row says both what
// the client makes of them and what follows.
func TestDecideStatus(t *testing.T) {
	const again, final, settle, stop = client.Again, client.Final, client.Settle, client.Stop
	type want struct {
		read, write client.Decision
		applied     client.Applied
	}
	special := map[int]want{
		400: {final, final, client.NotApplied}, 401: {stop, stop, client.NotApplied}, 403: {stop, stop, client.NotApplied},
		404: {final, final, client.NotApplied}, 405: {final, final, client.NotApplied}, 409: {final, final, client.NotApplied},
		413: {final, final, client.NotApplied}, 415: {final, final, client.NotApplied}, 422: {final, final, client.NotApplied},
		429: {again, again, client.NotApplied},
		408: {again, settle, client.MaybeApplied}, 425: {again, settle, client.MaybeApplied},
	}
	for status := 200; status < 600; status++ {
		w, ok := special[status]
		switch {
		case ok:
		case status < 300, status >= 500:
			w = want{again, settle, client.MaybeApplied} // empty, and so no answer to a create
		case status < 400:
			w = want{stop, stop, client.MaybeApplied}
		default:
			w = want{final, settle, client.MaybeApplied}
		}
		_, err := create(dial(t, "https://api.test/base", func(c *client.Config) { c.Transport = always(status, "") }))
		var e *client.Error
		if !errors.As(err, &e) {
			t.Fatalf("%d: got %v", status, err)
		}
		got := want{client.Decide(http.MethodGet, err), client.Decide(http.MethodPost, err), e.Applied}
		if got != w {
			t.Errorf("%d: got %v, want %v", status, got, w)
		}
	}
}

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		name        string
		err         error
		read, write client.Decision
	}{
		{"no error", nil, client.Done, client.Done},
		{"429", &client.Error{Status: 429}, client.Again, client.Again},
		{"429 with an hour", &client.Error{Status: 429, RetryAfter: time.Hour}, client.Again, client.Again},
		{"429 with more", &client.Error{Status: 429, RetryAfter: time.Hour + 1}, client.Stop, client.Stop},
		{"500", &client.Error{Status: 500, Applied: client.MaybeApplied}, client.Again, client.Settle},
		{"502", &client.Error{Status: 502, Applied: client.MaybeApplied}, client.Again, client.Settle},
		{"503 with a code of ours", &client.Error{Status: 503, Code: client.CodeCanceled, Applied: client.MaybeApplied}, client.Again, client.Settle},
		{"422 with a code of ours", &client.Error{Status: 422, Code: client.CodeTimeout}, client.Final, client.Final},
		{"refused", &client.Error{Code: client.CodeConnection}, client.Again, client.Again},
		{"reset", &client.Error{Code: client.CodeConnection, Applied: client.MaybeApplied}, client.Again, client.Settle},
		{"timeout before sending", &client.Error{Code: client.CodeTimeout}, client.Again, client.Again},
		{"timeout", &client.Error{Code: client.CodeTimeout, Applied: client.MaybeApplied}, client.Again, client.Settle},
		{"timeout in the answer", &client.Error{Status: 200, Code: client.CodeTimeout, Applied: client.MaybeApplied}, client.Again, client.Settle},
		{"unreadable", &client.Error{Status: 201, Code: client.CodeUnreadable, Applied: client.MaybeApplied}, client.Again, client.Settle},
		{"certificate", &client.Error{Code: client.CodeCertificate}, client.Stop, client.Stop},
		{"cancelled", &client.Error{Code: client.CodeCanceled}, client.Stop, client.Stop},
		{"cancelled after sending", &client.Error{Code: client.CodeCanceled, Applied: client.MaybeApplied}, client.Stop, client.Stop},
		{"cancelled in the answer", &client.Error{Status: 200, Code: client.CodeCanceled, Applied: client.MaybeApplied}, client.Stop, client.Stop},
		{"wait", &client.Error{Code: client.CodeWait, Err: &client.WaitError{}}, client.Stop, client.Stop},
		{"request", &client.Error{Code: client.CodeRequest}, client.Final, client.Final},
		{"wrapped", fmt.Errorf("row 7: %w", &client.Error{Status: 404}), client.Final, client.Final},
		{"foreign", errors.New("x"), client.Stop, client.Stop},
		{"foreign cancel", context.Canceled, client.Stop, client.Stop},
	} {
		t.Run(c.name, func(t *testing.T) {
			for method, want := range map[string]client.Decision{
				"GET": c.read, "HEAD": c.read, "POST": c.write, "PATCH": c.write, "DELETE": c.write, "PUT": c.write,
			} {
				if got := client.Decide(method, c.err); got != want {
					t.Errorf("%s: got %v, want %v", method, got, want)
				}
			}
		})
	}
}
