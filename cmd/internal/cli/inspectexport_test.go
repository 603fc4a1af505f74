package cli

import (
	"bytes"
	"context"
	"strings"

	"github.com/campsync/campsync/cmd/internal/term"
)

var (
	Percent = percent
	Wrap    = wrap
)

// CountLineEnds counts those of text that is read in pieces of a size.
func CountLineEnds(text string, size int) (lf, crlf, cr int64) {
	l := &lineEnds{src: strings.NewReader(text)}
	for p := make([]byte, size); ; {
		if _, err := l.Read(p); err != nil {
			return l.LF, l.CRLF, l.CR
		}
	}
}

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
