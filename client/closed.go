package client

import "errors"

// ErrClosed is the cause of requests that a closed gate has not let through.
// They were not applied.
var ErrClosed = errors.New("no new requests are made")
