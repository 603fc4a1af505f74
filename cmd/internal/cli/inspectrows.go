package cli

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/importer/source"
)

// writeRows writes the table of a file as clean CSV.
func (o *inspectOptions) writeRows(ctx context.Context, a *app, path string) (err error) {
	f, err := o.open(a, path)
	if err != nil {
		return err
	}
	defer f.close()
	w := cleanCSV{bufio.NewWriterSize(a.out, 64<<10), "\r\n"}
	defer func() { err = errors.Join(err, w.Flush()) }()
	problems := 0
	report := func(p fileProblem) error {
		problems++
		_, err := io.WriteString(a.errs, term.Escape(p.in(f.name))+"\n")
		return err
	}
	if f.damaged != nil {
		if err := report(*f.damaged); err != nil {
			return err
		}
	}
	if f.headerLine > 0 {
		if err := w.write(f.names()); err != nil {
			return err
		}
	}
	_, cut, err := o.each(ctx, f, func(row source.Row) error { return w.write(row.Cells) }, report)
	if err == nil && cut != nil {
		err = report(*cut)
	}
	if err == nil && problems > 0 {
		err = exitWith(ExitPartial)
	}
	return err
}
