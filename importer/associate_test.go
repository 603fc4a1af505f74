package importer_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// TestLostAssociation: an order whose association was not heard of has the number
// of its record, and is found by it whatever number the row brings; no second one
// is asked for, and one that the server has made callable is set back at once.
func TestLostAssociation(t *testing.T) {
	for i := range 32 {
		sync, planned, staged, callable, crashed := i&1 > 0, i&2 > 0, i&4 > 0, i&8 > 0, i&16 > 0
		if staged && !planned {
			continue
		}
		t.Run(fmt.Sprint("sync ", sync, " planned ", planned, " staged ", staged, " callable ", callable, " crashed ", crashed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{PartialRecords: true})
				w.addRecord("a@example.com", number(1))
				w.addRecords(100, 350) // so many that a row's is searched for, and no other is read
				sent := w.listen()
				ctx, crash := context.WithCancel(t.Context())
				defer crash()
				listening := w.between
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					resp, err := listening(r, send)
					if err != nil || !strings.HasSuffix(r.URL.Path, "/associate") {
						return resp, err
					}
					resp.Body.Close()
					if callable {
						w.patchOrder(number(1), `{"status":"planned"}`)
					}
					if crashed {
						crash()
						return nil, ctx.Err()
					}
					return answer(r, http.StatusBadGateway, ""), nil
				}
				change := func(r *importer.Runner) {
					r.Policy.Update, r.Policy.Staged = sync, staged
					if planned {
						r.Policy.Status = client.StatusPlanned
					}
				}
				source := []file{lines(numbersHeader, "a@example.com,"+number(2))}
				got := w.runWith(ctx, w.runner(source, byEmail, change), "run", nil, nil)
				if crashed {
					// Another run looks at what is there, for a row of its own.
					another := w.runner([]file{lines(numbersHeader, "z@example.com,"+number(9))}, byEmail, func(r *importer.Runner) {
						r.Review = func(context.Context, *importer.Preview) error { return errLooked }
					})
					if err := w.run(another, "another").err; !errors.Is(err, errLooked) {
						t.Fatal(err)
					}
					got = w.run(w.runner(source, byEmail, change), "run")
				}
				must(t, got.err)
				has, status := number(1), client.StatusRegistered
				if sync {
					has = number(2)
				}
				if planned {
					status = client.StatusPlanned
				}
				if o := w.orderOf(has); got.outcomes() != "associated" || client.Status(o.Status) != status || !got.verification.Closed() {
					got.messages(t)
					t.Errorf("%s, %s; %+v", got.outcomes(), o.Status, got.verification)
				}
				if n := strings.Count(strings.Join(sent.sent, ", "), "post associate"); n != 1 {
					t.Errorf("%d associations: %v", n, sent.sent)
				}
			})
		})
	}
}
