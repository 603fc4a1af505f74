package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/campsync/campsync/client"
)

func TestFind(t *testing.T) {
	const second = "7f1c2b7e-8a57-4b7e-9d6c-0c9a6f1b2d3e"
	campaigns := map[string]string{campaign: "Spring", second: "Spring sale", "c3": "Winter", "c4": "Winter", "c5": second[:35] + "f"}
	order := []string{campaign, second, "c3", "c4", "c5"}
	serve := func(get int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if uuid, ok := strings.CutPrefix(r.URL.Path, "/campaigns/"); ok {
				if get != 200 {
					w.WriteHeader(get)
					return
				}
				if campaigns[uuid] == "" {
					w.WriteHeader(404)
					return
				}
				fmt.Fprintf(w, `{"uuid":%q,"name":%q}`, uuid, campaigns[uuid])
				return
			}
			var items []string
			for _, uuid := range order {
				if strings.Contains(strings.ToLower(campaigns[uuid]), strings.ToLower(r.URL.Query().Get("search"))) {
					items = append(items, fmt.Sprintf(`{"uuid":%q,"name":%q}`, uuid, campaigns[uuid]))
				}
			}
			fmt.Fprintf(w, `{"campaigns":[%s]}`, strings.Join(items, ","))
		}
	}
	for _, c := range []struct{ wanted, uuid, err string }{
		{campaign, campaign, ""},
		{strings.ToUpper(campaign), campaign, ""},
		{"Spring", campaign, ""},
		{"Spring sale", second, ""},
		{second[:35] + "f", "c5", ""}, // a name that looks like a UUID
		{"spring", "", `no campaign has the name or UUID "spring": there is "Spring" (` + campaign + `), "Spring sale" (`},
		{"Sprnig", "", `there is "Spring" (`},
		{"Winter", "", `2 campaigns have the name "Winter": give the UUID of one: "Winter" (c3), "Winter" (c4)`},
		{"Nothing like it", "", "nor one near it"},
		{"8f1c2b7e-8a57-4b7e-9d6c-0c9a6f1b2d30", "", "no campaign has the name or UUID"},
	} {
		for _, get := range []int{200, 404, 405} {
			t.Run(fmt.Sprint(c.wanted, " ", get), func(t *testing.T) {
				got, err := setup(t, serve(get)).Campaigns.Find(t.Context(), c.wanted)
				if c.err == "" {
					if err != nil || got.UUID != c.uuid {
						t.Errorf("got %v, %v", got.UUID, err)
					}
					return
				}
				var e *client.FindError
				if !errors.As(err, &e) || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
	t.Run("no permission", func(t *testing.T) {
		_, err := setup(t, serve(403)).Campaigns.Find(t.Context(), campaign)
		if client.Decide(http.MethodGet, err) != client.Stop {
			t.Errorf("got %v", err)
		}
	})
}
