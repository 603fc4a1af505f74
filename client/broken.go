package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
)

// broken reads an error of the transport: there was no answer, or its body
// broke off.
func (r *requester) broken(ctx, attempt context.Context, err error, connected bool) *Error {
	var e *Error
	switch {
	case ctx.Err() != nil:
		return &Error{Code: CodeCanceled, Err: ctx.Err()}
	case attempt.Err() != nil:
		return &Error{Code: CodeTimeout, Message: fmt.Sprintf("no complete answer in %s", r.timeout), Err: errTimeout}
	case isCertificate(err) && !connected:
		e = &Error{Code: CodeCertificate}
	default:
		e = &Error{Code: CodeConnection}
	}
	e.Err = r.secret.strip(err)
	e.Message = r.secret.clean(sayBroken(err))
	return e
}

// errTimeout is not context.DeadlineExceeded, which would say that the caller
// is out of time.
var errTimeout error = timeout{}

type timeout struct{}

func (timeout) Error() string { return "timeout" }
func (timeout) Timeout() bool { return true }

func sayBroken(err error) string {
	var dns *net.DNSError
	var netErr net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("no address is known for %s", dns.Name)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection"
	case errors.As(err, &netErr) && netErr.Timeout():
		return "no connection in time: " + err.Error()
	}
	return err.Error()
}

// isCertificate reports whether TLS could not be set up, which no waiting
// mends: a certificate that is not trusted, a server that speaks no TLS or too
// old a one.
func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var notTLS tls.RecordHeaderError
	var alert *net.OpError // crypto/tls puts the alerts of both sides into one
	return errors.As(err, &verification) || errors.As(err, &notTLS) ||
		errors.As(err, &alert) && (alert.Op == "remote error" || alert.Op == "local error")
}

// isWait reports whether err says that the server wants too long a wait.
func isWait(err error) bool { return errors.Is(err, ErrWait) }
