package cli

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client/sandbox"
)

const sandboxLong = `Serve the API on this host, from a database of its own, until it is interrupted.
A sandbox that starts empty has one campaign, Demo, and one record type.

With --faults it misbehaves, so that trouble can be rehearsed. Faults are shares
of the requests, from 0 to 1, drawn by a seed; several are joined by commas:

  cut=0.1              the connection is closed, nothing is committed
  commit-then-cut=0.2  a write is committed, and its answer is cut off
  503=0.1, 429=0.1     answers with any status from 400 to 599; 5xx may have committed
  html=0.05            200 with a page of HTML
  truncate=0.05        committed, and the JSON of the answer ends too soon
  slow=0.01:20s        committed, and answered late (10 s where no time is given)
  late-commit=0.1:5s   committed late, the connection closed or 504 before
  lag=2s               reads do not see what was committed less than that ago
  retry-after=1        header of 429 and 503, as it is
  expire-after=300     the token expires after so many requests
  seed=7               other draws`

type sandboxOptions struct {
	address   string
	rateLimit count // requests a second; 0: none
	faults    faultsFlag
}

// faultsFlag is how the sandbox misbehaves, in the words of sandbox.ParseFaults.
type faultsFlag struct {
	sandbox.Faults
	text string
}

func (f *faultsFlag) String() string { return f.text }
func (f *faultsFlag) Type() string   { return "FAULTS" }

func (f *faultsFlag) Set(text string) (err error) {
	f.text = text
	f.Faults, err = sandbox.ParseFaults(text)
	return err
}

func newSandbox(a *app) *cobra.Command {
	var o sandboxOptions
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve the API locally, to try things out",
		Long:  sandboxLong,
		Args:  noArguments,
		RunE:  func(*cobra.Command, []string) error { return o.run(a) },
	}
	cmd.Flags().StringVar(&o.address, "addr", "127.0.0.1:8787", "loopback `HOST:PORT` to listen at; port 0 takes a free one")
	cmd.Flags().Var(&o.faults, "faults", "misbehave, as in commit-then-cut=0.2,503=0.1,lag=2s (see above)")
	cmd.Flags().Var(&o.rateLimit, "rate-limit", "answer 429 above this many requests a second (0: never)")
	return cmd
}

func (o *sandboxOptions) run(a *app) error {
	_, port, err := net.SplitHostPort(o.address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return usageError("", fmt.Errorf("--addr %q: must be a host and a port, such as 127.0.0.1:8787", o.address))
	}
	served, err := a.startSandbox(a.interrupts.soft, sandbox.Config{
		Path:      string(a.global.db),
		RateLimit: int(o.rateLimit),
		Faults:    o.faults.Faults,
	}, o.address)
	if errors.Is(err, sandbox.ErrNotLoopback) {
		return usageError("", err)
	}
	if err != nil {
		return err
	}
	if err := o.announce(a, served.url); err != nil {
		return err
	}
	return served.wait() // nil where it was asked to stop: that is what was wanted
}

// announce prints what a user pastes into another shell.
func (o *sandboxOptions) announce(a *app, url string) error {
	if a.global.json {
		return a.writeJSON("sandbox", struct {
			BaseURL  string `json:"baseUrl"`
			Token    string `json:"token"`
			Campaign string `json:"campaign"`
		}{url, sandboxToken, "Demo"})
	}
	err := a.printf("export CAMPSYNC_BASE_URL=%s\nexport CAMPSYNC_TOKEN=%s\n", url, sandboxToken)
	where := "in memory: all is gone when it stops"
	if a.global.db != "" {
		where = "in " + string(a.global.db)
	}
	a.notice("serving a sandbox (%s) with the campaign Demo; paste the two lines into another shell; Ctrl-C ends it", where)
	return err
}
