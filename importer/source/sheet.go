package source

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheet reads the rows of one sheet of a workbook, with the cells as the
// workbook shows them. Dates in the format that follows the reader's own
// system, which is none of ours, are shown as 2006-01-02.
type sheet struct {
	book *excelize.File
	rows *excelize.Rows
	line int

	ahead [][]string // rows that were read before they are due
	err   error      // what came instead of more of them
}

// openSheet opens the named sheet, or the only one that has anything in it.
func openSheet(src io.Reader, name string) (s *sheet, err *Error) {
	broken := func(cause any) *Error {
		e := &Error{Code: "format", Message: fmt.Sprintf("the workbook cannot be read: %v", cause), Hint: "save it again, or export the sheet as CSV (UTF-8)"}
		e.Err, _ = cause.(error)
		return e
	}
	defer func() {
		if p := recover(); p != nil {
			s, err = nil, broken(p)
		}
	}()
	book, cause := excelize.OpenReader(src, excelize.Options{ShortDatePattern: "yyyy-mm-dd", LongTimePattern: "hh:mm:ss"})
	if cause != nil {
		return nil, broken(cause)
	}
	var names []string
	for _, n := range book.GetSheetList() {
		visible, cause := book.GetSheetVisible(n)
		if n == name || name == "" && cause == nil && visible && hasRows(book, n) {
			names = append(names, n)
		}
	}
	switch {
	case name != "" && len(names) == 0:
		err = &Error{Code: "format", Message: fmt.Sprintf("there is no sheet %q; the workbook has %s", name, choice(book.GetSheetList(), "sheet"))}
	case len(names) == 0:
		err = &Error{Code: CodeEmpty, Message: "the workbook is empty", Hint: "name a hidden sheet if that is meant"}
	case len(names) > 1:
		err = &Error{Code: "format", Message: "the workbook has " + choice(names, "sheet"), Hint: "name the one to read"}
	}
	if err == nil {
		var rows *excelize.Rows
		if rows, cause = book.Rows(names[0]); cause == nil {
			return &sheet{book: book, rows: rows}, nil
		}
		err = broken(cause)
	}
	_ = book.Close() // it was only read
	return nil, err
}

func hasRows(book *excelize.File, name string) bool {
	rows, err := book.Rows(name)
	if err != nil {
		return true // the error shows when it is read
	}
	defer rows.Close()
	for rows.Next() {
		if cells, err := rows.Columns(); err != nil || !isBlank(cells) {
			return true
		}
	}
	return false
}

// sample reads the first rows, which next returns all the same.
func (s *sheet) sample(rd *reading) error {
	for len(s.ahead) < sampleRows {
		cells, err := s.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		s.ahead = append(s.ahead, cells)
		if len(cells) > 0 {
			rd.rows = append(rd.rows, slices.Clone(cells))
			rd.width = max(rd.width, len(cells))
		}
	}
	// Cells beyond the last that holds something are missing in a sheet.
	for i, row := range rd.rows {
		rd.rows[i] = append(row, make([]string, rd.width-len(row))...)
	}
	rd.same = len(rd.rows)
	return nil
}

// peek returns up to n rows that next returns later.
func (s *sheet) peek(n int) [][]string {
	for len(s.ahead) < n && s.err == nil {
		cells, err := s.read()
		if s.err = err; err == nil {
			s.ahead = append(s.ahead, cells)
		}
	}
	return s.ahead[:min(n, len(s.ahead))]
}

// next returns the cells of the next row, without blank ones at its end.
func (s *sheet) next() (cells []string, err error) {
	switch {
	case len(s.ahead) > 0:
		cells, s.ahead = s.ahead[0], s.ahead[1:]
	case s.err != nil:
		err = s.err
	default:
		cells, err = s.read()
	}
	if err == nil {
		s.line++
	}
	return cells, err
}

// read reads a row from the workbook.
func (s *sheet) read() (cells []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the workbook is damaged: %v", p)
		}
	}()
	if !s.rows.Next() {
		if err := s.rows.Error(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	cells, err = s.rows.Columns()
	for len(cells) > 0 && isBlank(cells[len(cells)-1:]) {
		cells = cells[:len(cells)-1]
	}
	return cells, err
}

func (s *sheet) close() error {
	err := s.rows.Close()
	if e := s.book.Close(); err == nil {
		err = e
	}
	return err
}

// row is the next row of the sheet that is not blank, or r.err.
func (r *Reader) row() (cells []string) {
	for r.err == nil {
		var err error
		cells, err = r.sheet.next()
		r.line = r.sheet.line
		switch {
		case errors.Is(err, io.EOF):
			r.err = err
		case err != nil:
			r.err = &Error{Name: r.name, Line: r.line, Code: "read", Message: "reading the sheet: " + err.Error(), Err: err}
		case isBlank(cells):
			r.blank++
			r.gap = true
		default:
			return cells
		}
	}
	return nil
}

// nextInSheet is next for a workbook. Cells beyond the last one of a row are
// blank there, so that only a row with too many can be ragged.
func (r *Reader) nextInSheet() (row Row, ok bool) {
	cells := r.row()
	if r.err != nil {
		return row, false
	}
	gap := r.gap
	r.gap = false
	for len(cells) < r.width {
		cells = append(cells, "")
	}
	if r.isBlank(cells) {
		r.blank++
		r.gap = true
		return row, false
	}
	row.Line = r.line
	if len(cells) == r.width && r.fits(cells) && !r.isSecond(cells, gap, r.behindInSheet) {
		r.held.note(cells[:len(r.header)])
		row.Cells = cells[:len(r.header):len(r.header)]
		return row, true
	}
	row.Cells, row.Raw = cells, joined(cells, r.plain)
	row.Fault = &Fault{Line: r.line}
	r.judge(row.Fault, nil, cells, len(cells))
	row.trim(len(r.header))
	return row, true
}

// joined is a row as text, quoted as RFC 4180 says.
func joined(cells []string, delim string) string {
	quoted := make([]string, len(cells))
	for i, c := range cells {
		if quoted[i] = c; strings.Contains(c, delim) || strings.ContainsAny(c, "\"\r\n") {
			quoted[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
	}
	return strings.Join(quoted, delim)
}
