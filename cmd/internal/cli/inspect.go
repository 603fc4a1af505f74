package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer/source"
)

const inspectLong = `Shows what files are (encoding, delimiter, header), what their columns seem to
hold, what cannot be read, and what spreadsheets have damaged. It sends nothing
and needs no account.

With --rows it writes the file's table as clean CSV (UTF-8, commas, RFC 4180):
the header, then the rows that could be read; every problem goes to stderr.

The exit code is 3 where the header or a row cannot be read.`

// inspectOptions are the flags of inspect.
type inspectOptions struct {
	format source.Options
	region string
	limit  count // rows; 0: all
	rows   bool
}

func newInspect(a *app) *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect FILE...",
		Short: "Show what files hold, how they are written, and what is wrong with them",
		Long:  inspectLong,
		Example: `  campsync inspect leads.csv
  campsync inspect export.xlsx --sheet Leads --region GB
  campsync inspect old.txt --encoding windows-1250 --rows >clean.csv`,
		RunE: func(cmd *cobra.Command, args []string) error {
			paths, err := expandFiles(cmd, args)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), a, paths)
		},
	}
	fs := cmd.Flags()
	fs.BoolVar(&o.rows, "rows", false, "write the table as clean CSV to stdout, and problems to stderr")
	bindFormat(fs, &o.format)
	fs.StringVar(&o.region, "region", "", "`CC`, the country of numbers that have none, such as GB")
	fs.Var(&o.limit, "limit", "read only the first N rows (0: all)")
	return cmd
}

func (o *inspectOptions) run(ctx context.Context, a *app, paths []string) error {
	var err error
	if o.region, err = regionCode(o.region); err != nil {
		return err
	}
	if o.rows {
		switch {
		case a.global.json:
			return usageError("leave one of them out", errors.New("--rows writes CSV and --json writes JSON"))
		case len(paths) > 1:
			return usageError("give one file at a time", errors.New("--rows writes the table of one file"))
		}
		return o.writeRows(ctx, a, paths[0])
	}
	inspections, err := o.inspectAll(ctx, a, paths)
	if len(inspections) == 0 {
		return err
	}
	if shown := a.showInspections(inspections); shown != nil {
		return errors.Join(err, shown)
	}
	for _, i := range inspections {
		if err == nil && i.Problems.Total > 0 {
			err = exitWith(ExitPartial)
		}
	}
	return err
}

// inspectAll looks at the files one after the other. One that cannot be read
// at all does not keep the others from being shown.
func (o *inspectOptions) inspectAll(ctx context.Context, a *app, paths []string) ([]*inspection, error) {
	var inspections []*inspection
	var errs []error
	progress := a.progress()
	defer progress.Close()
	for _, path := range paths {
		i, err := o.inspect(ctx, a, path, progress)
		if ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		inspections = append(inspections, i)
	}
	return inspections, errors.Join(errs...)
}

func (a *app) showInspections(inspections []*inspection) error {
	if a.global.json {
		return a.writeJSON("inspect", struct {
			Files []*inspection `json:"files"`
		}{inspections})
	}
	for n, i := range inspections {
		if n > 0 {
			if err := a.printf("\n"); err != nil {
				return err
			}
		}
		if err := i.show(a.out, widthOf(a.out)); err != nil {
			return err
		}
	}
	return nil
}
