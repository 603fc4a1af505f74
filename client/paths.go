package client

import (
	"fmt"
	"net/url"
	"strings"
)

// Paths are the paths that the API's reference does not show. They are
// relative to the base URL; {uuid} stands for the campaign and {orderUuid} for
// the order. A zero field is its default.
type Paths struct {
	CreateOrder string // POST; /campaigns/{uuid}/orders
	UpdateOrder string // PATCH; /campaigns/{uuid}/orders/{orderUuid}
	Associate   string // POST; /campaigns/{uuid}/orders/associate
	RemoveOrder string // DELETE; /campaigns/{uuid}/orders/{orderUuid}
}

// The paths that are documented. /campaigns/{uuid} is assumed like the ones
// of Paths; [CampaignsService.Find] does without it where it is not there.
const (
	pathMe          = "/auth/me"
	pathCampaigns   = "/campaigns"
	pathCampaign    = "/campaigns/{uuid}"
	pathOrders      = "/campaigns/{uuid}/orders"
	pathRecords     = "/records"
	pathRecord      = "/records/{uuid}"
	pathRecordTypes = "/record-types"
	pathRecordType  = "/record-types/{uuid}"
)

// withDefaults fills the zero fields and checks the others.
func (p Paths) withDefaults() (Paths, error) {
	for _, t := range []struct {
		template  *string
		name      string
		otherwise string
		holders   []string
	}{
		{&p.CreateOrder, "createOrder", "/campaigns/{uuid}/orders", []string{"{uuid}"}},
		{&p.UpdateOrder, "updateOrder", "/campaigns/{uuid}/orders/{orderUuid}", []string{"{uuid}", "{orderUuid}"}},
		{&p.Associate, "associate", "/campaigns/{uuid}/orders/associate", []string{"{uuid}"}},
		{&p.RemoveOrder, "removeOrder", "/campaigns/{uuid}/orders/{orderUuid}", []string{"{uuid}", "{orderUuid}"}},
	} {
		if *t.template == "" {
			*t.template = t.otherwise
		}
		if err := checkTemplate(*t.template, t.holders); err != nil {
			return p, fmt.Errorf("path %s %q %w", t.name, *t.template, err)
		}
	}
	return p, nil
}

func checkTemplate(template string, holders []string) error {
	rest := template
	for _, holder := range holders {
		if strings.Count(template, holder) != 1 {
			return fmt.Errorf("must have the placeholder %s once", holder)
		}
		rest = strings.Replace(rest, holder, "x", 1)
	}
	u, err := url.Parse(rest)
	if strings.ContainsAny(rest, "{}") {
		return fmt.Errorf("may have no placeholder but %s", strings.Join(holders, " and "))
	}
	if err != nil || !strings.HasPrefix(rest, "/") || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || u.JoinPath().Path != u.Path {
		return fmt.Errorf("must be a plain path that begins with /, without a query")
	}
	return nil
}

// expand puts ids into a template: the first for {uuid}, the second for
// {orderUuid}. An id is one segment of a path and can be nothing else.
func expand(template string, ids ...string) (string, error) {
	for i, id := range ids {
		if id == "" || id == "." || id == ".." || strings.ContainsFunc(id, noSegment) {
			return "", fmt.Errorf("%q cannot be a UUID", id)
		}
		template = strings.Replace(template, [...]string{"{uuid}", "{orderUuid}"}[i], url.PathEscape(id), 1)
	}
	return template, nil
}

func noSegment(r rune) bool { return r == '/' || r == '\\' || r < ' ' }
