package cli

import (
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client/sandbox"
)

type sandboxOptions struct {
	address   string
	rateLimit count // requests a second; 0: none
}

func newSandbox(a *app) *cobra.Command {
	var o sandboxOptions
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve the API locally, to try things out",
		Long: `Serve the API on this host, from a database of its own, until it is interrupted.
A sandbox that starts empty has one campaign, Demo, and one record type.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return o.run(a) },
	}
	cmd.Flags().StringVar(&o.address, "addr", "127.0.0.1:8787", "loopback `HOST:PORT` to listen at; port 0 takes a free one")
	cmd.Flags().Var(&o.rateLimit, "rate-limit", "answer 429 above this many requests a second (0: never)")
	return cmd
}

func (o *sandboxOptions) run(a *app) error {
	if _, _, err := net.SplitHostPort(o.address); err != nil {
		return usageError("", fmt.Errorf("--addr %q: must be a host and a port, such as 127.0.0.1:8787", o.address))
	}
	served, err := a.startSandbox(a.interrupts.soft, sandbox.Config{
		Path:      string(a.global.db),
		RateLimit: int(o.rateLimit),
	}, o.address)
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
