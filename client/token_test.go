package client_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/campsync/campsync/client"
)

const hardToken = `ey/Jh+b=c<a>&n"ary~4711` // whatever is written differently somewhere

// The token is in no printed form of anything of this package.
func TestTokenIsNotPrinted(t *testing.T) {
	config := client.Config{BaseURL: "https://user:" + token + "@api.test?x=" + token, Token: token}
	_, bad := client.New(config)
	config.BaseURL = "https://api.test"
	c, err := client.New(config)
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	log := slog.New(slog.NewJSONHandler(&logged, nil))
	log.Info("x", "config", config, "client", c, "err", bad)
	text := logged.String()
	for _, v := range []any{config, &config, c, *c, c.Orders, *c.Orders, c.Account, *c.Records, bad, []any{config}, struct{ C client.Config }{config}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
			text += fmt.Sprintf(verb, v) + "\n"
		}
		if j, err := json.Marshal(v); err == nil {
			text += string(j) + "\n"
		}
	}
	for _, form := range []string{token, fmt.Sprintf("%x", token), fmt.Sprintf("%X", token)} {
		if i := strings.Index(text, form); i >= 0 {
			t.Errorf("token in %q", text[max(0, i-100):i+len(form)])
		}
	}
}

// Where the server writes the token back, it is in neither error nor result.
func TestTokenIsTakenOut(t *testing.T) {
	for _, token := range []string{token, hardToken} {
		quoted, _ := json.Marshal(token)
		plain := string(quoted[1 : len(quoted)-1])
		spellings := []string{token, plain, strings.ReplaceAll(token, "/", `\/`), url.QueryEscape(token), url.PathEscape(token)}
		for _, s := range spellings {
			for _, c := range []struct {
				status   int
				body     string
				location string
			}{
				{400, `{"message":"bad ` + plain + `"}`, ""},
				{400, `{"error":{"code":"` + plain + `","message":"x"},"errors":[{"field":"` + plain + `","message":"` + plain + `"}]}`, ""},
				{400, `bad ` + s + ` token`, ""},
				{502, `<html><title>` + s + `</title>`, ""},
				{200, `<html><title>` + s + `</title>`, ""},
				{200, `{"message":"` + plain + `"}`, ""},
				{200, `not json ` + s, ""},
				{200, `{"uuid":"o","campaignUuid":"` + plain + `"}`, ""},
				{200, `{"uuid":"o","instructions":"` + plain + `","x":["` + plain + `"],"record":{"name":"` + plain + `"}}`, ""},
				{302, ``, "https://elsewhere.test/" + url.PathEscape(token) + "?t=" + url.QueryEscape(token)},
			} {
				o, err := create(dial(t, "https://api.test/base", func(config *client.Config) {
					config.Token, config.Transport = token, always(c.status, c.body, "Location", c.location)
				}))
				text := fmt.Sprintf("%v %+v %#v", err, o, err)
				for e := err; e != nil; e = errors.Unwrap(e) {
					text += fmt.Sprintf(" %v %#v", e, e)
				}
				j, _ := json.Marshal(o)
				text += string(j)
				for _, form := range append(spellings, fmt.Sprintf("%q", token)) {
					if strings.Contains(text, form) {
						t.Errorf("%d %s: %q is in %s", c.status, c.body, form, text)
					}
				}
			}
		}
	}
}

// The transport's own errors quote what a broken server has sent.
func TestTokenIsTakenOutOfTransportErrors(t *testing.T) {
	for _, answer := range []string{"HTTP/1.1 200 OK\r\n" + token + "\r\n\r\n", token + "\r\n\r\n", "HTTP/1.1 " + token + "\r\n\r\n"} {
		c := dial(t, raw(t, func(conn net.Conn, r *bufio.Reader) {
			readRequest(r)
			io.WriteString(conn, answer)
		}))
		_, err := create(c)
		for ; err != nil; err = errors.Unwrap(err) {
			if text := fmt.Sprintf("%v %#v", err, err); strings.Contains(text, token) {
				t.Errorf("token in %s", text)
			}
		}
	}
}
