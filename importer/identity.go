package importer

import (
	"encoding/json"
	"strings"

	"github.com/campsync/campsync/client"
)

const (
	identityPhone  = "phoneNumber"
	identityEmail  = "email"
	identityRecord = "recordUuid"
)

func (r *Runner) byPhone() bool { return r.Identity == "" || r.Identity == identityPhone }

// otherKey is a record's key where the identity is not the number, and empty
// where it is, or where the server did not send the field.
func (r *Runner) otherKey(rec client.Record) string {
	switch {
	case r.byPhone():
		return ""
	case r.Identity == identityEmail:
		return strings.ToLower(strings.TrimSpace(rec.Email))
	case r.Identity == identityRecord:
		return strings.ToLower(rec.UUID)
	}
	return parameterText(rec, strings.TrimPrefix(r.Identity, "parameters."))
}

func parameterText(rec client.Record, id string) string {
	raw := rec.Parameters[id]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// e164 takes the writing off a number that the server shows; the API keeps
// E.164, and only that can be compared.
func e164(number string) string {
	digits := func(c rune) bool { return (c < '0' || c > '9') && c != '+' }
	if strings.IndexFunc(number, digits) < 0 {
		return number
	}
	return strings.Map(func(c rune) rune {
		if digits(c) {
			return -1
		}
		return c
	}, number)
}
