package cli

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// grace is how long a command may take to stop after the second signal before
// the process ends without it.
const grace = 2 * time.Second

// signalError is the cause with which contexts end when the user or the system
// asks the process to stop.
type signalError struct{ signal os.Signal }

func (s *signalError) Error() string {
	if s.signal == syscall.SIGTERM {
		return "terminated"
	}
	return "interrupted"
}

func (s *signalError) exit() Exit {
	if s.signal == syscall.SIGTERM {
		return ExitTerminated
	}
	return ExitInterrupted
}

// interrupts are the two ways in which a command is asked to stop. A command
// that only reads lives under soft. One that sends takes no new work when soft
// ends, goes on with what is under way and with its reports under hard, and
// drops everything when that ends.
type interrupts struct {
	soft, hard context.Context
}

// watch turns signals into the ends of two contexts. The returned function
// gives its goroutine back.
func watch(ctx context.Context, signals <-chan os.Signal) (interrupts, func()) {
	hard, stopNow := context.WithCancelCause(ctx)
	soft, drain := context.WithCancelCause(hard)
	done := make(chan struct{})
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for _, stop := range []context.CancelCauseFunc{drain, stopNow} {
			select {
			case s := <-signals:
				stop(&signalError{signal: s})
			case <-done:
				return
			}
		}
	}()
	return interrupts{soft: soft, hard: hard}, func() {
		close(done)
		<-gone
		drain(nil)
		stopNow(nil)
	}
}

// interrupted gives an error that was caused by a signal the signal's exit
// code: a request that was cut off reports the context's end, not its cause.
func (i interrupts) interrupted(err error) error {
	var stop *signalError
	if err == nil || !errors.As(context.Cause(i.soft), &stop) || !errors.Is(err, context.Canceled) {
		return err
	}
	return fail(stop.exit(), "", stop)
}
