package cli

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"strings"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/source"
)

// runPlan is what a run is to do, as its ledger keeps it: enough to go on with
// it, or to begin anew, when the process that began it is gone.
type runPlan struct {
	Command       string
	Update        bool     // what is there is brought to what the rows say
	Files         []string // absolute, or - for stdin
	Names         []string // as they were given, for reports
	ReportDir     string   // absolute
	Server        string
	CampaignUUID  string
	MappingSHA256 string // empty without a mapping file
	Identity      string
	SharedNumbers bool
	Region        string // of suppressed numbers without a country code
	Read          readPlan
	Send          sendPlan
	Bulk          *bulkPlan // what is done to picked orders, in the place of files; nil otherwise
}

// takesOut is how orders are taken out of the campaign by the run, or empty.
func (p *runPlan) takesOut() reconcile.Kind {
	if p.Bulk != nil && p.Bulk.Kind != reconcile.UpdateOrder {
		return p.Bulk.Kind
	}
	return prunes[p.Send.Prune]
}

// readPlan is what the flags of reading say.
type readPlan struct {
	Mapping    string // absolute; empty without one
	RecordType recordTypeRef
	Region     string
	Format     source.Options
	Limit      count
	Duplicates string
}

func (o *readOptions) plan() (readPlan, error) {
	p := readPlan{RecordType: o.recordType, Region: o.region, Format: o.format, Limit: o.limit, Duplicates: o.duplicates.value}
	var err error
	if o.mapping != "" {
		p.Mapping, err = filepath.Abs(string(o.mapping))
	}
	return p, err
}

// options are the flags that the plan was made of.
func (p readPlan) options() *readOptions {
	return &readOptions{mapping: filePath(p.Mapping), recordType: p.RecordType, region: p.Region, format: p.Format,
		limit: p.Limit, duplicates: choice{value: p.Duplicates}}
}

// sendPlan is what the flags of sending say.
type sendPlan struct {
	Status, Associate, Resend, Verify string
	Suppress                          []string // absolute
	SuppressCampaigns                 []string // names or UUIDs
	Settle                            time.Duration
	Activate, Prune, History          string
	Conflicts                         reconcile.Resolutions
	MaxErrors, MaxRemovals            importer.Cap
	AllowEmpty                        bool
}

func (o *sendOptions) plan() (sendPlan, error) {
	p := o.settling.plan()
	var err error
	p.Suppress, err = absolute(o.suppress)
	p.SuppressCampaigns = o.campaigns.values
	p.Status, p.Associate, p.Activate = o.status.value, o.associate.value, o.activate.value
	p.MaxErrors, p.MaxRemovals, p.AllowEmpty, p.History = o.guards.maxErrors, o.guards.maxRemovals, o.guards.allowEmpty, o.guards.history.value
	return p, err
}

// fingerprint tells runs apart by what they do: the same command with the same
// mapping on the same bytes, whatever the files' names, is the same run.
func (p runPlan) fingerprint(s importer.State) (string, error) {
	type source struct {
		SHA256 string
		Rows   int64
	}
	same := struct {
		runPlan
		Sources []source
	}{runPlan: p}
	same.Files, same.Names, same.ReportDir, same.Read.Mapping, same.Read.RecordType = nil, nil, "", "", recordTypeRef{}
	same.Send = sendPlan{Status: p.Send.Status, Associate: p.Send.Associate, Activate: p.Send.Activate, Prune: p.Send.Prune, Conflicts: p.Send.Conflicts}
	for _, src := range s.Sources {
		same.Sources = append(same.Sources, source{src.SHA256, src.Rows})
	}
	text, err := json.Marshal(same)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// goingOn is the plan for a run that has begun: lists that have picked its orders
// are not read again, as the ledger knows the orders.
func (p runPlan) goingOn() runPlan {
	if p.Bulk != nil {
		p.Send.Suppress, p.Send.SuppressCampaigns = nil, nil
	}
	return p
}

// prunes are what is done with orders that no row has, by the words of --prune.
var prunes = map[string]reconcile.Kind{"remove": reconcile.RemoveOrder, "cancel": reconcile.CancelOrder}

// newRunID names a run by when it began, so that names sort by time.
func newRunID(began time.Time) string {
	return began.UTC().Format("20060102-150405-") + strings.ToLower(rand.Text()[:6])
}

// runner is the engine for a plan. The lists of numbers that must not be called
// are read here, before anything else: one that cannot be read stops the run.
func (h *held) runner(ctx context.Context, p runPlan, sources []importer.Source, began time.Time) (*importer.Runner, error) {
	suppression, err := h.suppression(ctx, p)
	if err != nil {
		return nil, err
	}
	return &importer.Runner{
		Suppression: suppression,
		Bulk:        bulkOf(p, suppression),
		Campaign:    importer.Campaign{UUID: h.campaign.UUID, RecordTypeUUID: h.campaign.RecordTypeUUID},
		Orders:      h.session.Orders,
		Records:     h.session.Records,
		Sources:     sources,
		Policy: reconcile.Policy{
			Status: client.Status(p.Send.Status), Associate: reconcile.Association(p.Send.Associate), Now: began,
			Staged: p.Send.Activate == "verified", Update: p.Update, Conflicts: p.Send.Conflicts,
		},
		Prune:         prunes[p.Send.Prune],
		MaxRemovals:   p.Send.MaxRemovals,
		AllowEmpty:    p.Send.AllowEmpty,
		Identity:      p.Identity,
		SharedNumbers: p.SharedNumbers,
		Region:        p.Region,
		Duplicates:    importer.DuplicatePolicy(p.Read.Duplicates),
		Limit:         int64(p.Read.Limit),
		Settle:        p.Send.Settle,
		Resend:        importer.Resend(p.Send.Resend),
		Verify:        importer.Verify(p.Send.Verify),
		MaxErrors:     p.Send.MaxErrors,
		Workers:       h.session.workers,
		Window:        func() int { return h.session.gate.Stats().Concurrency },
	}, nil
}
