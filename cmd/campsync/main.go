// Command campsync brings contacts from files into calling campaigns.
package main

import (
	"context"
	"io"
	"log" //nolint:depguard // only to silence it
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a static binary in an empty container has no time zones otherwise

	"github.com/campsync/campsync/cmd/internal/cli"
)

func main() {
	// net/http writes what a server sends unasked to the log of all.
	log.SetOutput(io.Discard)
	boundMemory()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	os.Exit(cli.Main(context.Background(), cli.Process{
		Args:    os.Args[1:],
		Env:     os.Environ(),
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
		Signals: signals,
	}))
}
