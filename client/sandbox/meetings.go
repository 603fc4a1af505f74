package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// cut closes the connection, whether the body was read or not.
func (f *faulty) cut(m *meeting) {
	if m.coin() {
		m.readBody()
	}
	m.closeAfter(nil)
}

func (f *faulty) commitThenCut(m *meeting) {
	answer := f.record(m.r).wire()
	n := []int{0, 1, len(answer) / 2, len(answer) - 1}[m.random.IntN(4)]
	m.closeAfter(answer[:n])
}

const page = "<!DOCTYPE html>\n<html><head><title>%[1]s</title></head><body><h1>%[1]s</h1></body></html>\n"

func (f *faulty) html(m *meeting) {
	f.maybeCommit(m)
	m.answerPage(http.StatusOK, "Welcome")
}

// fail answers a status: an error of the client's without a commit, one of the
// server's with or without.
func (f *faulty) fail(m *meeting, status int) {
	if status < 500 {
		m.readBody()
	} else {
		f.maybeCommit(m)
	}
	if f.faults.RetryAfter != "" && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) {
		m.w.Header().Set("Retry-After", f.faults.RetryAfter)
	}
	if status == http.StatusBadGateway || status == http.StatusGatewayTimeout {
		m.answerPage(status, http.StatusText(status))
		return
	}
	writeJSON(m.w, status, refuse(status, "%s", http.StatusText(status)).body())
}

func (f *faulty) maybeCommit(m *meeting) {
	if m.coin() {
		f.record(m.r)
		return
	}
	m.readBody()
}

func (f *faulty) truncate(m *meeting) {
	answer := f.record(m.r)
	answer.body.Truncate(answer.body.Len() / 2)
	answer.send(m.w)
}

func (f *faulty) slow(m *meeting) {
	answer := f.record(m.r)
	if m.coin() {
		m.wait(f.faults.SlowFor)
		answer.send(m.w)
		return
	}
	maps.Copy(m.w.Header(), answer.header)
	m.w.Header().Set("Content-Length", strconv.Itoa(answer.body.Len()))
	m.w.WriteHeader(answer.status)
	_, _ = m.w.Write(answer.body.Next(answer.body.Len() / 2))
	_ = http.NewResponseController(m.w).Flush() // a recorder of a test has it all at once
	m.wait(f.faults.SlowFor)
	_, _ = m.w.Write(answer.body.Bytes())
}

// lateCommit commits whether or not the client waits for it.
func (f *faulty) lateCommit(m *meeting) {
	body := m.readBody()
	committed := make(chan *recording, 1)
	f.late.after(f.faults.LateBy, func() {
		r := m.r.Clone(context.Background()) // the client may be gone
		r.Body = io.NopCloser(bytes.NewReader(body))
		committed <- f.record(r)
	})
	switch m.random.IntN(3) {
	case 0:
		m.closeAfter(nil)
	case 1:
		m.answerPage(http.StatusGatewayTimeout, http.StatusText(http.StatusGatewayTimeout))
	default:
		select {
		case answer := <-committed:
			answer.send(m.w)
		case <-m.r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-f.late.dropped():
			panic(http.ErrAbortHandler)
		}
	}
}

// readBody reads the body to its end, so that the client has sent all of it.
func (m *meeting) readBody() []byte {
	body, _ := io.ReadAll(io.LimitReader(m.r.Body, maxBody+1)) // of a broken request: what there is
	return body
}

func (m *meeting) answerPage(status int, title string) {
	m.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	m.w.WriteHeader(status)
	_, _ = fmt.Fprintf(m.w, page, title)
}

// closeAfter closes the connection after these bytes. Where it cannot be taken
// over (HTTP/2, a recorder of a test) it is broken off before them.
func (m *meeting) closeAfter(answer []byte) {
	conn, _, err := http.NewResponseController(m.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = conn.Write(answer)
	_ = conn.Close()
}

// wait breaks the answer off where the client leaves before.
func (m *meeting) wait(d time.Duration) {
	if !sleep(m.r.Context(), d) {
		panic(http.ErrAbortHandler)
	}
}

// sleep reports whether the time passed before the context ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// A recording is an answer that was not sent yet.
type recording struct {
	status int
	header http.Header
	body   bytes.Buffer
}

// record lets the API carry the request out.
func (f *faulty) record(r *http.Request) *recording {
	a := &recording{header: http.Header{}}
	f.api.ServeHTTP(a, r)
	return a
}

func (a *recording) Header() http.Header { return a.header }

func (a *recording) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *recording) Write(text []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(text)
}

func (a *recording) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	if a.body.Len() > 0 {
		_, _ = w.Write(a.body.Bytes())
	}
}

// wire is the answer as HTTP/1.1 writes it.
func (a *recording) wire() []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	if a.status != http.StatusNoContent {
		a.header.Set("Content-Length", strconv.Itoa(a.body.Len()))
	}
	_ = a.header.Write(&text) // a buffer takes everything
	text.WriteString("\r\n")
	text.Write(a.body.Bytes())
	return text.Bytes()
}
