package cli

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/campsync/campsync/client"
)

// Exit is the exit code of the program. Scripts are written against these
// numbers.
type Exit int

const (
	ExitDone        Exit = 0
	ExitStopped     Exit = 1 // an error ended it; what was done is in the ledger
	ExitUsage       Exit = 2 // wrong usage, configuration or mapping; nothing was sent
	ExitPartial     Exit = 3 // done, but some rows were rejected or failed
	ExitAuth        Exit = 4 // not authenticated or not permitted
	ExitGuard       Exit = 5 // a guard stopped it
	ExitLocked      Exit = 6 // another run holds the campaign
	ExitAmbiguous   Exit = 7 // done, but ambiguous rows are left
	ExitTimeLimit   Exit = 8
	ExitUnbalanced  Exit = 9  // the books do not balance with the server
	ExitChanges     Exit = 10 // plan --exit-code: there is something to do
	ExitInterrupted Exit = 130
	ExitTerminated  Exit = 143
)

// exits are the codes with their meaning, as the help shows them.
var exits = [...]struct {
	code  string
	means string
}{
	{"0", "done; every row has the outcome that was wanted"},
	{"1", "stopped by an error; the last line says how to go on"},
	{"2", "wrong usage, configuration or mapping; nothing was sent"},
	{"3", "done, but some rows were rejected or failed"},
	{"4", "not authenticated or not permitted"},
	{"5", "stopped by a guard: errors, removals, empty source, plan out of date"},
	{"6", "another run holds the campaign"},
	{"7", "done, but ambiguous rows are left"},
	{"8", "the time limit was reached"},
	{"9", "the books do not balance with the server"},
	{"10", "plan --exit-code: there is something to do"},
	{"130, 143", "interrupted"},
}

// urgency is the order in which exit codes win where several hold. Usage and
// locked come before anything was done, so that no other code goes with them.
var urgency = [...]Exit{
	ExitInterrupted, ExitTerminated, ExitUsage, ExitLocked,
	ExitAuth, ExitStopped, ExitGuard, ExitTimeLimit, ExitUnbalanced, ExitAmbiguous, ExitChanges, ExitPartial,
}

// Worst is the code that wins where several hold.
func Worst(codes ...Exit) Exit {
	for _, code := range urgency {
		if slices.Contains(codes, code) {
			return code
		}
	}
	return ExitDone
}

// failure is an error that knows its exit code and what the user can do.
type failure struct {
	code Exit
	hint string // what to do, or the command to type; may have several lines
	err  error  // nil: the command has said everything itself
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit code %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// fail gives an error an exit code and, where hint is not empty, the line
// below it that says what to do.
func fail(code Exit, hint string, err error) error {
	return &failure{code: code, hint: hint, err: err}
}

// exitWith ends a command that has said everything itself; nil for 0.
func exitWith(code Exit) error {
	if code == ExitDone {
		return nil
	}
	return &failure{code: code}
}

// usageError is wrong usage, configuration or mapping.
func usageError(hint string, err error) error { return fail(ExitUsage, hint, err) }

// exitCode is the only map from errors to exit codes. Of joined errors the
// most urgent counts.
func exitCode(err error) Exit {
	if err == nil {
		return ExitDone
	}
	return Worst(exitCodes(err)...)
}

func exitCodes(err error) []Exit {
	switch e := err.(type) { //nolint:errorlint // the tree of joined errors is walked node by node
	case nil:
		return []Exit{ExitStopped}
	case *failure:
		return []Exit{e.code}
	case *signalError:
		return []Exit{e.exit()}
	case *client.Error:
		if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden {
			return []Exit{ExitAuth}
		}
		return exitCodes(e.Err)
	case interface{ Unwrap() []error }:
		var codes []Exit
		for _, one := range e.Unwrap() {
			codes = append(codes, exitCodes(one)...)
		}
		return codes
	}
	return exitCodes(errors.Unwrap(err))
}

// hintOf is the first hint in the tree of an error.
func hintOf(err error) string {
	var f *failure
	if errors.As(err, &f) {
		if f.hint != "" {
			return f.hint
		}
		return hintOf(f.err)
	}
	return ""
}

// spoken are the texts of an error, one for each of joined ones, without those
// that commands have said themselves.
func spoken(err error) []string {
	switch e := err.(type) { //nolint:errorlint // only joined errors are taken apart
	case nil:
		return nil
	case *failure:
		return spoken(e.err)
	case interface{ Unwrap() []error }:
		var texts []string
		for _, one := range e.Unwrap() {
			texts = append(texts, spoken(one)...)
		}
		return texts
	}
	return []string{err.Error()}
}
