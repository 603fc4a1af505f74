package cli

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/campsync/campsync/importer"
)

// What the tests need of the inside.
var (
	ExitCode      = exitCode
	Fail          = fail
	OpenReportDir = openReportDir
	Nearest       = nearest
)

// ExpandFiles is for a command of this name.
func ExpandFiles(command string, args []string) ([]string, error) {
	return expandFiles(&cobra.Command{Use: command}, args)
}

// ParseCap reads the text of a flag that is a bound.
func ParseCap(text string) (c importer.Cap, err error) {
	err = capFlag{&c}.Set(text)
	return c, err
}

// Settings resolves the flags of a command that has them all, and gives their
// values and where these came from.
func Settings(p Process) (values, origins map[string]string, err error) {
	var a *app
	values = make(map[string]string)
	code := mainWith(context.Background(), p, func(in *app, root *cobra.Command) {
		a = in
		var read readOptions
		var send sendOptions
		cmd := &cobra.Command{Use: "try", RunE: func(cmd *cobra.Command, _ []string) error {
			if err = read.check(); err == nil {
				err = send.check()
			}
			cmd.Flags().VisitAll(func(f *pflag.Flag) { values[f.Name] = f.Value.String() })
			return err
		}}
		read.bind(cmd)
		send.bind(cmd)
		var files filePaths
		cmd.Flags().Var(&files, "files", "several")
		cmd.Flags().Var(&texts{}, "names", "several")
		root.AddCommand(cmd)
	})
	if err == nil && code != 0 {
		err = Fail(Exit(code), "", nil)
	}
	for key, path := range a.api.fields() {
		values[key] = *path
	}
	return values, a.origins, err
}

// MainWith is Main with a command "try" that runs fn, which is given the
// contexts that the first and the second signal end.
func MainWith(p Process, fn func(soft, hard context.Context) error) int {
	return mainWith(context.Background(), p, func(a *app, root *cobra.Command) {
		root.AddCommand(&cobra.Command{Use: "try", RunE: func(cmd *cobra.Command, _ []string) error {
			return fn(cmd.Context(), a.interrupts.hard)
		}})
	})
}

// NewRedactor keeps secret out of w.
func NewRedactor(w io.Writer, secret string) *redactor {
	return &redactor{w: w, secret: []byte(secret)}
}

// Signals makes a channel of signals for a Process.
func Signals(s ...os.Signal) <-chan os.Signal {
	c := make(chan os.Signal, len(s))
	for _, one := range s {
		c <- one
	}
	return c
}
