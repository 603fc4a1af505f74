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
