package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Config says how to reach the API. Only BaseURL and Token are required.
type Config struct {
	BaseURL        string            // https, or http to loopback; with a path: "https://callcamp.ai/api"
	Token          string            `json:"-"` // bearer token. One under 8 bytes is a word, and is left where it occurs in data
	UserAgent      string            // "": campsync
	Timeout        time.Duration     // of one attempt, its answer included; 0: 30 s
	ConnectTimeout time.Duration     // of connecting, and again of the TLS handshake; 0: 10 s
	Patience       time.Duration     // how long a read is tried again while it gets no proper answer; 0: 1 min
	Paths          Paths             // overrides of the assumed paths
	Gate           *Gate             // what requests have to pass; nil: NewGate(Limits{}). Clients may share one
	Transport      http.RoundTripper // nil: our own. Another one must not follow redirects nor send writes again, and must serve httptrace
}

// Format writes a Config without its token, for every verb of fmt.
func (c Config) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "client.Config{BaseURL:%q, Token:(secret), Timeout:%s}", displayURL(c.BaseURL), c.Timeout)
}

// LogValue logs a Config without its token.
func (c Config) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// MarshalJSON writes a Config without its token.
func (c Config) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(c)) }

// Client is the API, one service for each of its resources. It is safe for
// concurrent use.
type Client struct {
	Orders      *OrdersService
	Records     *RecordsService
	RecordTypes *RecordTypesService
	Campaigns   *CampaignsService
	Account     *AccountService

	r *requester
}

// New checks the configuration and makes a client. It sends nothing.
func New(c Config) (*Client, error) {
	base, err := parseBase(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := checkToken(c.Token); err != nil {
		return nil, err
	}
	paths, err := c.Paths.withDefaults()
	if err != nil {
		return nil, err
	}
	if c.Gate == nil {
		c.Gate = NewGate(Limits{})
	}
	if c.UserAgent == "" {
		c.UserAgent = "campsync"
	}
	if strings.ContainsFunc(c.UserAgent, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, fmt.Errorf("user agent %q must be plain text on one line", c.UserAgent)
	}
	c.Timeout = orDefault(c.Timeout, 30*time.Second)
	c.ConnectTimeout = orDefault(c.ConnectTimeout, 10*time.Second)
	c.Patience = orDefault(c.Patience, time.Minute)
	if c.Transport == nil {
		c.Transport = newTransport(base, c.ConnectTimeout, c.Gate.MaxConcurrency())
	}
	r := newRequester(base, c)
	return &Client{
		Orders:      &OrdersService{r: r, paths: paths},
		Records:     &RecordsService{r: r},
		RecordTypes: &RecordTypesService{r: r},
		Campaigns:   &CampaignsService{r: r},
		Account:     &AccountService{r: r},
		r:           r,
	}, nil
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

// Origin identifies the server and the place of the API on it, as
// scheme://host:port/path, however the base URL was written.
func (c *Client) Origin() string {
	u := *c.r.base
	u.Host = net.JoinHostPort(strings.ToLower(u.Hostname()), port(&u))
	return u.String()
}

// CloseIdleConnections closes the connections that are kept for requests to
// come. The client can still be used.
func (c *Client) CloseIdleConnections() {
	if t, ok := c.r.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// parseBase checks a base URL. Its errors do not repeat what may be a
// password.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return nil, fmt.Errorf("base URL %q is no address such as https://callcamp.ai/api", displayURL(text))
	}
	switch {
	case u.User != nil:
		return nil, fmt.Errorf("base URL %q must hold no user or password: the token is given apart", displayURL(text))
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("base URL %q must hold no query or fragment", displayURL(text))
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("base URL %q must begin with https: http would send the token in the clear, and is for this machine only (localhost, 127.0.0.1, ::1)", displayURL(text))
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("base URL %q must begin with https", displayURL(text))
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// displayURL is a URL without what may be secret: everything before an @, and
// the query.
func displayURL(text string) string {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		scheme, _, _ := strings.Cut(text, "://")
		text = scheme + "://" + text[i+1:]
	}
	text, _, _ = strings.Cut(text, "?")
	return text
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// checkToken refuses what cannot stand in a header.
func checkToken(token string) error {
	if token == "" {
		return errors.New("no token: the API answers nobody without one")
	}
	for _, c := range []byte(token) {
		if c <= ' ' || c >= 0x7f {
			return errors.New("the token holds a space, a line end or another character that a token cannot have: look at how it was copied")
		}
	}
	return nil
}
