package term_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/cmd/internal/term"
)

// lockedBuffer is written to by the display while the test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// work is done in steps of a second.
func work(p *term.Progress, seconds int, done, failed int64) {
	for range seconds {
		time.Sleep(time.Second)
		p.Advance(done, failed)
	}
	synctest.Wait()
}

func TestProgressOffATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		p := term.NewProgress(term.Stream{Writer: &out}, term.Everything, term.Printer{})
		time.Sleep(time.Second / 2) // so that no work falls together with a tick
		p.Stage("creating orders", 12000)
		work(p, 25, 100, 1)
		p.Notice("the server's limit is 50 a second")
		p.Stage("reading", 0)
		work(p, 6, 3, 0)
		p.Close()
		p.Close()
		want := `creating orders: 900 of 12,000 (7%), 94/s, 9 failed, 1m57s left
creating orders: 1,900 of 12,000 (15%), 97/s, 19 failed, 1m44s left
the server's limit is 50 a second
reading: 12, 2.7/s
`
		if got := out.String(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestProgressOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		p := term.NewProgress(term.Stream{Writer: &out, Terminal: true}, term.Everything, term.Printer{})
		p.Stage("creating orders", 100)
		work(p, 5, 10, 1)
		if !strings.Contains(out.String(), "/s, 4 failed") || !strings.Contains(out.String(), "(40/100)") {
			t.Errorf("no bar: %q", out.String())
		}
		p.Notice("mind the gap")
		if !strings.Contains(out.String(), " \rmind the gap\n") {
			t.Errorf("the notice does not stand on a line of its own: %q", out.String())
		}
		work(p, 20, 10, 0) // more than was announced
		p.Stage("reading \x1b[2J", 0)
		work(p, 2, 5, 0)
		if !strings.Contains(out.String(), `reading \x1b[2J`) || strings.Contains(out.String(), "\x1b") {
			t.Errorf("a stage's name commands the terminal: %q", out.String())
		}
		p.Close()
		if got := out.String(); !strings.HasSuffix(got, " \r") {
			t.Errorf("the bar is still there: %q", got)
		}
	})
}

func TestProgressThatIsNotWanted(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var out lockedBuffer
			p := term.NewProgress(term.Stream{Writer: &out, Terminal: terminal}, term.NoticesOnly, term.Printer{})
			p.Stage("creating orders", 100)
			work(p, 60, 1, 0)
			p.Notice("two orders of one number")
			p.Close()
			if got, want := out.String(), "two orders of one number\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestProgressGivenToAPrinter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ticks []term.Tick
		var notices []string
		p := term.NewProgress(term.Stream{Writer: &lockedBuffer{}, Terminal: true}, term.Everything, term.Printer{
			Tick:   func(t term.Tick) { ticks = append(ticks, t) },
			Notice: func(text string) { notices = append(notices, text) },
		})
		time.Sleep(time.Second / 2)
		p.Stage("creating orders", 100)
		work(p, 11, 5, 1)
		p.Notice("n")
		p.Close()
		want := term.Tick{Stage: "creating orders", Total: 100, Done: 45, Failed: 9, Taken: 9500 * time.Millisecond}
		if len(ticks) != 1 || ticks[0] != want {
			t.Errorf("got %+v, want %+v", ticks, want)
		}
		if len(notices) != 1 {
			t.Errorf("got %q", notices)
		}
	})
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234", 100: "100"} {
		if got := term.Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}
