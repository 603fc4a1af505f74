package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// MaxLimit is the most items that the API gives in one page.
const MaxLimit = 100

// Page is one page of a list.
type Page[T any] struct {
	Items      []T
	Total      int // items in the whole list; -1 where the server does not say
	Page       int // from 1
	Limit      int // items on a full page; the server's word, else what was asked for
	TotalPages int // 0 where the server says neither this nor Total
}

// list is a kind of list: where it is and how to read it.
type list[T any] struct {
	op   string
	key  string // of the items in the answer
	uuid func(T) string
}

// page reads one page. Values below 1 ask for the first page and for
// [MaxLimit] items.
func (l list[T]) page(ctx context.Context, r *requester, path string, q url.Values, page, limit int) (Page[T], error) {
	page = max(page, 1)
	if limit < 1 || limit > MaxLimit {
		limit = MaxLimit
	}
	q.Set("page", strconv.Itoa(page))
	q.Set("limit", strconv.Itoa(limit))
	var p Page[T]
	err := r.call(ctx, request{op: l.op, method: http.MethodGet, path: path, query: q}, func(text []byte) (err error) {
		p, err = l.parse(text, page, limit)
		return err
	})
	if err != nil {
		return Page[T]{}, err
	}
	return p, nil
}

// parse reads a page answer. What is not surely a page is an error: an answer
// that cannot be read must never pass for an empty list.
func (l list[T]) parse(text []byte, page, limit int) (Page[T], error) {
	p := Page[T]{Total: -1, Page: page, Limit: limit}
	o, err := parseObject(text)
	if err != nil {
		return p, err
	}
	raw, sent := o.raw(l.key)
	if !sent {
		return p, fmt.Errorf("no %q", l.key)
	}
	p.Total = o.count("total", p.Total)
	p.Page = o.count("page", p.Page)
	p.Limit = o.count("limit", p.Limit)
	p.TotalPages = o.count("totalPages", 0)
	if string(raw) == "null" && p.Total == 0 {
		return p, nil // how some servers write an empty list
	}
	if p.Items, err = parseItems(raw, l.uuid); err != nil {
		return p, fmt.Errorf("%s: %w", l.key, err)
	}
	if p.TotalPages == 0 && p.Total > 0 && p.Limit > 0 {
		p.TotalPages = (p.Total + p.Limit - 1) / p.Limit
	}
	return p, nil
}

// parseItems reads an array of objects, each of which must have a uuid.
func parseItems[T any](text []byte, uuid func(T) string) ([]T, error) {
	raws, err := splitArray(text)
	if err != nil {
		return nil, err
	}
	items := make([]T, len(raws))
	for i, raw := range raws {
		if err := any(&items[i]).(json.Unmarshaler).UnmarshalJSON(raw); err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		if uuid(items[i]) == "" {
			return nil, fmt.Errorf("item %d: no uuid", i+1)
		}
	}
	return items, nil
}

var errSamePage = errors.New("the page before it again: the server does not turn pages")

// all yields the items of all pages in turn. Page numbers over a list that
// changes meanwhile can skip or repeat items: whoever needs the list complete
// has to hold it against Total.
func (l list[T]) all(ctx context.Context, r *requester, path string, q url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		first := ""
		for n := 1; ; n++ {
			p, err := l.page(ctx, r, path, q, n, MaxLimit)
			if err == nil && len(p.Items) > 0 && l.uuid(p.Items[0]) == first {
				err = &Error{Op: l.op, Status: http.StatusOK, Code: CodeUnreadable, Message: fmt.Sprintf("page %d: %v", n, errSamePage), Applied: MaybeApplied}
			}
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if p.last(n) {
				return
			}
			first = l.uuid(p.Items[0])
		}
	}
}

// last reports whether no page follows page n.
func (p Page[T]) last(n int) bool {
	switch {
	case len(p.Items) == 0:
		return true
	case p.TotalPages > 0:
		return n >= p.TotalPages
	default:
		return len(p.Items) < min(p.Limit, MaxLimit)
	}
}
