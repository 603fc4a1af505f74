package sandbox

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Token is a bearer token that the sandbox accepts.
type Token struct {
	Value       string
	Permissions []string  // nil: all
	Expires     time.Time // zero: never
}

func allPermissions() []string {
	return []string{readCampaigns, writeCampaigns, readRecords, writeRecords, readRecordTypes}
}

// DefaultToken is the one token of a sandbox whose configuration names none.
const DefaultToken = "sandbox"

func (t *Token) may(permission string) bool {
	return t.Permissions == nil || slices.Contains(t.Permissions, permission)
}

// admit checks the token and its rate.
func (s *Server) admit(c *call) error {
	scheme, value, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || value == "" {
		return refuse(http.StatusUnauthorized, "a bearer token is missing")
	}
	i := slices.IndexFunc(s.tokens, func(t Token) bool { return t.Value == value })
	if i < 0 {
		return refuse(http.StatusUnauthorized, "the token is unknown")
	}
	c.token = &s.tokens[i]
	if expires := c.token.Expires; !expires.IsZero() && !s.clock().Before(expires) {
		return refuse(http.StatusUnauthorized, "the token has expired")
	}
	if s.rateLimit == 0 {
		return nil
	}
	now := s.clock()
	u, ok := s.limits[i].take(now, s.rateLimit)
	u.tell(c.w.Header())
	c.usage = u
	if !ok {
		return tooMany(u, now)
	}
	return nil
}

func (s *Server) me(c *call) (int, any, error) {
	permissions := c.token.Permissions
	if permissions == nil {
		permissions = allPermissions()
	}
	account := map[string]any{
		"user": map[string]any{
			"uuid": "5a7d0c1e-8f2b-4c65-9d3a-0e6b4f1a2c37", "name": "Sandbox", "email": "sandbox@example.com",
			"permissions": permissions,
		},
	}
	if s.rateLimit > 0 {
		account["rateLimit"] = c.usage
	}
	return http.StatusOK, account, nil
}

// usage is what a token has used of its rate limit.
type usage struct {
	Limit     int   `json:"limit"` // requests a second
	Remaining int   `json:"remaining"`
	Reset     int64 `json:"reset"` // Unix seconds
}

func (u usage) tell(header http.Header) {
	header.Set("X-RateLimit-Limit", strconv.Itoa(u.Limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(u.Remaining))
	header.Set("X-RateLimit-Reset", strconv.FormatInt(u.Reset, 10))
}

// A limit counts a token's requests in windows of one second, the plainest
// limit that real servers have.
type limit struct {
	mu     sync.Mutex
	window int64 // Unix seconds
	used   int
}

// take counts a request, unless the window is used up.
func (l *limit) take(now time.Time, perSecond int) (u usage, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if window := now.Unix(); window != l.window {
		l.window, l.used = window, 0
	}
	ok = l.used < perSecond
	if ok {
		l.used++
	}
	return usage{Limit: perSecond, Remaining: perSecond - l.used, Reset: l.window + 1}, ok
}

func tooMany(u usage, now time.Time) error {
	err := refuse(http.StatusTooManyRequests, "more than %d requests in a second", u.Limit)
	err.retryAfter = time.Unix(u.Reset, 0).Sub(now)
	return err
}

// wholeSeconds writes a delay for Retry-After, rounded up.
func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}
