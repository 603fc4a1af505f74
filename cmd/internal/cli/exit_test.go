package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/cmd/internal/cli"
)

func TestExitCodes(t *testing.T) {
	plain := errors.New("disk full")
	refused := &client.Error{Op: "create order", Status: 403}
	for _, test := range []struct {
		name string
		err  error
		want cli.Exit
	}{
		{"none", nil, 0},
		{"any error", plain, 1},
		{"usage", cli.Fail(cli.ExitUsage, "", plain), 2},
		{"wrapped", fmt.Errorf("reading: %w", cli.Fail(cli.ExitUsage, "", plain)), 2},
		{"outer code counts", cli.Fail(cli.ExitGuard, "", cli.Fail(cli.ExitUsage, "", plain)), 5},
		{"401", &client.Error{Op: "verify token", Status: 401}, 4},
		{"403, wrapped", fmt.Errorf("sending: %w", refused), 4},
		{"422", &client.Error{Op: "create order", Status: 422}, 1},
		{"no answer", &client.Error{Op: "list orders", Err: context.DeadlineExceeded}, 1},
		{"joined: auth before stopped", errors.Join(plain, refused), 4},
		{"joined: unbalanced before ambiguous", errors.Join(cli.Fail(cli.ExitAmbiguous, "", nil), cli.Fail(cli.ExitUnbalanced, "", nil)), 9},
		{"joined deep", fmt.Errorf("x: %w", errors.Join(cli.Fail(cli.ExitPartial, "", nil), fmt.Errorf("y: %w", cli.Fail(cli.ExitTimeLimit, "", nil)))), 8},
	} {
		if got := cli.ExitCode(test.err); got != test.want {
			t.Errorf("%s: exit code %d, want %d", test.name, got, test.want)
		}
	}
}

// The order of the contract: 130/143, 4, 1, 5, 8, 9, 7, 3.
func TestUrgency(t *testing.T) {
	order := []cli.Exit{130, 4, 1, 5, 8, 9, 7, 3, 0}
	for i, first := range order {
		for _, second := range order[i:] {
			if got := cli.Worst(second, first); got != first {
				t.Errorf("of %d and %d, %d wins", first, second, got)
			}
		}
	}
	if got := cli.Worst(143, 4); got != 143 {
		t.Errorf("of 143 and 4, %d wins", got)
	}
	if got := cli.Worst(); got != 0 {
		t.Errorf("of none, %d", got)
	}
}

func process(signals <-chan os.Signal) (cli.Process, *bytes.Buffer) {
	var stderr bytes.Buffer
	return cli.Process{Args: []string{"try"}, Stdout: &bytes.Buffer{}, Stderr: &stderr, Signals: signals}, &stderr
}

func TestFirstSignalDrains(t *testing.T) {
	inFolder(t, nil)
	for signal, want := range map[os.Signal]int{os.Interrupt: 130, syscall.SIGTERM: 143} {
		synctest.Test(t, func(t *testing.T) {
			p, stderr := process(cli.Signals(signal))
			code := cli.MainWith(p, func(soft, hard context.Context) error {
				<-soft.Done()
				time.Sleep(time.Hour) // what is under way takes its time
				if hard.Err() != nil {
					t.Error("the first signal stops at once")
				}
				return fmt.Errorf("creating orders: %w", soft.Err())
			})
			if code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
			if got := stderr.String(); got != "campsync: interrupted\n  campsync try\n" && got != "campsync: terminated\n  campsync try\n" {
				t.Errorf("said %q", got)
			}
		})
	}
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	inFolder(t, nil)
	synctest.Test(t, func(t *testing.T) {
		p, _ := process(cli.Signals(os.Interrupt, os.Interrupt))
		release := make(chan struct{})
		start := time.Now()
		code := cli.MainWith(p, func(_, hard context.Context) error {
			<-hard.Done()
			<-release // hangs whatever it is told
			return nil
		})
		if took := time.Since(start); code != 130 || took > 2*time.Second {
			t.Errorf("exit code %d after %s", code, took)
		}
		close(release)
	})
}

func TestAnErrorThatIsNoInterruptKeepsItsCode(t *testing.T) {
	inFolder(t, nil)
	synctest.Test(t, func(t *testing.T) {
		p, stderr := process(cli.Signals(os.Interrupt))
		code := cli.MainWith(p, func(soft, _ context.Context) error {
			<-soft.Done()
			return errors.New("the ledger cannot be written")
		})
		if code != 1 || !strings.Contains(stderr.String(), "the ledger") {
			t.Errorf("exit code %d, %s", code, stderr)
		}
	})
}

func TestWhatEndsWellInSpiteOfASignalIsWell(t *testing.T) {
	inFolder(t, nil)
	synctest.Test(t, func(t *testing.T) {
		p, _ := process(cli.Signals(os.Interrupt))
		if code := cli.MainWith(p, func(soft, _ context.Context) error { <-soft.Done(); return nil }); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
}
