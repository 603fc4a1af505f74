package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/ledger"
)

// held is a campaign that this process alone works on, with its ledger.
type held struct {
	*app
	session  *session
	campaign client.Campaign
	ledger   *ledger.Ledger
	release  func() error
}

// closeInto gives the campaign back; its error joins what the command returns.
func (h *held) closeInto(err *error) { *err = errors.Join(*err, h.ledger.Close(), h.release()) }

// holdCampaign locks a campaign on this host and opens its ledger. With
// --lock skip, held is nil where somebody else has the campaign.
func (a *app) holdCampaign(ctx context.Context, s *session, c client.Campaign, o *connectOptions) (*held, error) {
	state, remove, err := a.ledgerFolder(s)
	if err != nil {
		return nil, err
	}
	path := ledger.Path(state, s.server, c.UUID)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, errors.Join(usageError("", fmt.Errorf("making the folder of the ledger: %w", err)), remove())
	}
	unlock, err := a.lockLedger(ctx, path, c.Name, o.lock.value)
	if err == nil && unlock == nil {
		err = a.skipped(c)
	}
	if err != nil || unlock == nil {
		return nil, errors.Join(err, remove())
	}
	release := func() error { return errors.Join(unlock(), remove()) }
	book, err := ledger.Open(ctx, path)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	return &held{app: a, session: s, campaign: c, ledger: book, release: release}, nil
}

// skipped says that nothing is done because somebody else has the campaign.
// With --json that is the result: there is no run, and so no report of one.
func (a *app) skipped(c client.Campaign) error {
	a.notice("another run holds the campaign %s; nothing is done (--lock skip)", c.Name)
	if !a.global.json {
		return nil
	}
	return a.writeJSON("skipped", struct {
		Skipped      bool   `json:"skipped"`
		Reason       string `json:"reason"`
		CampaignUUID string `json:"campaignUuid"`
	}{true, "another run holds the campaign", c.UUID})
}

// lockPoll is how often a lock that is waited for is looked at.
const lockPoll = 250 * time.Millisecond

// lockLedger keeps others on this host out of a campaign. The lock of a
// process that died is free: the system gives it back. Where somebody else has
// it, how says whether to fail, to wait, or to skip, with nil.
func (a *app) lockLedger(ctx context.Context, path, campaign, how string) (unlock func() error, err error) {
	l := flock.New(filepath.Join(filepath.Dir(path), "lock"), flock.SetPermissions(0o600))
	got, err := l.TryLock()
	if err == nil && !got && how == "wait" {
		a.notice("another run holds the campaign %s; waiting for it", campaign)
		got, err = l.TryLockContext(ctx, lockPoll)
	}
	switch {
	case err != nil:
		return nil, errors.Join(fmt.Errorf("locking the campaign: %w", err), l.Close())
	case got:
		return l.Close, nil
	case how == "skip":
		return nil, l.Close()
	}
	return nil, errors.Join(fail(ExitLocked, "--lock wait waits for it", fmt.Errorf("another run holds the campaign %s", campaign)), l.Close())
}

// ledgerFolder is where ledgers are kept. What was sent to a sandbox that is
// gone with the process is not worth remembering.
func (a *app) ledgerFolder(s *session) (folder string, remove func() error, err error) {
	if !s.transient {
		folder, err = a.stateDir()
		return folder, func() error { return nil }, err
	}
	folder, err = os.MkdirTemp("", "campsync-")
	return folder, func() error { return os.RemoveAll(folder) }, err
}
