package sandbox

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A catalog holds the campaigns and record types: few, read by every request,
// and changed by setup functions alone. What it hands out is not changed.
type catalog struct {
	setup     sync.Mutex   // one setup function at a time; held while it commits
	mu        sync.RWMutex // never held while committing: a change may read the catalog
	campaigns []*Campaign
	types     []*RecordType
}

func (c *catalog) load(d *database) error {
	rows, err := d.writer.query("SELECT id, body FROM record_types ORDER BY id")
	c.types, err = collect(rows, err, func(rows *sql.Rows) (*RecordType, error) {
		var t RecordType
		var body []byte
		if err := rows.Scan(&t.id, &body); err != nil {
			return nil, err
		}
		return &t, errors.Join(json.Unmarshal(body, &t), t.compile())
	})
	if err != nil {
		return err
	}
	rows, err = d.writer.query("SELECT id, body FROM campaigns ORDER BY id")
	c.campaigns, err = collect(rows, err, func(rows *sql.Rows) (*Campaign, error) {
		var campaign Campaign
		var body []byte
		if err := rows.Scan(&campaign.id, &body); err != nil {
			return nil, err
		}
		return &campaign, json.Unmarshal(body, &campaign)
	})
	return err
}

func (c *catalog) allCampaigns() []*Campaign {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clip(c.campaigns)
}

func (c *catalog) allTypes() []*RecordType {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clip(c.types)
}

func (c *catalog) addCampaign(campaign *Campaign) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.campaigns = append(c.campaigns, campaign)
}

func (c *catalog) addType(t *RecordType) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.types = append(c.types, t)
}

// campaign answers nil where there is none.
func (c *catalog) campaign(uuid string) *Campaign {
	for _, campaign := range c.allCampaigns() {
		if campaign.UUID == uuid {
			return campaign
		}
	}
	return nil
}

// recordType answers nil where there is none.
func (c *catalog) recordType(uuid string) *RecordType {
	for _, t := range c.allTypes() {
		if t.UUID == uuid {
			return t
		}
	}
	return nil
}

// campaign reads the campaign of the path.
func (s *Server) campaign(c *call) (*Campaign, error) {
	uuid, err := c.id("uuid")
	if err != nil {
		return nil, err
	}
	if campaign := s.catalog.campaign(uuid); campaign != nil {
		return campaign, nil
	}
	return nil, notFound("campaign", uuid)
}

func (s *Server) getCampaign(c *call) (int, any, error) {
	campaign, err := s.campaign(c)
	return http.StatusOK, campaign, err
}

var campaignStatuses = []string{"draft", "active", "paused", "completed", "archived"}

func (s *Server) listCampaigns(c *call) (int, any, error) {
	page, limit, err := c.page()
	if err != nil {
		return 0, nil, err
	}
	search, status := foldCase(c.query.Get("search")), c.query.Get("status")
	if status != "" && !slices.Contains(campaignStatuses, status) {
		return 0, nil, refuse(http.StatusBadRequest, "status must be one of %s", strings.Join(campaignStatuses, ", "))
	}
	found := []*Campaign{}
	for _, campaign := range s.catalog.allCampaigns() {
		if (status == "" || campaign.Status == status) && strings.Contains(foldCase(campaign.Name), search) {
			found = append(found, campaign)
		}
	}
	first := min((page-1)*limit, len(found))
	items := found[first:min(first+limit, len(found))]
	return http.StatusOK, paged("campaigns", items, len(found), page, limit), nil
}

func (s *Server) listRecordTypes(*call) (int, any, error) {
	return http.StatusOK, s.catalog.allTypes(), nil
}

func (s *Server) getRecordType(c *call) (int, any, error) {
	uuid, err := c.id("uuid")
	if err != nil {
		return 0, nil, err
	}
	if t := s.catalog.recordType(uuid); t != nil {
		return http.StatusOK, t, nil
	}
	return 0, nil, notFound("record type", uuid)
}
