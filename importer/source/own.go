package source

import (
	"bytes"
	"slices"
	"strings"
)

// ownColumns is the number of columns that the tool adds to rejected rows.
const ownColumns = 4

// OwnColumns returns the names of the columns that the tool adds, in this
// order, at the end of a file of rejected rows.
func OwnColumns() []string {
	return []string{"campsync_line", "campsync_error_code", "campsync_error_field", "campsync_error"}
}

// isOwn reports whether header ends with the tool's own columns.
func isOwn(header []string) bool {
	return len(header) > ownColumns && slices.Equal(header[len(header)-ownColumns:], OwnColumns())
}

// ownDelimiter is the delimiter of a file of rejected rows, which its header
// says; "" for any other.
func ownDelimiter(sample []byte) string {
	own := OwnColumns()
	_, behind, ok := bytes.Cut(sample[:lineEnd(sample, 0)], []byte(own[0]))
	if i := bytes.Index(behind, []byte(own[1])); ok && i > 0 && bytes.HasSuffix(behind, []byte(own[3])) {
		if delim, err := delimiterOf(string(behind[:i])); err == nil {
			return delim
		}
	}
	return ""
}

// codes are all that can stand in a row that was rejected because of a Fault.
func codes() []string {
	return []string{CodeRagged, CodeQuote, CodeUnclosed, CodeEncoding, CodeNUL, CodeHeader, CodeSecond, CodeTooLong}
}

// ownReach bounds where the own cells of a row are looked for: they are the
// last in it, and none of our messages is longer.
const ownReach = 4 << 10

// ownCells finds the tool's own cells at the end of a row that has a fault,
// and returns where they begin with the delimiter before them; -1 where there
// are none. The row's other cells may be broken in any way, so that only what
// stands at its end can be relied on.
func (c *cutter) ownCells(row []byte) int {
	for i := len(row); ; {
		i = bytes.LastIndex(row[:i], c.delim)
		if i < 0 || len(row)-i > ownReach {
			return -1
		}
		rest := row[i+len(c.delim):]
		code := bytes.TrimLeft(rest, "0123456789")
		if len(code) == len(rest) || !bytes.HasPrefix(code, c.delim) {
			continue
		}
		if code = bytes.TrimPrefix(code[len(c.delim):], []byte{c.quote}); !beginsWithCode(code) {
			continue
		}
		if r := c.cut(rest, true, strictly); r.trouble == none && r.end == len(rest) && r.cells == ownColumns &&
			slices.Contains(codes(), string(c.text[c.ends[0]:c.ends[1]])) {
			return i
		}
	}
}

func beginsWithCode(b []byte) bool {
	return slices.ContainsFunc(codes(), func(code string) bool { return bytes.HasPrefix(b, []byte(code)) })
}

// isBlank reports whether no cell holds anything but white space, or the mark
// with which DOS ended a text.
func isBlank(cells []string) bool {
	for _, c := range cells {
		if c != "" && c[0] > ' ' && c[0] < 0x80 || strings.TrimSpace(c) != "" && c != "\x1A" {
			return false
		}
	}
	return true
}
