package client

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// newTransport makes the connections to the one server of base. The proxy
// variables of the environment hold for https.
func newTransport(base *url.URL, connect time.Duration, conns int) *http.Transport {
	dialer := &net.Dialer{Timeout: connect, KeepAlive: 15 * time.Second}
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: connect,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: conns,
		MaxIdleConns:        conns,
		// Shorter than the 5 s after which many servers close an idle
		// connection: a write that crosses their closing may have been applied
		// or not.
		IdleConnTimeout:        4 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
	if base.Scheme == "http" {
		// localhost is a name and can be made to point anywhere, and a proxy is
		// elsewhere: in the clear the token stays on this machine.
		t.Proxy = nil
		dialer.ControlContext = loopbackOnly
	}
	return t
}

func loopbackOnly(_ context.Context, _, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || !loopback(host) {
		return fmt.Errorf("%s is not this machine, and http is for this machine only", address)
	}
	return nil
}
