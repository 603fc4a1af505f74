package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newAuth(a *app) *cobra.Command {
	auth := group(&cobra.Command{Use: "auth", Short: "What the token is"})
	auth.AddCommand(&cobra.Command{
		Use:   "status",
		Short: "Show whose token it is, and what it may do",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.authStatus(cmd.Context()) },
	})
	return auth
}

// tokenStatus is what auth status tells. The token itself is no part of it.
type tokenStatus struct {
	BaseURL     string          `json:"baseUrl"`
	BaseURLFrom string          `json:"baseUrlFrom"`
	TokenFrom   string          `json:"tokenFrom"`
	User        string          `json:"user"`
	Email       string          `json:"email,omitempty"`
	Permissions []string        `json:"permissions"` // null: the server does not say
	Usage       json.RawMessage `json:"rateLimit,omitempty"`
}

func (a *app) authStatus(ctx context.Context) (err error) {
	s, err := a.connect(connection{})
	if err != nil {
		return err
	}
	defer s.closeInto(&err)
	account, err := s.Account.Me(ctx)
	if err != nil {
		return fmt.Errorf("token from %s, at %s: %w", s.tokenFrom, s.Origin(), err)
	}
	status := tokenStatus{
		BaseURL: s.Origin(), BaseURLFrom: a.originOf("base-url"), TokenFrom: s.tokenFrom,
		User: account.User.Name, Email: account.User.Email, Permissions: account.User.Permissions, Usage: account.Usage,
	}
	if a.global.sandbox {
		status.BaseURLFrom = "--sandbox"
	}
	if a.global.json {
		return a.writeJSON("auth-status", status)
	}
	return a.printFields([][2]string{
		{"account", strings.TrimSpace(status.User + " " + bracketed(status.Email))},
		{"permissions", a.permissions(status.Permissions)},
		{"base URL", status.BaseURL + " " + bracketed(status.BaseURLFrom)},
		{"token", "from " + status.TokenFrom},
		{"rate limit", string(status.Usage)},
	})
}

func (a *app) permissions(p []string) string {
	if p == nil {
		return "(the server does not say)"
	}
	return strings.Join(p, ", ")
}

func bracketed(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}
