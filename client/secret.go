package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"net/url"
	"strings"
)

// secret is the token. It lives in closures alone, where no printing of a
// value that holds it can find it.
type secret struct {
	authorization func() string
	forms         func() []string // the token as a server may write it back
	long          bool
}

const removed = "(token removed)"

func newSecret(token string) secret {
	forms := []string{token}
	quoted, _ := json.Marshal(token)
	for _, form := range []string{
		string(quoted[1 : len(quoted)-1]), strings.ReplaceAll(token, "/", `\/`),
		url.QueryEscape(token), url.PathEscape(token), html.EscapeString(token),
	} {
		if form != token {
			forms = append(forms, form)
		}
	}
	header := "Bearer " + token
	return secret{
		authorization: func() string { return header },
		forms:         func() []string { return forms },
		// A very short token is a word that occurs in answers by itself, and
		// is no secret; taking it out would change people's data.
		long: len(token) >= 8,
	}
}

// redact takes the token out of a body.
func (s secret) redact(text []byte) []byte {
	if !s.long {
		return text
	}
	for _, form := range s.forms() {
		if bytes.Contains(text, []byte(form)) {
			text = bytes.ReplaceAll(text, []byte(form), []byte(removed))
		}
	}
	return text
}

// clean makes the server's words fit to be shown: without the token, on one
// line, of bounded length, with nothing that a terminal would obey.
func (s secret) clean(text string) string {
	for _, form := range s.forms() {
		text = strings.ReplaceAll(text, form, removed)
	}
	return printable(text, maxMessage)
}

// strip makes an error fit to be kept. Where its text holds the token, only
// the cleaned text remains of it.
func (s secret) strip(err error) error {
	text := err.Error()
	for _, form := range s.forms() {
		if strings.Contains(text, form) {
			return errors.New(s.clean(text))
		}
	}
	return err
}
