package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// AccountService tells whom the token belongs to.
type AccountService struct{ r *requester }

// Account is whom the token belongs to, and what it may do.
type Account struct {
	User  User
	Usage json.RawMessage            // rate-limit usage as it came; nil where there is none
	Extra map[string]json.RawMessage // fields that this package does not know
}

// User is the person or service of an account.
type User struct {
	UUID        string
	Name        string
	Email       string
	Permissions []string // such as campaigns:read; nil where the server does not say
	Extra       map[string]json.RawMessage
}

// Me verifies the token. An answer of 401 means that it is not, or no longer,
// valid.
func (s *AccountService) Me(ctx context.Context) (Account, error) {
	var a Account
	err := s.r.call(ctx, request{op: "verify token", method: http.MethodGet, path: pathMe}, func(text []byte) error {
		return a.UnmarshalJSON(text)
	})
	return a, err
}

// UnmarshalJSON reads an account: {"user": {...}, ...}, or the bare user.
func (a *Account) UnmarshalJSON(text []byte) error {
	o, err := parseObject(text)
	if err != nil {
		return err
	}
	*a = Account{}
	user, nested := o.raw("user")
	if !nested {
		if err := a.User.UnmarshalJSON(text); err != nil {
			return err
		}
		if a.User.UUID == "" && a.User.Email == "" && a.User.Permissions == nil {
			return errors.New("no user")
		}
		return nil
	}
	if err := a.User.UnmarshalJSON(user); err != nil {
		return err
	}
	o.remove("user")
	for _, name := range []string{"rateLimit", "rateLimits", "rateLimitUsage", "usage"} {
		if a.Usage == nil {
			take(&o, name, &a.Usage)
		}
	}
	a.Extra = o.extra()
	return nil
}

// UnmarshalJSON reads a user.
func (u *User) UnmarshalJSON(text []byte) error {
	o, err := parseObject(text)
	if err != nil {
		return err
	}
	*u = User{UUID: o.text("uuid"), Name: o.text("name"), Email: o.text("email")}
	take(&o, "permissions", &u.Permissions)
	u.Extra = o.extra()
	return nil
}
