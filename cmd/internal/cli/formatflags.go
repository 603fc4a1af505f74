package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/campsync/campsync/importer/source"
)

// bindFormat binds the flags that say how files are to be read, for all
// commands that read any.
func bindFormat(fs *pflag.FlagSet, o *source.Options) {
	fs.StringVar(&o.Delimiter, "delimiter", "", "`CHARACTER` between cells, or tab (default: found out)")
	fs.StringVar(&o.Quote, "quote", "", "`CHARACTER` around cells, \" or ', or none where quotes are characters like others (default: found out)")
	fs.StringVar(&o.Escape, "escape", "", "`HOW` a quote within quotes is written: double or backslash (default: found out)")
	fs.StringVar(&o.Encoding, "encoding", "", "encoding of the files by its `NAME`, such as windows-1252 (default: found out)")
	fs.StringVar(&o.Sheet, "sheet", "", "`NAME` of the sheet of a workbook, or of the file in a zip archive, to read")
	fs.BoolVar(&o.NoHeader, "no-header", false, `the first row is one like others; the columns are then "column 1", "column 2" and so on`)
	fs.Var((*headerRows)(&o.HeaderRows), "header-rows", "the header is made of N rows (0: found out)")
}

// headerRows is a number of rows.
type headerRows int

func (h *headerRows) String() string { return strconv.Itoa(int(*h)) }
func (h *headerRows) Type() string   { return "N" }

func (h *headerRows) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > mostHeaderRows {
		return fmt.Errorf("must be a whole number, 0 to %d", mostHeaderRows)
	}
	*h = headerRows(n)
	return nil
}

// mostHeaderRows is more than any header has.
const mostHeaderRows = 20
