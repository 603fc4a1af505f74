package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/source"
)

const neverPassedOver = "a list of numbers that must not be called is never passed over"

// unreadListError says that a file of such numbers cannot be read.
type unreadListError struct{ why error }

func (e unreadListError) Error() string { return "reading the suppression list: " + e.why.Error() }
func (e unreadListError) Unwrap() error { return e.why }

// suppression reads the lists of numbers that must not be called.
func (h *held) suppression(ctx context.Context, p runPlan) (*importer.Suppression, error) {
	if len(p.Send.Suppress)+len(p.Send.SuppressCampaigns) == 0 {
		return nil, nil
	}
	s := importer.NewSuppression()
	for _, path := range p.Send.Suppress {
		if err := addSuppressed(ctx, s, path, p.Region); err != nil {
			return nil, usageError(neverPassedOver, unreadListError{err})
		}
	}
	for _, name := range p.Send.SuppressCampaigns {
		c, err := h.session.campaign(ctx, name)
		if err == nil {
			err = s.AddCampaign(ctx, c.Name, c.UUID, h.session.Orders, h.session.Records, p.Region)
		}
		if err != nil {
			err = fmt.Errorf("reading the suppression list of campaign %s: %w", name, err)
			if exitCode(err) == ExitStopped {
				err = usageError(neverPassedOver, err)
			}
			return nil, err
		}
	}
	return s, nil
}

func addSuppressed(ctx context.Context, s *importer.Suppression, path, region string) (err error) {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	file, err := source.Open(path, source.Options{NoHeader: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return s.AddFile(ctx, shortPath(path), info.ModTime(), file, region)
}

// readLists are the files of suppressed numbers as they were read, by their paths;
// lists has them in the order of paths, and campaigns behind them.
func readLists(paths []string, lists []importer.SuppressionList) map[string]importer.SuppressionList {
	read := make(map[string]importer.SuppressionList, len(paths))
	for i, path := range paths[:min(len(paths), len(lists))] {
		read[path] = lists[i]
	}
	return read
}

// compareLists says where a file of numbers that must not be called is not what it
// was when the run read it last: the run goes on with what it is now.
func (x *execution) compareLists(before map[string]importer.SuppressionList, suppression *importer.Suppression) {
	now := readLists(x.plan.Send.Suppress, suppression.All())
	for _, path := range x.plan.Send.Suppress {
		if was, is := before[path], now[path]; was.SHA256 != "" && was.SHA256 != is.SHA256 {
			x.notice("%s has changed since it was read: it had %s, and has %d; those that it has now are not called",
				is.Name, counted(int(was.Numbers), "number"), is.Numbers)
		}
	}
}
