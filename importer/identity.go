package importer

import (
	"encoding/json"
	"strings"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/mapping/phone"
)

const (
	identityPhone  = "phoneNumber"
	identityEmail  = "email"
	identityRecord = "recordUuid"
)

func (r *Runner) byPhone() bool { return r.Identity == "" || r.Identity == identityPhone }

// shared reports whether several people may have one number. Where the number
// says who somebody is, they cannot: each would be called again by every run.
func (r *Runner) shared() bool { return r.SharedNumbers && !r.byPhone() }

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

// e164 is a number that the server shows, in the form in which numbers are
// compared. The API keeps E.164; one that a server keeps otherwise is read as
// those of a file are, since it may be one that must not be called.
func e164(number, region string) string {
	if IsE164(number) {
		return number
	}
	if n, err := phone.Normalize(number, region); err == nil {
		return n.E164
	}
	if n, err := phone.Normalize("+"+number, ""); err == nil {
		return n.E164 // only the plus was missing
	}
	return strings.Map(func(c rune) rune {
		if c != '+' && (c < '0' || c > '9') {
			return -1
		}
		return c
	}, number)
}

// IsE164 reports whether a text is written as E.164 has it: a plus sign and up to
// 15 digits.
func IsE164(number string) bool {
	if len(number) < 2 || len(number) > 16 || number[0] != '+' {
		return false
	}
	for _, c := range number[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
