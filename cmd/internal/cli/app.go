package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/cmd/internal/term"
)

// Process is what the program gets from the system.
type Process struct {
	Args    []string // without the program's name
	Env     []string // "NAME=value"
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Signals <-chan os.Signal // SIGINT and SIGTERM; may be nil
}

// app is what all commands share.
type app struct {
	args       []string // as they were typed
	stdin      io.Reader
	out, errs  term.Stream
	env        environment
	interrupts interrupts
	global     globalOptions
	origins    origins   // where settings came from
	api        apiConfig // settings that only a file can hold
	log        *slog.Logger
	redactors  [2]*redactor // of out and errs
}

// Main runs the command line and returns the exit code.
func Main(ctx context.Context, p Process) int {
	return mainWith(ctx, p, func(*app, *cobra.Command) {})
}

// mainWith is Main with a say in what commands there are, for tests.
func mainWith(ctx context.Context, p Process, change func(*app, *cobra.Command)) int {
	a := &app{
		args:  p.Args,
		stdin: p.Stdin,
		env:   newEnvironment(p.Env),
	}
	a.out, a.redactors[0] = newStream(p.Stdout, a.env)
	a.errs, a.redactors[1] = newStream(p.Stderr, a.env)
	a.log = newLogger(a.errs, "text", slog.LevelWarn)
	var stop func()
	a.interrupts, stop = watch(ctx, p.Signals)
	defer stop()

	ended := make(chan error, 1)
	go func() { ended <- a.run(p.Args, change) }()
	select {
	case err := <-ended:
		return a.finish(err)
	case <-a.interrupts.hard.Done():
	}
	select {
	case err := <-ended:
		return a.finish(err)
	case <-time.After(grace):
		return int(exitCode(context.Cause(a.interrupts.hard)))
	}
}

// run runs one command; a panic becomes an error, so that what it says passes
// through finish as everything else does.
func (a *app) run(args []string, change func(*app, *cobra.Command)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fail(ExitStopped, "this is a fault of campsync; please report it with these lines",
				fmt.Errorf("internal error: %v\n%s", p, debug.Stack()))
		}
	}()
	root := newRoot(a)
	change(a, root)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.out)
	root.SetErr(a.errs)
	return a.interrupts.interrupted(root.ExecuteContext(a.interrupts.soft))
}

// newStream makes a stream that the token cannot pass.
func newStream(w io.Writer, env environment) (term.Stream, *redactor) {
	s := term.NewStream(w, env.get)
	r := &redactor{w: w}
	s.Writer = r
	return s, r
}

// hide keeps the token out of all that is printed from now on.
func (a *app) hide(secret string) {
	for _, r := range a.redactors {
		r.hide(secret)
	}
}

// finish says what went wrong, and gives the exit code.
func (a *app) finish(err error) int {
	code := exitCode(err)
	if text := spoken(err); len(text) > 0 {
		hint := hintOf(err)
		if hint == "" && stopped(code) {
			hint = a.sameAgain()
		}
		a.sayError(strings.Join(text, "\n"), hint, code)
	}
	for _, r := range a.redactors {
		if err := r.Flush(); err != nil {
			code = Worst(code, ExitStopped)
		}
	}
	return int(code)
}

// stopped reports whether a command has ended before it was done, through no
// fault of what was typed.
func stopped(code Exit) bool {
	switch code {
	case ExitStopped, ExitAuth, ExitTimeLimit, ExitInterrupted, ExitTerminated:
		return true
	}
	return false
}

// sameAgain is the command as it was typed: a command that was stopped and has
// nothing to go on with is given again.
func (a *app) sameAgain() string {
	words := []string{"campsync"}
	for _, arg := range a.args {
		words = append(words, shellQuoted(arg))
	}
	return strings.Join(words, " ")
}

func (a *app) sayError(text, hint string, code Exit) {
	if a.global.logFormat.value == "json" {
		newLogger(a.errs, "json", slog.LevelDebug).Error(text, "hint", hint, "exitCode", int(code))
		return
	}
	message := a.errs.Red("campsync:") + " " + term.EscapeLines(text) + "\n"
	for line := range strings.Lines(hint) {
		message += "  " + term.Escape(strings.TrimSuffix(line, "\n")) + "\n"
	}
	_, _ = io.WriteString(a.errs, message) // nobody is left to be told
}

// printf writes to stdout.
func (a *app) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(a.out, format, args...)
	return err
}

// notice says something on stderr that is no error, unless -q was given.
func (a *app) notice(format string, args ...any) {
	if a.global.quiet {
		return
	}
	text := fmt.Sprintf(format, args...)
	if a.global.logFormat.value == "json" {
		newLogger(a.errs, "json", slog.LevelDebug).Info(text)
		return
	}
	_, _ = io.WriteString(a.errs, term.EscapeLines(text)+"\n")
}
