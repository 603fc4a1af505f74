package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/report"
	"github.com/campsync/campsync/mapping"
)

const validateLong = `Reads, maps and checks every row as import would, and sends nothing.

With --campaign or --record-type UUID parameters are checked against the record
type at the server; with --record-type FILE against one on this disk, with no
network; with neither they are text, unless the mapping types them.`

// validateOptions are the flags of validate.
type validateOptions struct {
	readOptions
	show count // rows
}

func newValidate(a *app) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Map and check every row of files, and send nothing",
		Long:  validateLong,
		RunE: func(cmd *cobra.Command, args []string) error {
			paths, err := expandFiles(cmd, args)
			if err != nil {
				return err
			}
			return a.validate(cmd.Context(), &o, paths)
		},
	}
	o.bind(cmd)
	cmd.Flags().Var(&o.show, "show", "show the first N rows as they would be sent")
	return cmd
}

func (a *app) validate(ctx context.Context, o *validateOptions, paths []string) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	began := time.Now()
	against, err := a.checkedAgainst(ctx, &o.readOptions)
	if err != nil {
		return err
	}
	c, err := o.openContacts(paths, paths, against.rt, against.timezone)
	if err != nil {
		return err
	}
	if o.duplicates.value != string(importer.DuplicatesFirst) {
		// Every source is read twice.
		remove, err := a.keepStdin(c)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, remove()) }()
	}
	dir, err := a.openReportDir(newRunID(began))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()

	progress := a.progress()
	defer progress.Close()
	tell := func(text string) {
		if !a.global.quiet {
			progress.Notice(text)
		}
	}
	v := importer.Validation{
		Sources: c.sources(a, tell), Duplicates: importer.DuplicatePolicy(o.duplicates.value),
		SharedNumbers: c.sharedNumbers(), Limit: int64(o.limit), Now: began, Observer: progress,
	}
	s := report.Summary{
		ID: filepath.Base(dir.path), Command: "validate", Campaign: against.campaign, CampaignUUID: against.campaignUUID,
		StartedAt: began, Local: true, Dir: dir.path,
	}
	if s.Tally, err = writeRowReports(dir, names(v.Sources), func(r *rowReports) error {
		v.Take = func(src importer.SourceState, rows []importer.Row) error {
			for i := range rows {
				r.begin(rows[i].Source, src)
				if err := r.add(&rows[i]); err != nil {
					return err
				}
				if rows[i].Outcome == reconcile.Valid && len(s.Shown) < int(o.show) {
					s.Shown = append(s.Shown, rows[i])
				}
			}
			return nil
		}
		s.State, err = v.Run(ctx)
		c.notices(tell)
		for i, src := range s.State.Sources {
			r.begin(i, src)
		}
		return err
	}); err != nil {
		return err
	}
	progress.Close()
	s.FinishedAt = time.Now()
	code := exitOf(s.Tally, importer.Verification{}, importer.State{})
	s.ExitCode = int(code)
	if err := errors.Join(dir.Write("report.json", s.JSON), a.show(&s)); err != nil {
		return err
	}
	if code == ExitPartial {
		a.notice("%s", mendHint(dir, names(v.Sources)))
	}
	return exitWith(code)
}

func names(sources []importer.Source) []string {
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	return names
}

// checked is what rows are checked against.
type checked struct {
	rt                               mapping.RecordType
	campaign, campaignUUID, timezone string
}

// checkedAgainst asks the server only where the flags name something there.
func (a *app) checkedAgainst(ctx context.Context, o *readOptions) (c checked, err error) {
	if o.campaign == "" && o.recordType.UUID == "" {
		c.rt = mapping.RecordType{Parameters: mapping.Free}
		if o.recordType.File != "" {
			c.rt, err = readRecordType(o.recordType.File)
		}
		return c, err
	}
	s, err := a.connect(connection{})
	if err != nil {
		return c, err
	}
	defer s.closeInto(&err)
	uuid := ""
	if o.campaign != "" {
		campaign, err := s.campaign(ctx, o.campaign)
		if err != nil {
			return c, err
		}
		c.campaign, c.campaignUUID, c.timezone, uuid = campaign.Name, campaign.UUID, campaign.Timezone, campaign.RecordTypeUUID
	}
	c.rt, err = o.recordTypeOf(ctx, s, uuid)
	return c, err
}

// keepStdin puts stdin into a file that can be read twice.
func (a *app) keepStdin(c *contacts) (remove func() error, err error) {
	for i, path := range c.paths {
		if path != stdinName {
			continue
		}
		f, err := os.CreateTemp("", "campsync-stdin-")
		if err != nil {
			return nil, fmt.Errorf("keeping stdin: %w", err)
		}
		_, err = io.Copy(f, a.stdin)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, errors.Join(fmt.Errorf("keeping stdin: %w", err), os.Remove(f.Name()))
		}
		c.paths[i] = f.Name()
		return func() error { return os.Remove(f.Name()) }, nil
	}
	return func() error { return nil }, nil
}

// mendHint says what to do about rejected rows.
func mendHint(dir *reportDir, sources []string) string {
	files := rejectedNames(sources)
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = shellQuoted(shortPath(dir.Path(f)))
	}
	return "rejected rows are in " + strings.Join(paths, " ") + ": mend them there and give that file to campsync again"
}
