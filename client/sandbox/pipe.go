package sandbox

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// Pipe serves a handler to the transport that it answers, by HTTP over pipes in
// the process. Connections can be cut as real ones, and in a bubble of
// testing/synctest, in which the sandbox has to be opened too, time goes on
// while a request waits. Any host leads there: http://localhost/api. The
// function stops it.
func Pipe(handler http.Handler) (transport *http.Transport, stop func()) {
	pipes := &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: handler}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(pipes) // until it is closed
	}()
	transport = &http.Transport{DialContext: pipes.dial, MaxIdleConnsPerHost: 100}
	return transport, func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		<-served
	}
}

// pipes is a listener for connections within the process.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.accept <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, errors.New("connection refused: the server was stopped")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.accept:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
