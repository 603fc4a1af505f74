package clienttest

import (
	"encoding/json"
	"net"
	"net/url"
	"os"
	"testing"
	"time"
)

// A Target is the server to be tested.
type Target struct {
	BaseURL    string
	Token      string
	Campaign   string         // name or UUID; outside this machine it must not be active
	ReadOnly   bool           // leaves out all that writes
	Lag        time.Duration  // how long reads may be behind writes
	Parameters map[string]any // of every record that is made, for those that the record type requires
}

// FromEnvironment answers the target that the environment names, and whether it
// names one. Its reads may lag by 30 seconds.
func FromEnvironment() (Target, bool, error) {
	target := Target{
		BaseURL:  os.Getenv("CAMPSYNC_TEST_URL"),
		Token:    os.Getenv("CAMPSYNC_TEST_TOKEN"),
		Campaign: os.Getenv("CAMPSYNC_TEST_CAMPAIGN"),
		ReadOnly: os.Getenv("CAMPSYNC_TEST_READ_ONLY") != "",
		Lag:      30 * time.Second,
	}
	var err error
	if text := os.Getenv("CAMPSYNC_TEST_PARAMETERS"); text != "" {
		err = json.Unmarshal([]byte(text), &target.Parameters)
	}
	return target, target.BaseURL != "" && target.Token != "" && target.Campaign != "", err
}

// local reports whether the server is on this machine.
func (target Target) local() bool {
	u, err := url.Parse(target.BaseURL)
	return err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback())
}

// Run holds the target to what campsync relies on.
func Run(t *testing.T, target Target) {
	t.Helper()
	s := newSuite(t, target)
	t.Run("account", s.account)
	t.Run("campaigns", s.campaigns)
	t.Run("record types", s.recordTypes)
	t.Run("refusals", s.refusals)
	t.Run("paging limits", s.pagingLimits)
	if target.ReadOnly {
		return
	}
	if s.campaign.Status == "active" && !target.local() {
		t.Fatalf("campaign %q is active: what is written there could make it call; take one that is a draft or paused", s.campaign.Name)
	}
	t.Run("create", s.create)
	t.Run("create refused", s.createRefused)
	t.Run("statuses", s.statuses)
	t.Run("update", s.update)
	t.Run("update refused", s.updateRefused)
	t.Run("remove", s.remove)
	t.Run("search", s.search)
	t.Run("paging", s.paging)
	t.Run("together", s.together)
	t.Run("records", s.records)
	t.Run("associate", s.associate)
	t.Run("associate refused", s.associateRefused)
}
