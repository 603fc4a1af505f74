package importer_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// hideNumbers has lists of orders show of each record its UUID alone.
func (w *world) hideNumbers() {
	next := w.between
	w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		answered := send
		if next != nil {
			answered = func() (*http.Response, error) { return next(r, send) }
		}
		resp, err := answered()
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/orders") {
			return resp, err
		}
		return reworded(resp, err, func(body []byte) string {
			var list map[string]any
			must(w.t, json.Unmarshal(body, &list))
			for _, o := range list["orders"].([]any) {
				order := o.(map[string]any)
				order["record"] = map[string]any{"uuid": order["record"].(map[string]any)["uuid"]}
			}
			text, err := json.Marshal(list)
			must(w.t, err)
			return string(text)
		})
	}
}

// TestHiddenNumbers: an order whose number is not listed may be the row's. It is
// found all the same, whatever may be associated and however the campaign is read,
// and nobody gets a second one.
func TestHiddenNumbers(t *testing.T) {
	for _, large := range []bool{false, true} {
		for _, identity := range []string{"phoneNumber", "email"} {
			for _, associate := range []reconcile.Association{reconcile.AssociateAuto, reconcile.AssociateNever} {
				for i := range 4 {
					update, prune := i&1 > 0, i > 1
					if large && (update == prune) && !*long {
						continue
					}
					t.Run(fmt.Sprint("large ", large, " ", identity, " associate ", associate, " sync ", update, " prune ", prune), func(t *testing.T) {
						t.Parallel()
						w := newWorld(t, sandbox.Config{})
						for i, status := range []string{"dnc", "contacted", "registered"} {
							rec := sandbox.Record{PhoneNumber: number(i), Email: sandbox.Text(fmt.Sprintf("%d@example.com", i)), RecordTypeUUID: w.campaign.RecordTypeUUID}
							w.put(sandbox.Order{Status: status, Record: rec})
						}
						for i := 10; large && i < 510; i++ {
							w.addOrder(number(i), "contacted")
						}
						before := len(w.orders())
						w.hideNumbers()
						rows := []string{"email,phone"}
						for i := range 3 {
							rows = append(rows, fmt.Sprintf("%d@example.com,%s", i, number(i)))
						}
						// A stranger has a number that must not be called.
						rows = append(rows, "stranger@example.com,"+number(0))
						got := w.run(w.runner([]file{lines(rows...)}, syncSpec("email,phone", "identity: "+identity), func(r *importer.Runner) {
							r.Policy.Associate, r.Policy.Update, r.Settle = associate, update, 50*time.Millisecond
							if prune {
								r.Prune = reconcile.RemoveOrder
							}
						}), "run")
						must(t, got.err)
						want := "suppressed protected "
						if update {
							want += "unchanged"
						} else {
							want += "skipped"
						}
						if outcomes := got.outcomes(); !strings.HasPrefix(outcomes, want) || len(w.orders()) != before || !got.verification.Closed() {
							got.messages(t)
							t.Errorf("%s, %d orders of %d, %+v", outcomes, len(w.orders()), before, got.verification)
						}
						if n := w.writes.Load(); n > 0 {
							t.Errorf("%d writes", n)
						}
					})
				}
			}
		}
	}
}

// TestHiddenNumbersOfLostAnswers: what was made and not heard of is found where
// lists show no numbers, and a change of it too.
func TestHiddenNumbersOfLostAnswers(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodPatch} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				sent := 0
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					resp, err := send()
					if err != nil || r.Method != method {
						return resp, err
					}
					sent++
					resp.Body.Close()
					return answer(r, http.StatusBadGateway, ""), nil
				}
				w.hideNumbers()
				const header = "phone,price"
				got := w.sync("run", lines(header, number(1)+",5"), syncSpec(header))
				if got.outcomes() != "created" || sent != 1 || len(w.orders()) != 1 || w.orders()[0].Price.String() != "5" {
					got.messages(t)
					t.Errorf("%s; sent %d times, %d orders", got.outcomes(), sent, len(w.orders()))
				}
			})
		})
	}
}

// TestHiddenNumbersOfAnotherCampaign that must not be called are read too.
func TestHiddenNumbersOfAnotherCampaign(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	w.addOrder(number(1), "dnc")
	w.addOrder(number(2), "registered")
	w.hideNumbers()
	s := importer.NewSuppression()
	must(t, s.AddCampaign(t.Context(), "Spring", w.campaign.UUID, w.client.Orders, w.client.Records, ""))
	if s.By(number(1)) == "" || s.By(number(2)) != "" {
		t.Errorf("%+v", s.Lists)
	}
}
