package importer

import (
	"errors"
	"net/http"
	"sync/atomic"

	"github.com/campsync/campsync/client"
)

// refusal is that the server refused the token. Requests that are under way
// when a run is stopped for another reason may learn it: it is to be said all
// the same, for whoever goes on with the run would only learn it again.
type refusal struct{ err atomic.Pointer[error] }

// note keeps what stops a run, where it is one.
func (r *refusal) note(why error) {
	var e *client.Error
	if errors.As(why, &e) && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) {
		r.err.CompareAndSwap(nil, &why)
	}
}

// beside is the reason for which the run was stopped, with it.
func (r *refusal) beside(reason error) error {
	if err := r.err.Load(); err != nil && !errors.Is(reason, *err) {
		return errors.Join(reason, *err)
	}
	return reason
}
