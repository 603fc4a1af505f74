package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// OrdersService is the orders of campaigns. A campaign is given by its UUID.
//
// Create, Update, Associate and Remove make one attempt: after an error,
// [Decide] says whether the call may be made again.
type OrdersService struct {
	r     *requester
	paths Paths
}

var orderList = list[Order]{op: "list orders", key: "orders", uuid: func(o Order) string { return o.UUID }}

func (q OrderQuery) values() url.Values {
	v := url.Values{}
	setText(v, "search", q.Search)
	setText(v, "status", string(q.Status))
	return v
}

func setText(v url.Values, key, text string) {
	if text != "" {
		v.Set(key, text)
	}
}

// Page reads one page of a campaign's orders. Pages count from 1; limit is at
// most [MaxLimit], and 0 is that.
func (s *OrdersService) Page(ctx context.Context, campaign string, q OrderQuery, page, limit int) (Page[Order], error) {
	path, err := expand(pathOrders, campaign)
	if err != nil {
		return Page[Order]{}, badRequest(orderList.op, fmt.Errorf("campaign %w", err))
	}
	return orderList.page(ctx, s.r, path, q.values(), page, limit)
}

// All yields all orders of a campaign, page by page. It ends at the first
// error, which it yields.
func (s *OrdersService) All(ctx context.Context, campaign string, q OrderQuery) iter.Seq2[Order, error] {
	path, err := expand(pathOrders, campaign)
	if err != nil {
		return failed[Order](badRequest(orderList.op, fmt.Errorf("campaign %w", err)))
	}
	return orderList.all(ctx, s.r, path, q.values())
}

func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}

// Create makes a new record and its order in the campaign. Without an error
// the order has a UUID.
func (s *OrdersService) Create(ctx context.Context, campaign string, in OrderCreate) (Order, error) {
	const op = "create order"
	path, err := expand(s.paths.CreateOrder, campaign)
	if err != nil {
		return Order{}, badRequest(op, fmt.Errorf("campaign %w", err))
	}
	return s.write(ctx, request{op: op, method: http.MethodPost, path: path, body: in}, campaign, "")
}

// Update changes the fields of an order that are set in the patch.
func (s *OrdersService) Update(ctx context.Context, campaign, order string, in OrderPatch) (Order, error) {
	const op = "update order"
	path, err := expand(s.paths.UpdateOrder, campaign, order)
	if err != nil {
		return Order{}, badRequest(op, fmt.Errorf("campaign or order %w", err))
	}
	return s.write(ctx, request{op: op, method: http.MethodPatch, path: path, body: in}, campaign, order)
}

// write makes a call whose answer is an order: of this campaign, and this
// very order where it is known.
func (s *OrdersService) write(ctx context.Context, q request, campaign, order string) (Order, error) {
	var o Order
	err := s.r.call(ctx, q, func(text []byte) (err error) {
		o, err = parseOrder(text)
		switch {
		case err != nil:
			return err
		case o.CampaignUUID != "" && !strings.EqualFold(o.CampaignUUID, campaign):
			return fmt.Errorf("an order of another campaign, %.64q", o.CampaignUUID)
		case order != "" && !strings.EqualFold(o.UUID, order):
			return fmt.Errorf("another order, %.64q", o.UUID)
		}
		return nil
	})
	if err != nil {
		return Order{}, err
	}
	return o, nil
}

var errNoUUID = errors.New("no order uuid")

// parseOrder reads an order, bare or as {"order": {...}}.
func parseOrder(text []byte) (Order, error) {
	var o Order
	if err := o.UnmarshalJSON(text); err != nil {
		return Order{}, err
	}
	if wrapped, ok := o.Extra["order"]; ok && o.UUID == "" {
		if err := o.UnmarshalJSON(wrapped); err != nil {
			return Order{}, err
		}
	}
	if o.UUID == "" {
		return Order{}, errNoUUID
	}
	return o, nil
}

// Associate links records to the campaign, each with an order of its own. The
// orders are empty where the answer does not name them; then they are to be
// found by listing.
func (s *OrdersService) Associate(ctx context.Context, campaign string, records []string) ([]Order, error) {
	const op = "associate records"
	path, err := expand(s.paths.Associate, campaign)
	if err != nil {
		return nil, badRequest(op, fmt.Errorf("campaign %w", err))
	}
	body := struct {
		RecordUUIDs []string `json:"recordUuids"`
	}{records}
	var orders []Order
	err = s.r.call(ctx, request{op: op, method: http.MethodPost, path: path, body: body}, func(text []byte) (err error) {
		orders, err = parseAssociated(text)
		return err
	})
	if err != nil {
		return nil, err
	}
	return orders, nil
}

// parseAssociated reads the answer of an associate, which is not documented:
// {"orders": [...]}, a bare array, a count, or nothing.
func parseAssociated(text []byte) ([]Order, error) {
	if len(text) == 0 {
		return nil, nil
	}
	raw := text
	if o, err := parseObject(text); err == nil {
		var named bool
		if raw, named = o.raw("orders"); !named {
			if o.count("count", -1) < 0 && o.count("associated", -1) < 0 {
				return nil, errors.New("neither orders nor a count")
			}
			return nil, nil
		}
	} else if text[0] != '[' {
		var count json.Number
		return nil, json.Unmarshal(text, &count)
	}
	return parseItems(raw, orderList.uuid)
}

// Remove takes a record out of the campaign by deleting its order. The record
// itself stays.
func (s *OrdersService) Remove(ctx context.Context, campaign, order string) error {
	const op = "remove order"
	path, err := expand(s.paths.RemoveOrder, campaign, order)
	if err != nil {
		return badRequest(op, fmt.Errorf("campaign or order %w", err))
	}
	return s.r.call(ctx, request{op: op, method: http.MethodDelete, path: path}, anything)
}

// anything accepts an answer that tells nothing: an empty one, or any JSON.
func anything([]byte) error { return nil }
