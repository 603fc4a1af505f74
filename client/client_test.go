package client_test

import (
	"strings"
	"testing"

	"github.com/campsync/campsync/client"
)

func TestNew(t *testing.T) {
	for _, c := range []struct {
		name   string
		config client.Config
		bad    string // part of the error; "": none
		origin string
	}{
		{"vendor", client.Config{BaseURL: "https://callcamp.ai/api"}, "", "https://callcamp.ai:443/api"},
		{"other spelling", client.Config{BaseURL: "HTTPS://CallCamp.AI:443/api//"}, "", "https://callcamp.ai:443/api"},
		{"no path", client.Config{BaseURL: "https://api.test:8443"}, "", "https://api.test:8443"},
		{"localhost", client.Config{BaseURL: "http://localhost:80/x"}, "", "http://localhost:80/x"},
		{"loopback", client.Config{BaseURL: "http://127.8.0.1/x"}, "", "http://127.8.0.1:80/x"},
		{"IPv6", client.Config{BaseURL: "http://[::1]:9/x"}, "", "http://[::1]:9/x"},
		{"http", client.Config{BaseURL: "http://api.test"}, "must begin with https", ""},
		{"http to a name that begins like loopback", client.Config{BaseURL: "http://127.0.0.1.api.test"}, "must begin with https", ""},
		{"http to every interface", client.Config{BaseURL: "http://0.0.0.0"}, "must begin with https", ""},
		{"http to a neighbour", client.Config{BaseURL: "http://192.168.0.7"}, "must begin with https", ""},
		{"ftp", client.Config{BaseURL: "ftp://api.test"}, "must begin with https", ""},
		{"no scheme", client.Config{BaseURL: "callcamp.ai/api"}, "is no address", ""},
		{"no host", client.Config{BaseURL: "https:///api"}, "is no address", ""},
		{"empty", client.Config{}, "is no address", ""},
		{"password", client.Config{BaseURL: "https://me:hunter2@api.test"}, "no user or password", ""},
		{"query", client.Config{BaseURL: "https://api.test?key=hunter2"}, "no query", ""},
		{"broken", client.Config{BaseURL: "https://me:hunter2@api.test/%zz"}, "is no address", ""},
		{"no token", client.Config{BaseURL: "https://api.test", Token: "-"}, "no token", ""},
		{"token with a line end", client.Config{BaseURL: "https://api.test", Token: "hunter2\n"}, "line end", ""},
		{"path", client.Config{BaseURL: "https://api.test", Paths: client.Paths{CreateOrder: "/c/{uuid}/o/new"}}, "", "https://api.test:443"},
		{"path without campaign", client.Config{BaseURL: "https://api.test", Paths: client.Paths{CreateOrder: "/orders"}}, "path createOrder \"/orders\" must have the placeholder {uuid}", ""},
		{"path without order", client.Config{BaseURL: "https://api.test", Paths: client.Paths{UpdateOrder: "/c/{uuid}"}}, "must have the placeholder {orderUuid}", ""},
		{"path with one twice", client.Config{BaseURL: "https://api.test", Paths: client.Paths{Associate: "/c/{uuid}/{uuid}"}}, "once", ""},
		{"path with another", client.Config{BaseURL: "https://api.test", Paths: client.Paths{Associate: "/c/{uuid}/{id}"}}, "no placeholder but {uuid}", ""},
		{"path not from the base", client.Config{BaseURL: "https://api.test", Paths: client.Paths{RemoveOrder: "c/{uuid}/{orderUuid}"}}, "begins with /", ""},
		{"path to another host", client.Config{BaseURL: "https://api.test", Paths: client.Paths{RemoveOrder: "//evil.test/{uuid}/{orderUuid}"}}, "plain path", ""},
		{"path that climbs", client.Config{BaseURL: "https://api.test", Paths: client.Paths{RemoveOrder: "/../{uuid}/{orderUuid}"}}, "plain path", ""},
		{"path with a query", client.Config{BaseURL: "https://api.test", Paths: client.Paths{CreateOrder: "/c/{uuid}?x=1"}}, "plain path", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			switch c.config.Token {
			case "":
				c.config.Token = token
			case "-":
				c.config.Token = ""
			}
			got, err := client.New(c.config)
			if c.bad != "" {
				if err == nil || !strings.Contains(err.Error(), c.bad) {
					t.Fatalf("got %v", err)
				}
				if strings.Contains(err.Error(), "hunter2") {
					t.Errorf("the error tells a secret: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.Origin() != c.origin {
				t.Errorf("origin is %s, want %s", got.Origin(), c.origin)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		status           client.Status
		label            string
		protected, noDNC bool
	}{
		{"registered", "Registered", false, true}, {"planned", "Planned", false, true}, {"scheduled", "Scheduled", false, true},
		{"busy", "Busy", false, true}, {"no-answer", "No Answer", false, true}, {"calling", "Calling", true, true},
		{"contacted", "Contacted", true, true}, {"completed", "Completed", true, true}, {"failed", "Failed", true, true},
		{"canceled", "Canceled", true, true}, {"do-not-call", "Do Not Call", true, false}, {"dnc", "Do Not Call", true, false},
		{"do_not_call", "Do Not Call", true, false}, {"doNotCall", "Do Not Call", true, false}, {"Do Not Call", "Do Not Call", true, false},
		{"DNC", "Do Not Call", true, false}, {"", "", true, true}, {"paused", "paused", true, true}, {"Registered", "Registered", true, true},
	} {
		if c.status.Label() != c.label || c.status.Protected() != c.protected || c.status.DoNotCall() == c.noDNC {
			t.Errorf("%q: label %q, protected %v, do not call %v", c.status, c.status.Label(), c.status.Protected(), c.status.DoNotCall())
		}
	}
}
