package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// ErrNotLoopback is the error for an address that others can reach.
var ErrNotLoopback = errors.New("a sandbox listens on loopback addresses only, as 127.0.0.1:8080")

// Listen opens a listener for Serve. The address must be a loopback address
// with a port (0: any): the sandbox has a token that everybody knows.
func (s *Server) Listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listening on %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && !ip.IsLoopback() {
		return nil, fmt.Errorf("listening on %q: %w", addr, ErrNotLoopback)
	}
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, err
	}
	if err := s.serveAt(ln); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return ln, nil
}

// serveAt takes the listener's address for the server's.
func (s *Server) serveAt(ln net.Listener) error {
	addr, ok := ln.Addr().(*net.TCPAddr)
	if !ok || !addr.IP.IsLoopback() {
		return fmt.Errorf("listening on %s: %w", ln.Addr(), ErrNotLoopback)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.url = "http://" + addr.String() + BasePath
	return nil
}

// URL is where the API is, once there is a listener: http://127.0.0.1:8080/api.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// Serve serves the listener until the context ends, then lets requests that
// are under way finish, for five seconds at most. It closes the listener, not
// the database. It answers nil where the context ended it.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if err := s.serveAt(ln); err != nil {
		return errors.Join(err, ln.Close())
	}
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err := server.Shutdown(grace)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		stopped <- err
	})
	err := server.Serve(ln)
	if stop() { // the context is not what ended it
		return errors.Join(err, server.Close())
	}
	return <-stopped
}
