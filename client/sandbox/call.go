package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"
)

const (
	maxBody      = 1 << 20 // bytes
	defaultLimit = 10
	maxLimit     = 100
)

// A call is one request on its way through an endpoint.
type call struct {
	*http.Request
	w     http.ResponseWriter
	token *Token
	reads *database // where reads look: behind the database where the server lags
	query url.Values
	usage usage
}

// fields reads the body, which must be a JSON object. A field that is null
// stays in it, as null.
func (c *call) fields() (map[string]json.RawMessage, error) {
	kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, refuse(http.StatusUnsupportedMediaType, "the body must be application/json, not %q", c.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, refuse(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", maxBody)
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "the body cannot be read: %v", err)
	}
	return object(body)
}

// object reads a JSON object without its values.
func object(text []byte) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil || fields == nil {
		var wrongType *json.UnmarshalTypeError
		if err == nil || errors.As(err, &wrongType) {
			return nil, refuse(http.StatusBadRequest, "the body must be a JSON object")
		}
		return nil, refuse(http.StatusBadRequest, "the body is not JSON: %v", err)
	}
	return fields, nil
}

func isNull(value json.RawMessage) bool {
	return len(value) == 0 || bytes.Equal(value, []byte("null"))
}

// id reads a UUID of the path.
func (c *call) id(name string) (string, error) { return parseID(c.PathValue(name)) }

func parseID(text string) (string, error) {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return "", refuse(http.StatusBadRequest, "%q is not a UUID", text)
	}
	return id.String(), nil
}

// page reads the paging parameters.
func (c *call) page() (page, limit int, err error) {
	page, limit = 1, defaultLimit
	if text := c.query.Get("page"); text != "" {
		if page, err = strconv.Atoi(text); err != nil || page < 1 || page > 1<<31/maxLimit {
			return 0, 0, refuse(http.StatusBadRequest, "page must be a number from 1, not %q", text)
		}
	}
	if text := c.query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > maxLimit {
			return 0, 0, refuse(http.StatusBadRequest, "limit must be a number from 1 to %d, not %q", maxLimit, text)
		}
	}
	return page, limit, nil
}

// paged is a page as lists answer it, with the items under their plural.
func paged(plural string, items any, total, page, limit int) any {
	return map[string]any{
		plural: items, "total": total, "page": page, "limit": limit,
		"totalPages": (total + limit - 1) / limit,
	}
}
