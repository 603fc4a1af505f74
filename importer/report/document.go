package report

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// Schema names the form of report.json.
const Schema = "campsync.report/v1"

// Summary is what a report says of a run apart from its rows.
type Summary struct {
	ID           string
	Command      string
	Campaign     string // name
	CampaignUUID string
	StartedAt    time.Time
	FinishedAt   time.Time
	ExitCode     int
	State        importer.State
	Verification importer.Verification
	Books        importer.Books
	Local        bool   // the command sends nothing: there are no books to hold against a server
	Dir          string // where the files are; empty where none were written
	Tally        *Tally
	Shown        []importer.Row // that are to be shown as they would be sent
}

// Balanced reports whether the books close: every row has one outcome, and the
// campaign holds as many orders as it must.
func (s *Summary) Balanced() bool {
	return s.Tally.Closed(s.State.Rows) && (s.Local || s.Verification.Closed() && s.Tally.Outcomes[reconcile.Ambiguous] == 0)
}

// Document is report.json.
type Document struct {
	Schema   string                     `json:"schema"`
	Run      DocumentRun                `json:"run"`
	Outcomes map[importer.Outcome]int64 `json:"outcomes"`
	Orders   DocumentOrders             `json:"orders"`
	Rows     int64                      `json:"rows"`
	Balanced bool                       `json:"balanced"`
	Withheld string                     `json:"withheld,omitempty"` // why orders that no row has were not taken out
	Remote   DocumentRemote             `json:"remote"`
	Requests importer.Requests          `json:"requests"`
	Errors   []Error                    `json:"errors"`
	Reasons  []Reason                   `json:"reasons"` // rows by outcome and code
	Mended   []importer.Mended          `json:"mended"`
	Targets  []importer.Figures         `json:"targets,omitempty"` // of validate
	Records  []DocumentRecord           `json:"records,omitempty"` // of validate --show
	Lists    []importer.SuppressionList `json:"suppression"`       // what suppressed numbers were taken from
	Twice    []importer.Twice           `json:"twice"`             // keys with several orders
	Missing  []DocumentRow              `json:"missing"`           // rows whose order was not found at the end
	Differs  []DocumentRow              `json:"differs"`           // rows whose order is not as it was sent (--verify full)
}

// DocumentRun says which run it was.
type DocumentRun struct {
	ID           string           `json:"id"`
	Command      string           `json:"command"`
	StartedAt    time.Time        `json:"startedAt"`
	FinishedAt   time.Time        `json:"finishedAt"`
	CampaignUUID string           `json:"campaignUuid"`
	Sources      []DocumentSource `json:"sources"`
	ExitCode     int              `json:"exitCode"`
}

// DocumentSource is a file that was read.
type DocumentSource struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
}

// DocumentOrders counts what was done to orders that no row has made.
type DocumentOrders struct {
	Removed   int `json:"removed"`
	Canceled  int `json:"canceled"`
	Activated int `json:"activated"`
}

// DocumentRemote holds the books against the server.
type DocumentRemote struct {
	Before        int  `json:"before"`
	After         int  `json:"after"`
	ExpectedAfter int  `json:"expectedAfter"`
	Verified      bool `json:"verified"`
}

// DocumentRow points at a row.
type DocumentRow struct {
	Source    string   `json:"source"`
	Line      int      `json:"line"`
	Key       string   `json:"key"`
	OrderUUID string   `json:"orderUuid"`
	Fields    []string `json:"fields,omitempty"`
}

// Document makes report.json of the summary.
func (s *Summary) Document() Document {
	v := s.Verification
	d := Document{
		Schema: Schema,
		Run: DocumentRun{
			ID: s.ID, Command: s.Command, StartedAt: s.StartedAt.UTC(), FinishedAt: s.FinishedAt.UTC(),
			CampaignUUID: s.CampaignUUID, Sources: []DocumentSource{}, ExitCode: s.ExitCode,
		},
		Outcomes: make(map[importer.Outcome]int64),
		Rows:     s.Tally.Rows,
		Balanced: s.Balanced(),
		Withheld: s.State.Withheld,
		Orders:   DocumentOrders{Removed: s.Books.Removed, Canceled: s.Books.Canceled, Activated: s.Books.Activated},
		Remote:   DocumentRemote{Before: v.Before, After: v.After, ExpectedAfter: v.Expected, Verified: v.Verified},
		Requests: s.State.Requests,
		Errors:   s.Tally.Errors(),
		Reasons:  s.Tally.Reasons(),
		Mended:   append([]importer.Mended{}, s.State.Mended...),
		Lists:    append([]importer.SuppressionList{}, s.State.Suppression...),
		Targets:  slices.Clone(s.State.Targets),
		Twice:    append([]importer.Twice{}, v.Twice...),
		Missing:  []DocumentRow{},
		Differs:  []DocumentRow{},
	}
	for _, o := range reconcile.Outcomes() {
		d.Outcomes[o] = s.Tally.Outcomes[o]
	}
	for _, src := range s.State.Sources {
		d.Run.Sources = append(d.Run.Sources, DocumentSource{Name: src.Name, SHA256: src.SHA256, Rows: src.Rows})
	}
	for i := range d.Targets {
		f := &d.Targets[i]
		f.Columns, f.Examples, f.Refusals = append([]string{}, f.Columns...), append([]importer.Conversion{}, f.Examples...), append([]importer.Refusal{}, f.Refusals...)
	}
	for i := range s.Shown {
		d.Records = append(d.Records, s.record(&s.Shown[i]))
	}
	for i := range v.Missing {
		d.Missing = append(d.Missing, s.point(&v.Missing[i], nil))
	}
	for i := range v.Differs {
		d.Differs = append(d.Differs, s.point(&v.Differs[i].Row, v.Differs[i].Fields))
	}
	return d
}

func (s *Summary) point(r *importer.Row, fields []string) DocumentRow {
	return DocumentRow{Source: s.source(r.Source), Line: r.Line, Key: r.Key, OrderUUID: r.OrderUUID, Fields: fields}
}

func (s *Summary) source(i int) string {
	if i >= 0 && i < len(s.State.Sources) {
		return s.State.Sources[i].Name
	}
	return ""
}

// JSON writes report.json.
func (s *Summary) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(s.Document())
}
