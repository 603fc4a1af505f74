package importer_test

import (
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// A token that is refused while another reason has stopped the run already is
// not kept quiet, whichever answer comes first.
func TestARefusedTokenIsSaidBesideTheGuard(t *testing.T) {
	for name, after := range map[string][2]time.Duration{
		"the guard first": {10 * time.Millisecond, 20 * time.Millisecond},
		"the token first": {20 * time.Millisecond, 10 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, sandbox.Config{})
				var writes atomic.Int32
				w.between = func(r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
					if r.Method == http.MethodGet {
						return send()
					}
					if writes.Add(1) == 1 {
						time.Sleep(after[0])
						return answer(r, http.StatusUnprocessableEntity, ""), nil
					}
					time.Sleep(after[1])
					return answer(r, http.StatusUnauthorized, ""), nil
				}
				got := w.run(w.runner([]file{contacts(2)}, "", func(r *importer.Runner) { r.MaxErrors = importer.Cap{Set: true} }), "run")
				var refused *client.Error
				if !errors.As(got.err, &refused) || refused.Status != http.StatusUnauthorized {
					t.Errorf("the run ended with %v, which does not say that the token was refused", got.err)
				}
				if first := "the guard first"; name == first && !errors.Is(got.err, importer.ErrTooManyErrors) {
					t.Errorf("the run ended with %v, which does not say why it was stopped", got.err)
				}
			})
		})
	}
}
