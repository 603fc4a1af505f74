package importer_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// TestRecordsThatAreGone: whose an order is whose record is gone, nobody can say.
// It is neither updated nor taken out, nobody with its number gets a second one,
// and the run goes on.
func TestRecordsThatAreGone(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusGone} {
		for _, identity := range []string{"email", "parameters.company"} {
			t.Run(fmt.Sprint(status, " ", identity), func(t *testing.T) {
				const header = "phone,email,company,first"
				w := newWorld(t, sandbox.Config{PartialRecords: true})
				var gone []string
				for i := range 4 {
					o := w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(i), Email: sandbox.Text(fmt.Sprint(i, "@example.com")), FirstName: "Ann",
						Parameters: json.RawMessage(fmt.Sprintf(`{"company":"%d"}`, i))}})
					if i < 2 {
						gone = append(gone, o.Record.UUID)
					}
				}
				w.withoutRecords(gone, status)
				sent := w.listen()
				// Of those that are gone, one has a row's number; of the others, one has a row.
				f := lines(header, number(0)+",new@example.com,new,Bob", number(2)+",2@example.com,2,Bob")
				got := w.sync("run", f, syncSpec(header, "identity: "+identity), func(r *importer.Runner) {
					r.Campaign.RecordTypeUUID = w.anotherType()
					r.Prune = reconcile.RemoveOrder
				})
				want := []string{`patch record 2 {"firstName":"Bob"}`, "delete order 3"}
				slices.Sort(sent.sent)
				slices.Sort(want)
				if got.outcomes() != "skipped updated removed" || got.codes() != "number-in-campaign" || !slices.Equal(sent.sent, want) || !got.verification.Closed() {
					t.Errorf("%s (%s), sent %q; want %q; %+v", got.outcomes(), got.codes(), sent.sent, want, got.verification)
					got.messages(t)
				}
			})
		}
	}
}

// TestRecordsThatAreGoneIsVerified: a record that is gone when all is held
// against the rows is what differs, and no error.
func TestRecordsThatAreGoneIsVerified(t *testing.T) {
	w := newWorld(t, sandbox.Config{PartialRecords: true})
	w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(0), FirstName: "Ann"}})
	const header = "phone,first"
	got := w.sync("run", lines(header, number(0)+",Bob", number(1)+",Cy"), syncSpec(header), func(r *importer.Runner) {
		r.Verify, r.Settle = importer.VerifyFull, 50*time.Millisecond
		r.Observer = verifying(func() {
			w.withoutRecords([]string{w.orderOf(number(0)).Record.UUID, w.orderOf(number(1)).Record.UUID}, http.StatusNotFound)
		})
	})
	var differs []string
	for _, d := range got.verification.Differs {
		differs = append(differs, fmt.Sprint(d.Row.Key, d.Fields))
	}
	slices.Sort(differs)
	if want := []string{number(0) + "[record]", number(1) + "[firstName phoneNumber]"}; !slices.Equal(differs, want) {
		t.Errorf("%v; want %v", differs, want)
	}
}

// verifying is done when the verification begins.
type verifying func()

func (f verifying) Stage(name string, _ int64) {
	if name == "verifying" {
		f()
	}
}

func (verifying) Advance(int64, int64) {}
func (verifying) Notice(string)        {}

// withoutRecords has the server know nothing of the records any more but that
// orders have them.
func (w *world) withoutRecords(gone []string, status int) {
	w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
		if slices.Contains(gone, path.Base(r.URL.Path)) {
			return answer(r, status, `{"code":"gone","message":"no such record"}`), nil
		}
		resp, err := send()
		if path.Base(r.URL.Path) != "records" {
			return resp, err
		}
		return reworded(resp, err, func(body []byte) string {
			var list struct {
				Records []map[string]any `json:"records"`
				Total   int              `json:"total"`
			}
			must(w.t, json.Unmarshal(body, &list))
			there := slices.DeleteFunc(slices.Clone(list.Records), func(rec map[string]any) bool { return slices.Contains(gone, rec["uuid"].(string)) })
			list.Records, list.Total = there, list.Total-(len(list.Records)-len(there))
			text, err := json.Marshal(list)
			must(w.t, err)
			return string(text)
		})
	}
}

// anotherType is a record type that no record has: a run that looks for records
// of it learns of an order alone whose it is.
func (w *world) anotherType() string {
	w.t.Helper()
	rt, err := w.server.AddRecordType(sandbox.RecordType{Name: "Another"})
	must(w.t, err)
	return rt.UUID
}

// TestKeysAreListed: whose the orders with the rows' numbers are is read by the
// cheaper of pages and single records.
func TestKeysAreListed(t *testing.T) {
	for _, tt := range []struct{ rows, pages, single int }{{2, 0, 2}, {150, 2, 0}} {
		t.Run(fmt.Sprint(tt.rows), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const header = "email,phone"
				w := newWorld(t, sandbox.Config{PartialRecords: true})
				rows := []string{header}
				for i := range 150 {
					w.put(sandbox.Order{Record: sandbox.Record{PhoneNumber: number(i), Email: sandbox.Text(fmt.Sprintf("old%d@example.com", i))}})
					if i < tt.rows {
						rows = append(rows, fmt.Sprintf("new%d@example.com,%s", i, number(i)))
					}
				}
				var pages, single atomic.Int64
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					switch {
					case r.URL.Query().Get("campaignUuid") == w.campaign.UUID:
						pages.Add(1)
					case strings.Contains(r.URL.Path, "/records/"):
						single.Add(1)
					}
					return send()
				}
				got := w.sync("run", lines(rows...), syncSpec(header, "identity: email"), func(r *importer.Runner) {
					r.Campaign.RecordTypeUUID, r.Verify = w.anotherType(), importer.VerifyNone
				})
				if skipped := strings.Count(got.outcomes(), "skipped"); skipped != tt.rows || pages.Load() != int64(tt.pages) || single.Load() != int64(tt.single) {
					t.Errorf("%d are skipped of %d; %d pages and %d records were read, want %d and %d", skipped, tt.rows, pages.Load(), single.Load(), tt.pages, tt.single)
				}
			})
		})
	}
}
