package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
)

// connection says how a server is talked to; the zero value is how commands
// that only read do it.
type connection struct {
	rate        rateLimit
	concurrency int           // 0: found out
	timeout     time.Duration // of one request; 0: the client's default
	patience    time.Duration // how long reads are tried again while the server is down; 0: as long as somebody waits
}

// session is a server that can be asked: the API, or a sandbox inside the
// process.
type session struct {
	*client.Client
	first     *client.Client // for the first contact: it gives up sooner
	gate      *client.Gate
	server    string // identifies the server, for ledger and lock; a sandbox by its file
	tokenFrom string // where the token came from
	transient bool   // all that it holds is gone after Close
	workers   int    // rows that are worth dealing with at a time
	close     func() error
}

// Close ends the session, and with it a sandbox.
func (s *session) Close() error { return s.close() }

// connect opens a session. Nothing is sent yet.
func (a *app) connect(c connection) (*session, error) {
	if a.global.sandbox {
		return a.connectSandbox(c)
	}
	secret, from, err := a.token()
	if err != nil {
		code := ExitUsage
		hint := ""
		if secret == "" && from == "" {
			code = ExitAuth
			hint = "set CAMPSYNC_TOKEN, or name a file with --token-file; --sandbox tries things out with no account"
		}
		return nil, fail(code, hint, err)
	}
	if secret != sandboxToken { // which is no secret, and a word of ours
		a.hide(secret)
	}
	var memory *rateMemory
	if c.rate.Auto {
		if memory, err = a.rateMemory(a.global.baseURL, secret); err != nil {
			return nil, err
		}
		c.rate.PerSecond = memory.load()
	}
	s, err := a.open(c, a.global.baseURL, secret)
	if err != nil {
		return nil, usageError(fmt.Sprintf("base URL from: %s; token from: %s", a.originOf("base-url"), from), err)
	}
	s.server, s.tokenFrom = s.Origin(), from
	s.close = func() error {
		if memory == nil {
			return nil
		}
		return memory.save(s.gate.Stats().Limit)
	}
	return s, nil
}

// hurry is how long a server that does not answer is tried again while nothing
// has been done yet, and somebody may wait in front of the terminal.
const hurry = 8 * time.Second

// open makes the client.
func (a *app) open(c connection, baseURL, secret string) (*session, error) {
	gate := client.NewGate(client.Limits{Rate: c.rate.PerSecond, Auto: c.rate.Auto, Concurrency: c.concurrency})
	config := client.Config{
		BaseURL:   baseURL,
		Token:     secret,
		UserAgent: userAgent(),
		Timeout:   c.timeout,
		Patience:  hurry,
		Gate:      gate,
		Paths: client.Paths{
			CreateOrder: a.api.createOrder,
			UpdateOrder: a.api.updateOrder,
			Associate:   a.api.associate,
			RemoveOrder: a.api.removeOrder,
		},
	}
	first, err := client.New(config)
	if err != nil {
		return nil, err
	}
	s := &session{Client: first, first: first, gate: gate, workers: gate.MaxConcurrency()}
	if c.patience > 0 {
		config.Patience = c.patience
		s.Client, err = client.New(config)
	}
	return s, err
}

// connectSandbox serves a sandbox on a free port of this host and opens a
// session with it. It lives as long as the process is not told to stop at
// once: a run that was interrupted still gets its answers.
func (a *app) connectSandbox(c connection) (*session, error) {
	if a.origins["base-url"] != "" {
		a.log.Info("the base URL is not used with --sandbox", slog.String("from", a.origins["base-url"]))
	}
	ctx, stop := context.WithCancel(a.interrupts.hard)
	served, err := a.startSandbox(ctx, sandbox.Config{Path: string(a.global.db)}, "127.0.0.1:0")
	if err != nil {
		stop()
		return nil, err
	}
	s, err := a.open(c, served.url, sandboxToken)
	if err != nil {
		stop()
		return nil, errors.Join(err, served.wait())
	}
	s.server, s.tokenFrom = "sandbox:"+served.url, "the sandbox"
	s.transient = a.global.db == ""
	if !s.transient {
		path, err := filepath.Abs(string(a.global.db))
		if err != nil {
			stop()
			return nil, errors.Join(fmt.Errorf("sandbox %s: %w", a.global.db, err), served.wait())
		}
		s.server = (&url.URL{Scheme: "sandbox", Path: filepath.ToSlash(path)}).String()
	}
	s.close = func() error {
		s.first.CloseIdleConnections()
		s.CloseIdleConnections() // a server waits for those that it has not heard of yet
		stop()
		return served.wait()
	}
	return s, nil
}

// originOf says where a setting came from.
func (a *app) originOf(flag string) string {
	if from := a.origins[flag]; from != "" {
		return from
	}
	return "default"
}

// closeInto is Close for a defer: its error joins what the command returns.
func (s *session) closeInto(err *error) { *err = errors.Join(*err, s.Close()) }

// campaign finds a campaign by name or UUID.
func (s *session) campaign(ctx context.Context, nameOrUUID string) (client.Campaign, error) {
	c, err := s.first.Campaigns.Find(ctx, nameOrUUID)
	var not *client.FindError
	if errors.As(err, &not) {
		return c, usageError("campsync campaigns lists them", err)
	}
	return c, err
}
