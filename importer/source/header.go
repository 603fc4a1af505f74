package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// readHeader finds the header among the first rows and reads up to it. rd is
// the sample as it is cut.
func (r *Reader) readHeader(o Options, rd *reading) error {
	if o.NoHeader {
		return r.numberColumns(rd)
	}
	skip := rd.titles()
	for range skip {
		cells, err := r.headerRow()
		if err != nil {
			return err
		}
		r.dialect.Titles = append(r.dialect.Titles, strings.TrimSpace(strings.Join(cells, " ")))
	}
	cells, err := r.headerRow()
	if err != nil {
		return err
	}
	r.dialect.HeaderLine = r.headerLine
	rows := o.HeaderRows
	if rows == 0 {
		rows = rd.headerRows(skip)
	}
	for range rows - 1 {
		more, err := r.headerRow()
		if err != nil {
			return err
		}
		cells = join(cells, more)
	}
	r.dialect.HeaderRows = max(rows, 1)
	return r.setHeader(cells, rd, skip+r.dialect.HeaderRows)
}

// numberColumns names the columns of a file without a header, by the sample.
func (r *Reader) numberColumns(rd *reading) error {
	if len(rd.rows) == 0 {
		_, err := r.headerRow()
		return err
	}
	for i := range rd.width {
		r.header = append(r.header, fmt.Sprintf("column %d", i+1))
	}
	r.width = rd.width
	if rd.width > MaxColumns {
		return r.tooWide()
	}
	return nil
}

// headerRow takes the next record that is not blank.
func (r *Reader) headerRow() ([]string, error) {
	if r.sheet != nil {
		cells := r.row()
		r.headerLine = r.line
		if r.err != nil {
			return nil, r.noHeader()
		}
		if len(cells) > MaxColumns+ownColumns {
			return nil, r.tooWide()
		}
		return cells, nil
	}
	for {
		rec := r.take()
		if r.err != nil {
			return nil, r.noHeader()
		}
		r.headerLine = r.line
		if rec.trouble != none {
			return nil, r.badHeader(r.broken(rec.cut).Fault)
		}
		if isBlank(rec.row) {
			r.blank++
			r.consume(rec)
			continue
		}
		cells := rec.row
		if max(rec.cells, len(cells)) > MaxColumns+ownColumns {
			return nil, r.tooWide()
		}
		if !r.clean(rec.end) {
			f := &Fault{Line: r.line}
			r.judge(f, nil, cells, len(cells))
			return nil, r.badHeader(f)
		}
		r.consume(rec)
		return cells, nil
	}
}

// setHeader checks the names of the columns. The table begins with the row
// below in the sample.
func (r *Reader) setHeader(cells []string, rd *reading, below int) error {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	r.width = len(cells)
	if r.own = isOwn(cells); r.own {
		cells = cells[: len(cells)-ownColumns : len(cells)-ownColumns]
	}
	// A delimiter at the end of each row makes a column without a name; so do
	// cells of a spreadsheet that once held something.
	for len(cells) > 1 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if !r.own && rd.trailing(below, len(cells)) {
		r.width = len(cells) + 1
	}
	r.header = cells
	switch {
	case len(cells) > MaxColumns:
		return r.tooWide()
	case filled(cells) == 1 && rd.width > 1 && r.width < rd.width && rd.consistency() > 0.5:
		return r.headerError(r.headerLine, fmt.Sprintf("the header is not found: the first row has 1 cell, most have %d", rd.width),
			"put a line with the names of the columns above the table")
	}
	return r.checkNames()
}

func (r *Reader) checkNames() error {
	var empty []int
	places := make(map[string][]int)
	for i, name := range r.header {
		if name == "" {
			empty = append(empty, i+1)
			continue
		}
		places[name] = append(places[name], i+1)
	}
	for _, name := range r.header {
		if at := places[name]; len(at) > 1 {
			return r.headerError(r.headerLine, fmt.Sprintf("%s columns are named %q (%s)", spelled(len(at)), name, list(at)),
				"rename "+map[bool]string{true: "one of them", false: "them"}[len(at) == 2])
		}
	}
	switch len(empty) {
	case 0:
	case 1:
		return r.headerError(r.headerLine, fmt.Sprintf("column %d has no name in the header", empty[0]), "name it or take it out")
	default:
		return r.headerError(r.headerLine, fmt.Sprintf("columns %s have no name in the header", list(empty)), "name them or take them out")
	}
	named := func(name string) bool { return kindOf(name) == word || kindOf(name) == unknown }
	i := slices.IndexFunc(r.header, isData)
	if i < 0 && !slices.ContainsFunc(r.header, named) {
		i = 0
	}
	if i >= 0 {
		return r.headerError(r.headerLine, fmt.Sprintf("the file seems to have no header: column %d would be named %q", i+1, r.header[i]),
			"add a line with the names of the columns above")
	}
	return nil
}

// noHeader is the error for a file that ends before there is a header.
func (r *Reader) noHeader() error {
	var e *Error
	if errors.As(r.err, &e) {
		return e
	}
	if r.blank > 0 {
		return &Error{Name: r.name, Code: CodeEmpty, Message: "the file has only blank lines", Hint: "export it again with its header"}
	}
	return &Error{Name: r.name, Code: CodeEmpty, Message: "the file is empty", Hint: "export it again with its header"}
}

func (r *Reader) tooWide() error {
	return r.headerError(r.headerLine, fmt.Sprintf("the header has more than %d columns", MaxColumns),
		"look for line ends that are missing")
}

// badHeader is the error for a header with the fault of a row.
func (r *Reader) badHeader(f *Fault) error {
	message := f.Message
	if f.Column > 0 {
		message = fmt.Sprintf("column %d of the header: %s", f.Column, message)
	}
	return r.headerError(f.Line, message, f.Hint)
}

func (r *Reader) headerError(line int, message, hint string) error {
	return &Error{Name: r.name, Line: line, Code: "header", Message: message, Hint: hint}
}

// spelled spells small numbers.
func spelled(n int) string {
	if words := []string{2: "two", 3: "three", 4: "four"}; n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

// list gives "2 and 7" or "2, 7 and 9".
func list(numbers []int) string {
	var b strings.Builder
	for i, n := range numbers {
		switch {
		case i > 0 && i == len(numbers)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, n)
	}
	return b.String()
}
