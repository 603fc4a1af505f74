package cli

import (
	"bufio"
	"strings"
)

// cleanCSV writes CSV as RFC 4180 has it. That of the standard library changes
// the line ends within cells where it ends its lines with CR and LF.
type cleanCSV struct {
	*bufio.Writer
	end string // of a line
}

func (w cleanCSV) write(cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			w.WriteByte(',')
		}
		if len(cells) == 1 && cell == "" || strings.ContainsAny(cell, "\",\r\n") {
			// A lone cell without anything in it would be a blank line.
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		w.WriteString(cell)
	}
	_, err := w.WriteString(w.end)
	return err
}
