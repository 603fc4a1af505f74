package term

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
)

// roomBesideBar is what percentage, counts, rate and times take beside the bar.
const roomBesideBar = 55

const (
	redraw   = 100 * time.Millisecond // on a terminal
	lineEach = 10 * time.Second       // elsewhere
)

// Progress shows how far a run has come: as a bar on a terminal, as a line
// every 10 seconds elsewhere. It is an observer of runs; all its methods may
// be called from several goroutines, and Advance costs two additions.
type Progress struct {
	out   Stream
	show  Show
	say   Printer
	every time.Duration

	done, failed atomic.Int64 // of the stage

	mu      sync.Mutex
	stage   Tick // Done and Failed stay 0
	started time.Time
	bar     *progressbar.ProgressBar // nil unless one is drawn

	stop    chan struct{}
	stopped sync.WaitGroup
	once    sync.Once
}

// Show says how much a Progress shows.
type Show int

const (
	Everything  Show = iota
	NoticesOnly      // neither bar nor lines
)

// Printer says things off a terminal. The zero Printer writes lines of text.
type Printer struct {
	Tick   func(Tick)
	Notice func(string)
}

// Tick is how far a stage has come.
type Tick struct {
	Stage  string
	Total  int64 // 0 where it is not known
	Done   int64
	Failed int64
	Taken  time.Duration
}

// NewProgress starts a display on out; Close ends it. Where say has functions
// they are called, also on a terminal, instead of writing to out.
func NewProgress(out Stream, show Show, say Printer) *Progress {
	p := &Progress{out: out, show: show, say: say, stop: make(chan struct{}), every: lineEach}
	if say.Tick == nil {
		p.say.Tick = func(t Tick) { p.line(t.String()) }
		if out.Terminal {
			p.every = redraw
		}
	}
	if say.Notice == nil {
		p.say.Notice = p.line
	}
	if show == Everything {
		p.stopped.Go(p.run)
	}
	return p
}

// Stage begins a stage; total is 0 where it is not known.
func (p *Progress) Stage(name string, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.bar = nil
	p.stage = Tick{Stage: name, Total: total}
	p.started = time.Now()
	p.done.Store(0)
	p.failed.Store(0)
}

// Advance counts work done in the stage, and how much of it went wrong.
func (p *Progress) Advance(done, failed int64) {
	p.done.Add(done)
	p.failed.Add(failed)
}

// Notice says something once, above the bar where there is one.
func (p *Progress) Notice(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.say.Notice(text)
}

// Close takes the bar away. It may be called more than once.
func (p *Progress) Close() {
	p.once.Do(func() {
		close(p.stop)
		p.stopped.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.erase()
		p.stage = Tick{}
	})
}

func (p *Progress) run() {
	ticker := time.NewTicker(p.every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.tick()
		case <-p.stop:
			return
		}
	}
}

func (p *Progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage.Stage == "" {
		return
	}
	t := p.stage
	t.Done, t.Failed, t.Taken = p.done.Load(), p.failed.Load(), time.Since(p.started)
	if p.every == redraw {
		p.draw(t)
		return
	}
	p.say.Tick(t)
}

// draw brings the bar up to date.
func (p *Progress) draw(t Tick) {
	if p.bar == nil {
		p.bar = p.newBar(t)
	}
	description := Escape(t.Stage)
	if rate := t.Rate(); rate >= 1 && t.Taken >= time.Second { // before, it says nothing
		description += fmt.Sprintf(", %s/s", Count(int64(rate)))
	}
	if t.Failed > 0 {
		description += fmt.Sprintf(", %s failed", Count(t.Failed))
	}
	progressbar.OptionSetDescription(description)(p.bar)
	done := t.Done
	if t.Total > 0 {
		done = min(done, t.Total)
	}
	_ = p.bar.Set64(done) // a bar that cannot be drawn must not stop a run
}

func (p *Progress) newBar(t Tick) *progressbar.ProgressBar {
	total := t.Total
	if total <= 0 {
		total = -1 // the library's word for unknown
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(p.out),
		progressbar.OptionSetWidth(max(5, min(30, p.out.Width()-StringWidth(t.Stage)-roomBesideBar))),
		progressbar.OptionShowCount(),
		progressbar.OptionShowTotalBytes(total > 0),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine of its own
		progressbar.OptionClearOnFinish(),
	)
}

func (p *Progress) erase() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

func (p *Progress) line(text string) {
	_, _ = io.WriteString(p.out, EscapeLines(text)+"\n")
}

// Rate is what is done in a second.
func (t Tick) Rate() float64 {
	if t.Taken <= 0 {
		return 0
	}
	return float64(t.Done) / t.Taken.Seconds()
}

// Left is the time that the rest will take at this rate; 0 where it is not known.
func (t Tick) Left() time.Duration {
	if t.Total <= t.Done || t.Rate() == 0 {
		return 0
	}
	return time.Duration(float64(t.Total-t.Done) / t.Rate() * float64(time.Second)).Round(time.Second)
}

// String is the line that is printed off a terminal.
func (t Tick) String() string {
	text := t.Stage + ": " + Count(t.Done)
	if t.Total > 0 {
		text += fmt.Sprintf(" of %s (%d%%)", Count(t.Total), 100*t.Done/t.Total)
	}
	if rate := t.Rate(); rate >= 10 {
		text += fmt.Sprintf(", %s/s", Count(int64(rate)))
	} else if rate > 0 {
		text += fmt.Sprintf(", %.1f/s", rate)
	}
	if t.Failed > 0 {
		text += fmt.Sprintf(", %s failed", Count(t.Failed))
	}
	if left := t.Left(); left > 0 {
		text += fmt.Sprintf(", %s left", left)
	}
	return text
}

// Count writes a number with its thousands set off: 12,345.
func Count(n int64) string {
	text := fmt.Sprintf("%d", n)
	digits := text
	if n < 0 {
		digits = text[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if n < 0 {
		return "-" + digits
	}
	return digits
}
