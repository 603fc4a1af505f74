package importer_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

const byEmail = "version: 1\nidentity: email\ncolumns: {email: email, phoneNumber: phone}\n"

// TestCrossingNumbers: a record that is associated comes in with its own number,
// which is not the row's; nobody else may have it, in whatever order the rows come.
func TestCrossingNumbers(t *testing.T) {
	for _, tt := range []struct {
		name     string
		rows     []string
		outcomes string
	}{
		{"the new one first", []string{"new@example.com," + number(2), "known@example.com," + number(3)}, "created duplicate"},
		{"the known one first", []string{"known@example.com," + number(3), "new@example.com," + number(2)}, "associated duplicate"},
		{"the known one's new number", []string{"known@example.com," + number(3), "new@example.com," + number(3)}, "associated duplicate"},
	} {
		for _, update := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				w.addRecord("known@example.com", number(2))
				got := w.run(w.runner([]file{lines(append([]string{"email,phone"}, tt.rows...)...)}, byEmail, func(r *importer.Runner) {
					r.Policy.Update = update
				}), "run")
				must(t, got.err)
				if got.outcomes() != tt.outcomes || len(w.orders()) != 1 || !got.verification.Closed() {
					t.Errorf("update %t: %s, %d orders, %+v; want %s", update, got.outcomes(), len(w.orders()), got.verification, tt.outcomes)
				}
			})
		}
	}
}

// TestLostAssociationUnderAnotherNumber: it is looked for under the number of
// the record, and not sent again.
func TestLostAssociationUnderAnotherNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		w.addRecord("known@example.com", number(2))
		sent := 0
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			resp, err := send()
			if err == nil && strings.HasSuffix(r.URL.Path, "/orders/associate") {
				sent++
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				return nil, errors.New("the answer is cut")
			}
			return resp, err
		}
		w.reconnect()
		got := w.run(w.runner([]file{lines("email,phone", "known@example.com,"+number(3))}, byEmail, nil), "run")
		must(t, got.err)
		if got.outcomes() != "associated" || sent != 1 || len(w.orders()) != 1 {
			t.Errorf("%s; sent %d times, %d orders", got.outcomes(), sent, len(w.orders()))
		}
	})
}

func (w *world) addRecord(email, phone string) {
	w.t.Helper()
	_, err := w.server.AddRecord(sandbox.Record{PhoneNumber: phone, Email: sandbox.Text(email), RecordTypeUUID: w.campaign.RecordTypeUUID})
	must(w.t, err)
}
