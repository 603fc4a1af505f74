package sandbox

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"
)

// BasePath is where the API is, below the server's root.
const BasePath = "/api"

// An endpoint answers one method of one path: a status with a body (nil: none),
// or an error, of which an apiError is told and every other is a 500.
type endpoint struct {
	permission string // "" none beyond a valid token
	serve      func(*call) (status int, body any, err error)
}

// A resource is what the methods of one path do.
type resource map[string]endpoint

func (r resource) allow() string {
	methods := make([]string, 0, len(r))
	for method := range r {
		methods = append(methods, method)
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}

const (
	readCampaigns   = "campaigns:read"
	writeCampaigns  = "campaigns:write"
	readRecords     = "records:read"
	writeRecords    = "records:write"
	readRecordTypes = "record-types:read"
)

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for path, r := range map[string]resource{
		"/auth/me":             {"GET": {"", s.me}},
		"/campaigns":           {"GET": {readCampaigns, s.listCampaigns}},
		"/campaigns/{uuid}":    {"GET": {readCampaigns, s.getCampaign}},
		"/record-types":        {"GET": {readRecordTypes, s.listRecordTypes}},
		"/record-types/{uuid}": {"GET": {readRecordTypes, s.getRecordType}},
		"/records":             {"GET": {readRecords, s.listRecords}, "POST": {writeRecords, s.createRecord}},
		"/records/{uuid}": {
			"GET":    {readRecords, s.getRecord},
			"PATCH":  {writeRecords, s.updateRecord},
			"DELETE": {writeRecords, s.deleteRecord},
		},
		"/campaigns/{uuid}/orders": {
			"GET":  {readCampaigns, s.listOrders},
			"POST": {writeCampaigns, s.createOrder},
		},
		"/campaigns/{uuid}/orders/associate": {"POST": {writeCampaigns, s.associate}},
		"/campaigns/{uuid}/orders/{order}": {
			"PATCH":  {writeCampaigns, s.updateOrder},
			"DELETE": {writeCampaigns, s.removeOrder},
		},
	} {
		mux.Handle(BasePath+path, s.resource(r))
	}
	mux.Handle("/", s.resource(nil))
	return cleanPaths(mux)
}

// cleanPaths keeps the mux from redirecting: a path that is not clean is not
// there.
func cleanPaths(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; p != "/" && path.Clean(p) != p {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = "/", ""
		}
		next.ServeHTTP(w, r)
	})
}

// resource serves the methods of a path, and 404 where it is nil.
func (s *Server) resource(res resource) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{Request: r, w: w, query: r.URL.Query()}
		status, body, err := s.answer(c, res)
		if err != nil {
			status, body = s.refusal(w, r, err)
		}
		if body == nil {
			w.WriteHeader(status)
			return
		}
		writeJSON(w, status, body)
	})
}

func (s *Server) answer(c *call, res resource) (int, any, error) {
	if err := s.admit(c); err != nil {
		return 0, nil, err
	}
	if res == nil {
		return 0, nil, refuse(http.StatusNotFound, "there is nothing at %s", c.URL.Path)
	}
	e, ok := res[c.Method]
	if !ok {
		refused := refuse(http.StatusMethodNotAllowed, "%s is not possible at %s", c.Method, c.URL.Path)
		refused.allow = res.allow()
		return 0, nil, refused
	}
	if e.permission != "" && !c.token.may(e.permission) {
		return 0, nil, refuse(http.StatusForbidden, "the token lacks the permission %s", e.permission)
	}
	var err error
	if c.reads, err = s.readsFor(c.Request); err != nil {
		return 0, nil, err
	}
	return e.serve(c)
}

func (s *Server) refusal(w http.ResponseWriter, r *http.Request, err error) (int, any) {
	var refused *apiError
	if !errors.As(err, &refused) {
		s.log.LogAttrs(r.Context(), slog.LevelError, "request failed",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("error", err.Error()))
		refused = refuse(http.StatusInternalServerError, "internal error")
	}
	header := w.Header()
	if refused.status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	if refused.allow != "" {
		header.Set("Allow", refused.allow)
	}
	if refused.retryAfter > 0 {
		header.Set("Retry-After", wholeSeconds(refused.retryAfter))
	}
	return refused.status, refused.body()
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil { // only of a value of ours that cannot be written
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client may be gone
}
