package importer_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

const numbersHeader = "email,phone"

// known is a record of the account that is in no campaign.
func (w *world) known(number, email string) sandbox.Record {
	w.t.Helper()
	rec, err := w.server.AddRecord(sandbox.Record{PhoneNumber: number, Email: sandbox.Text(email), RecordTypeUUID: w.campaign.RecordTypeUUID})
	must(w.t, err)
	return rec
}

// watchNumbers has the test fail should two orders have one number at any moment.
func (w *world) watchNumbers() {
	next := w.between
	w.between = func(r *http.Request, send func() (*http.Response, error)) (resp *http.Response, err error) {
		if next != nil {
			resp, err = next(r, send)
		} else {
			resp, err = send()
		}
		if r.Method != http.MethodGet {
			w.oneEach(r.Method + " " + r.URL.Path)
		}
		return resp, err
	}
}

// oneEach holds that no two orders have one number.
func (w *world) oneEach(after string) {
	var numbers []string
	for _, o := range w.orders() {
		numbers = append(numbers, o.Record.PhoneNumber)
	}
	slices.Sort(numbers)
	if len(slices.Compact(slices.Clone(numbers))) < len(numbers) {
		w.t.Errorf("after %s the orders have the numbers %v", after, numbers)
	}
}

// TestNumbersOfRecords: an order that is associated has its record's number until
// the record has the row's, and for good where that fails or is not asked for. No
// other row's order has either of them, whatever stands first and whatever fails.
func TestNumbersOfRecords(t *testing.T) {
	one, two, three := number(1), number(2), number(3)
	for name, row := range map[string]string{
		"new":         "a@example.com," + two,
		"known":       "a@example.com," + two,
		"in campaign": "a@example.com," + two,
		"swapped":     "a@example.com," + two,
	} {
		crossing := "b@example.com," + three
		if name == "swapped" {
			crossing = "b@example.com," + one
		}
		for _, duplicates := range []importer.DuplicatePolicy{importer.DuplicatesFirst, importer.DuplicatesLast, importer.DuplicatesError} {
			for i := range 16 {
				sync, reversed, refused, staged := i&1 > 0, i&2 > 0, i&4 > 0, i&8 > 0
				if !*long && (refused && !sync || staged == reversed) {
					continue // import changes no record
				}
				t.Run(fmt.Sprint(name, " ", duplicates, " sync ", sync, " reversed ", reversed, " refused ", refused, " staged ", staged), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, sandbox.Config{})
					w.known(two, "b@example.com")
					switch name {
					case "known", "swapped":
						w.known(one, "a@example.com")
					case "in campaign":
						w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: one, Email: "a@example.com", RecordTypeUUID: w.campaign.RecordTypeUUID}})
					}
					if refused {
						w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
							if r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/records/") {
								return answer(r, http.StatusUnprocessableEntity, `{"message":"no"}`), nil
							}
							return send()
						}
					}
					w.watchNumbers()
					rows := []string{numbersHeader, row, crossing}
					if reversed {
						rows[1], rows[2] = rows[2], rows[1]
					}
					run := func(name string) ran {
						got := w.run(w.runner([]file{lines(rows...)}, syncSpec(numbersHeader, "identity: email"), func(r *importer.Runner) {
							r.Policy.Update, r.Policy.Staged, r.Policy.Status = sync, staged, client.StatusPlanned
							r.Duplicates, r.Settle = duplicates, 50*time.Millisecond
						}), name)
						must(t, got.err)
						if got.verification.Off() {
							got.messages(t)
							t.Errorf("the books do not close: %+v", got.verification)
						}
						return got
					}
					got := run("first")
					want := reconcile.Duplicate
					if duplicates == importer.DuplicatesError {
						want = reconcile.Rejected
					}
					if n := strings.Count(got.outcomes(), string(want)); n == 0 && !(name == "in campaign" && !sync) {
						got.messages(t)
						t.Errorf("no row is %s", want)
					}
					run("again")
				})
			}
		}
	}
}

// TestNumbersOfRecordsAfterACrash: a row that was begun before it has its numbers
// still, also while nobody knows what became of its request.
func TestCrossingNumbersAfterACrash(t *testing.T) {
	for _, duplicates := range []importer.DuplicatePolicy{importer.DuplicatesFirst, importer.DuplicatesLast} {
		for _, sync := range []bool{true, false} {
			t.Run(fmt.Sprint(duplicates, sync), func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				w.known(number(2), "b@example.com")
				rows := []string{numbersHeader, "b@example.com," + number(3), "a@example.com," + number(2)}
				if duplicates == importer.DuplicatesLast {
					rows[1], rows[2] = rows[2], rows[1]
				}
				change := func(r *importer.Runner) {
					r.Policy.Update, r.Duplicates, r.Settle, r.Workers, r.Batch = sync, duplicates, 50*time.Millisecond, 1, 1
				}
				ctx, crash := context.WithCancel(t.Context())
				defer crash()
				var begun atomic.Bool
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if r.Method == http.MethodPost && begun.CompareAndSwap(false, true) {
						crash()
						return nil, ctx.Err()
					}
					return send()
				}
				w.watchNumbers()
				spec := syncSpec(numbersHeader, "identity: email")
				w.runWith(ctx, w.runner([]file{lines(rows...)}, spec, change), "run", nil, nil)
				got := w.run(w.runner([]file{lines(rows...)}, spec, change), "run")
				must(t, got.err)
				if len(w.orders()) != 1 || strings.Count(got.outcomes(), "duplicate") != 1 {
					got.messages(t)
					t.Errorf("%d orders; %s", len(w.orders()), got.outcomes())
				}
			})
		}
	}
}

// TestNumbersOfRecordsThatAreShared are nobody's alone.
func TestCrossingNumbersThatAreShared(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	w.known(number(2), "b@example.com")
	got := w.sync("run", lines(numbersHeader, "a@example.com,"+number(2), "b@example.com,"+number(3)),
		syncSpec(numbersHeader, "identity: email", "sharedNumbers: allow"))
	if got.outcomes() != "created associated" {
		t.Error(got.outcomes())
	}
}
