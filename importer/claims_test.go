package importer_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// slowTaken takes its time between having looked whose an order is, and saying so.
type slowTaken struct {
	importer.Ledger
	asked atomic.Int64
}

func (s *slowTaken) Taken(ctx context.Context, seq int64, order string) (bool, error) {
	taken, err := s.Ledger.Taken(ctx, seq, order)
	if seq == 2 && s.asked.Add(1) == 1 {
		time.Sleep(100 * time.Millisecond)
	}
	return taken, err
}

// TestClaims: of two answers that name one order only one is believed, also where
// the first is written down while it is looked up whose it is.
func TestClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sandbox.Config{})
		spec := syncSpec("phone,email", "identity: email", "sharedNumbers: allow")
		posts, first := 0, ""
		w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
			if r.Method != http.MethodPost {
				return send()
			}
			switch posts++; posts {
			case 1:
				resp, err := send()
				return reworded(resp, err, func(b []byte) string { first = string(b); return first })
			case 2:
				return answer(r, http.StatusCreated, first), nil
			}
			return send()
		}
		f := lines("phone,email", number(0)+",a@x.com", number(0)+",b@x.com")
		got := w.runWith(t.Context(), w.runner([]file{f}, spec, func(r *importer.Runner) { r.Workers = 1 }), "run", nil,
			func(l importer.Ledger) importer.Ledger { return &slowTaken{Ledger: l} })
		must(t, got.err)
		if got.outcomes() != "created created" || len(w.orders()) != 2 || !got.verification.Closed() || got.rows[0].OrderUUID == got.rows[1].OrderUUID {
			t.Errorf("%s, %d orders", got.outcomes(), len(w.orders()))
		}
	})
}
