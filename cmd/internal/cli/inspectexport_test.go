package cli

import (
	"bytes"
	"context"

	"github.com/campsync/campsync/cmd/internal/term"
)

var (
	Percent = percent
	Wrap    = wrap
)

// InspectPage is the page of a file for a terminal of a width.
func InspectPage(ctx context.Context, path string, width int) string {
	var b bytes.Buffer
	out := term.NewStream(&b, func(string) string { return "" })
	progress := term.NewProgress(out, term.NoticesOnly, term.Printer{})
	defer progress.Close()
	i, err := new(inspectOptions).inspect(ctx, nil, path, progress)
	if err == nil {
		err = i.show(out, width)
	}
	if err != nil {
		return err.Error()
	}
	return b.String()
}
