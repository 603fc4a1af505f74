package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
)

// CampaignsService is the account's campaigns.
type CampaignsService struct{ r *requester }

var campaignList = list[Campaign]{op: "list campaigns", key: "campaigns", uuid: func(c Campaign) string { return c.UUID }}

func (q CampaignQuery) values() url.Values {
	v := url.Values{}
	setText(v, "search", q.Search)
	setText(v, "status", q.Status)
	return v
}

// Page reads one page of campaigns. Pages count from 1; limit is at most
// [MaxLimit], and 0 is that.
func (s *CampaignsService) Page(ctx context.Context, q CampaignQuery, page, limit int) (Page[Campaign], error) {
	return campaignList.page(ctx, s.r, pathCampaigns, q.values(), page, limit)
}

// All yields all campaigns, page by page. It ends at the first error, which
// it yields.
func (s *CampaignsService) All(ctx context.Context, q CampaignQuery) iter.Seq2[Campaign, error] {
	return campaignList.all(ctx, s.r, pathCampaigns, q.values())
}

// Get reads one campaign.
func (s *CampaignsService) Get(ctx context.Context, uuid string) (Campaign, error) {
	const op = "get campaign"
	path, err := expand(pathCampaign, uuid)
	if err != nil {
		return Campaign{}, badRequest(op, fmt.Errorf("campaign %w", err))
	}
	var c Campaign
	err = s.r.call(ctx, request{op: op, method: http.MethodGet, path: path}, func(text []byte) (err error) {
		c, err = parseCampaign(text)
		return err
	})
	if err != nil {
		return Campaign{}, err
	}
	return c, nil
}

// parseCampaign reads a campaign, bare or as {"campaign": {...}}.
func parseCampaign(text []byte) (Campaign, error) {
	var c Campaign
	if err := c.UnmarshalJSON(text); err != nil {
		return Campaign{}, err
	}
	if wrapped, ok := c.Extra["campaign"]; ok && c.UUID == "" {
		if err := c.UnmarshalJSON(wrapped); err != nil {
			return Campaign{}, err
		}
	}
	if c.UUID == "" {
		return Campaign{}, errors.New("no campaign uuid")
	}
	return c, nil
}
