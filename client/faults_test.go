package client_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
)

// raw serves connections by hand: serve has a connection and its reader, for
// one request after the other.
func raw(t *testing.T, serve func(conn net.Conn, r *bufio.Reader)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				serve(conn, bufio.NewReader(conn))
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return "http://" + l.Addr().String()
}

// readRequest reads a whole request, and reports whether there was one.
func readRequest(r *bufio.Reader) bool {
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err == nil
}

const okAnswer = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 47\r\n\r\n" + created

// The server commits, then cuts its answer off, after any number of bytes, on
// fresh and on reused connections. None of the writes is sent again, each is
// ambiguous, and the whole answer alone is a success.
func TestCutAnswers(t *testing.T) {
	var commits, cut atomic.Int64
	var reuse atomic.Bool
	base := raw(t, func(conn net.Conn, r *bufio.Reader) {
		for readRequest(r) {
			if reuse.CompareAndSwap(true, false) {
				io.WriteString(conn, okAnswer)
				continue
			}
			commits.Add(1)
			io.WriteString(conn, okAnswer[:cut.Load()])
			return
		}
	})
	want := int64(0)
	for n := range len(okAnswer) + 1 {
		for _, reused := range []bool{false, true} {
			c := dial(t, base)
			cut.Store(int64(n))
			if reused {
				reuse.Store(true)
				if _, err := create(c); err != nil {
					t.Fatal(err)
				}
			}
			o, err := create(c)
			c.CloseIdleConnections()
			want++
			if got := commits.Load(); got != want {
				t.Fatalf("after %d bytes: %d writes arrived, want %d", n, got, want)
			}
			if n == len(okAnswer) {
				if err != nil || o.UUID != orderID {
					t.Errorf("the whole answer: %v, %v", o, err)
				}
				continue
			}
			var e *client.Error
			if !errors.As(err, &e) || e.Applied != client.MaybeApplied || client.Decide(http.MethodPost, err) != client.Settle {
				t.Fatalf("after %d bytes, reused %v: got %v", n, reused, err)
			}
		}
	}
}

func TestApplied(t *testing.T) {
	refusing := func() string { // a port where nobody listens
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return "http://" + l.Addr().String()
	}()
	type outcome struct {
		code    string
		applied client.Applied
		write   client.Decision
	}
	large := strings.Repeat("x", 8<<20) // more than the buffers between two sockets hold
	for _, c := range []struct {
		name string
		base string
		body string
		want outcome
	}{
		{"refused", refusing, "x", outcome{client.CodeConnection, client.NotApplied, client.Again}},
		{"closed without an answer", raw(t, func(_ net.Conn, r *bufio.Reader) { readRequest(r) }), "x",
			outcome{client.CodeConnection, client.MaybeApplied, client.Settle}},
		{"reset after the request", raw(t, func(conn net.Conn, r *bufio.Reader) { readRequest(r); conn.(*net.TCPConn).SetLinger(0) }), "x",
			outcome{client.CodeConnection, client.MaybeApplied, client.Settle}},
		{"reset within the request", raw(t, func(conn net.Conn, r *bufio.Reader) { r.ReadByte(); conn.(*net.TCPConn).SetLinger(0) }), large,
			outcome{client.CodeConnection, client.NotApplied, client.Again}},
		{"stalls within the request", raw(t, func(conn net.Conn, r *bufio.Reader) { r.ReadByte(); time.Sleep(500 * time.Millisecond) }), large,
			outcome{client.CodeTimeout, client.NotApplied, client.Again}},
		{"stalls before the answer", raw(t, func(_ net.Conn, r *bufio.Reader) { readRequest(r); r.ReadByte() }), "x",
			outcome{client.CodeTimeout, client.MaybeApplied, client.Settle}},
		{"stalls in the head", raw(t, func(conn net.Conn, r *bufio.Reader) {
			readRequest(r)
			io.WriteString(conn, okAnswer[:30])
			r.ReadByte()
		}), "x", outcome{client.CodeTimeout, client.MaybeApplied, client.Settle}},
		{"stalls in the body", raw(t, func(conn net.Conn, r *bufio.Reader) {
			readRequest(r)
			io.WriteString(conn, okAnswer[:len(okAnswer)-1])
			r.ReadByte()
		}), "x", outcome{client.CodeTimeout, client.MaybeApplied, client.Settle}},
		{"no HTTP", raw(t, func(conn net.Conn, r *bufio.Reader) { readRequest(r); io.WriteString(conn, "SSH-2.0-x\r\n\r\n") }), "x",
			outcome{client.CodeConnection, client.MaybeApplied, client.Settle}},
		{"a longer body than announced", raw(t, func(conn net.Conn, r *bufio.Reader) {
			readRequest(r)
			io.WriteString(conn, "HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n"+created)
		}), "x", outcome{client.CodeUnreadable, client.MaybeApplied, client.Settle}},
		{"an endless head", raw(t, func(conn net.Conn, r *bufio.Reader) {
			readRequest(r)
			io.WriteString(conn, "HTTP/1.1 201 Created\r\nX: "+strings.Repeat("x", 1<<20))
		}), "x", outcome{client.CodeConnection, client.MaybeApplied, client.Settle}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := dial(t, c.base, func(c *client.Config) { c.Timeout = 250 * time.Millisecond })
			_, err := cl.Orders.Create(context.Background(), campaign, client.OrderCreate{Record: json.RawMessage(`"` + c.body + `"`)})
			var e *client.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if got := (outcome{e.Code, e.Applied, client.Decide(http.MethodPost, err)}); got != c.want {
				t.Errorf("got %v (%v), want %v", got, err, c.want)
			}
		})
	}
}

// A delete has no body that could be held back: once it is on its way it may
// have arrived.
func TestAppliedWithoutBody(t *testing.T) {
	c := dial(t, raw(t, func(_ net.Conn, r *bufio.Reader) { readRequest(r) }))
	err := c.Orders.Remove(context.Background(), campaign, orderID)
	if client.Decide(http.MethodDelete, err) != client.Settle {
		t.Errorf("got %v", err)
	}
}

// The caller's end of patience is not the server's fault, and says by itself
// whether the write may have gone through.
func TestCancelled(t *testing.T) {
	arrived := make(chan struct{})
	c := dial(t, raw(t, func(_ net.Conn, r *bufio.Reader) {
		if readRequest(r) {
			close(arrived)
			r.ReadByte()
		}
	}))
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-arrived; cancel() }()
	for _, want := range []client.Applied{client.MaybeApplied, client.NotApplied} {
		_, err := c.Orders.Create(ctx, campaign, client.OrderCreate{Record: json.RawMessage(`{}`)})
		var e *client.Error
		if !errors.As(err, &e) || e.Code != client.CodeCanceled || e.Applied != want || !errors.Is(err, context.Canceled) {
			t.Errorf("got %#v, want %v", err, want)
		}
		if client.Decide(http.MethodPost, err) != client.Stop {
			t.Errorf("decision is %v", client.Decide(http.MethodPost, err))
		}
	}
}

func TestCertificates(t *testing.T) {
	server := httptest.NewUnstartedServer(answer(200, "{}"))
	server.Config.ErrorLog = quiet()
	server.StartTLS()
	t.Cleanup(server.Close)
	old := httptest.NewUnstartedServer(answer(200, "{}"))
	old.Config.ErrorLog = quiet()
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	t.Cleanup(old.Close)
	plain := httptest.NewServer(answer(200, "{}"))
	t.Cleanup(plain.Close)
	for name, base := range map[string]string{
		"unknown authority": server.URL, "TLS 1.1": old.URL, "no TLS": strings.Replace(plain.URL, "http:", "https:", 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := create(dial(t, base))
			var e *client.Error
			if !errors.As(err, &e) || e.Code != client.CodeCertificate || e.Applied != client.NotApplied {
				t.Fatalf("got %#v", err)
			}
			for _, method := range []string{"GET", "POST"} {
				if d := client.Decide(method, err); d != client.Stop {
					t.Errorf("%s: decision is %v", method, d)
				}
			}
		})
	}
}

// A redirect is never followed, wherever it points: it would turn a write
// into a read, and take the token elsewhere.
func TestRedirects(t *testing.T) {
	var followed atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	t.Cleanup(elsewhere.Close)
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{elsewhere.URL + "/x", strings.Replace(elsewhere.URL, "http:", "https:", 1), "/base/api/elsewhere", "", ":"} {
			t.Run(fmt.Sprint(code, to), func(t *testing.T) {
				c := setup(t, func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "elsewhere") {
						followed.Add(1)
					}
					w.Header().Set("Location", to)
					w.WriteHeader(code)
				})
				_, read := c.Orders.Page(context.Background(), campaign, client.OrderQuery{}, 1, 1)
				_, write := create(c)
				for _, err := range []error{read, write} {
					var e *client.Error
					if !errors.As(err, &e) || e.Code != client.CodeRedirect || e.Status != code || client.Decide("GET", err) != client.Stop {
						t.Errorf("got %v", err)
					}
				}
			})
		}
	}
	if n := followed.Load(); n != 0 {
		t.Errorf("followed %d times", n)
	}
}

// A bomb is stopped at the bound, and is an answer that cannot be read.
func TestLargeAnswers(t *testing.T) {
	for _, kind := range []string{"", "gzip"} {
		t.Run(kind, func(t *testing.T) {
			c := setup(t, func(w http.ResponseWriter, _ *http.Request) { bomb(w, kind) }, impatient)
			_, err := create(c)
			var e *client.Error
			if !errors.As(err, &e) || e.Code != client.CodeUnreadable || !strings.Contains(e.Message, "32 MiB") {
				t.Errorf("got %v", err)
			}
		})
	}
}
