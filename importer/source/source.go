package source

import "strconv"

// Limits of what is read. They bound memory, not what is sensible.
const (
	MaxCell    = 1 << 20 // bytes of a cell
	MaxRow     = 8 << 20 // bytes of a row, as it stands in the file
	MaxColumns = 4096    // of a header, the tool's own columns not counted
)

// Codes of a [Fault]. They are part of the format of rejected rows.
const (
	CodeRagged   = "ragged"         // too few or too many cells
	CodeQuote    = "quote"          // a quote where none may be, or a quoted cell that can be read in two ways
	CodeUnclosed = "unclosed-quote" // a quote opens and is never closed
	CodeEncoding = "encoding"       // bytes that are no text in the file's encoding
	CodeNUL      = "nul"            // a NUL character
	CodeHeader   = "header-again"   // the header stands here once more
	CodeSecond   = "second-table"   // another table, below a blank line and a header of its own
	CodeTooLong  = "too-long"       // beyond MaxCell or MaxRow
)

// Options says how a file is to be read. The zero value finds everything out.
type Options struct {
	// Delimiter separates the cells: one or two characters, or "tab" or `\t`.
	Delimiter string
	// Quote is what stands around cells: `"`, "'", or "none" where quotes are
	// characters like others.
	Quote string
	// Escape is how a quote within quotes is written: "double" or "backslash".
	// Neither it nor Quote is heeded in a file of rejected rows, which the tool
	// itself has written, and in a workbook.
	Escape string
	// Encoding is that of the text, by any name that web pages may use for it:
	// utf-8, utf-16le, windows-1252, shift_jis.
	Encoding string
	// Sheet is the sheet of a workbook, or the member of a zip archive, to
	// read. It must be given where there are several.
	Sheet string
	// NoHeader says that the first row is one like others. The columns are
	// named "column 1", "column 2" and so on.
	NoHeader bool
	// HeaderRows is how many rows make the header. They are joined cell by
	// cell with a space.
	HeaderRows int
}

// Dialect is how a file is written.
type Dialect struct {
	Encoding   string   // "UTF-8", "UTF-16LE", "windows-1252", ...; "XLSX" for a workbook
	BOM        bool     // it begins with a byte order mark
	Delimiter  string   // "," too where the file has one column and needs none, and in a workbook
	Quote      string   // `"`, or another where that is what the file uses; empty: none
	Escape     string   // `\` where quotes within quotes are escaped by it; empty: they are doubled
	Padded     bool     // in the first rows, white space stands between quotes and delimiters
	Titles     []string // text of the rows above the header
	HeaderLine int      // physical line on which the header starts; 0: there is none
	HeaderRows int      // rows that make the header
	CR         bool     // its lines end in a carriage return alone, as those of old Macs and of files that were damaged on the way do
	Confidence float64  // 0 to 1, of all this
}

// Row is one data record of a file.
type Row struct {
	Line  int      // physical line on which it starts, from 1
	Cells []string // one for each column of the header; nil where a Fault leaves none
	Fault *Fault   // why it could not be read; nil where it could

	// Raw is the row's text without its line end, only where Fault is set. In
	// a file that does not quote as RFC 4180 says, and of a workbook, it is
	// written anew in that way.
	Raw string
}

// Fault says why a row could not be read.
type Fault struct {
	Code    string // stable word, see CodeRagged and the others
	Message string // what is wrong
	Hint    string // what to do
	Line    int    // physical line of the damage; that on which the quote opened, where one did
	Column  int    // number of the cell, from 1; 0 where it is not known
}

// Error is why a file, or the rest of it, cannot be read at all.
type Error struct {
	Name    string // of the file, as the caller gave it
	Line    int    // 0 where the file as a whole is meant
	Code    string // stable word: empty, header, format, encoding, delimiter, quote, read, open
	Message string
	Hint    string
	Err     error // cause, where there is one
}

// CodeEmpty is the code of the error for a file with nothing in it.
const CodeEmpty = "empty"

// Error gives "name:line: message; hint".
func (e *Error) Error() string {
	s := e.Name
	if e.Line > 0 {
		s += ":" + strconv.Itoa(e.Line)
	}
	s += ": " + e.Message
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }
