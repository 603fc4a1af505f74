package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/campsync/campsync/client/sandbox"
)

// sandboxToken is the token that every sandbox takes.
const sandboxToken = "sandbox"

// servedSandbox is a sandbox that answers.
type servedSandbox struct {
	url  string
	wait func() error // until it is closed
}

// startSandbox opens a sandbox and serves it on address until ctx ends.
func (a *app) startSandbox(ctx context.Context, c sandbox.Config, address string) (*servedSandbox, error) {
	c.Log = a.log
	server, err := sandbox.Open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("opening the sandbox: %w", err)
	}
	listener, err := server.Listen(address)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("serving the sandbox: %w", err), server.Close())
	}
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(server.Serve(ctx, listener), server.Close()) }()
	return &servedSandbox{url: server.URL(), wait: func() error { return <-ended }}, nil
}
