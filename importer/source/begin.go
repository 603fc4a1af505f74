package source

import (
	"bytes"
	"fmt"
	"strings"
)

// sampleSize is how much of a file is looked at to find out what it is.
const sampleSize = 64 << 10

// begin finds out what the file is and reads its header.
func (r *Reader) begin(o Options) error {
	r.w.fill(sampleSize)
	if r.w.err != nil {
		return r.broke()
	}
	sample := r.w.rest()[:min(len(r.w.rest()), sampleSize)]
	whole := r.w.final() && len(sample) == len(r.w.rest())
	if err := foreign(sample, whole); err != nil {
		err.Name = r.name
		return err
	}
	if bytes.HasPrefix(sample, []byte(bom)) {
		r.dialect.BOM = true
		r.w.pos += len(bom)
		sample = sample[len(bom):]
	}
	delim, err := delimiterOf(o.Delimiter)
	if err != nil {
		err.Name = r.name
		return err
	}
	if delim == "" {
		delim = findDelimiter(sample, whole)
	}
	r.dialect.Delimiter, r.plain = delim, delim
	f := format{delim: []byte(delim), quote: '"'}
	r.cutter, r.ahead = newCutter(f), newCutter(f)
	return r.readHeader()
}

// readHeader takes the first record that is not blank as the header.
func (r *Reader) readHeader() error {
	for {
		c, plain := r.take()
		if r.err != nil {
			return r.noHeader()
		}
		if c.trouble != none {
			return r.badHeader(r.broken(c).Fault)
		}
		cells := r.cells(r.w.rest()[:c.end], plain)
		if isBlank(cells) {
			r.blank++
			r.consume(c, plain)
			continue
		}
		if max(c.cells, len(cells)) > MaxColumns+ownColumns {
			return r.tooWide()
		}
		if !r.clean(c.end) {
			f := &Fault{Line: r.line}
			r.judge(f, nil, cells, len(cells))
			return r.badHeader(f)
		}
		if err := r.setHeader(cells); err != nil {
			return err
		}
		r.consume(c, plain)
		return nil
	}
}

// setHeader checks the names of the columns.
func (r *Reader) setHeader(cells []string) error {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	r.width, r.header = len(cells), cells
	if r.own = isOwn(cells); r.own {
		r.header = cells[: len(cells)-ownColumns : len(cells)-ownColumns]
	}
	if len(r.header) > MaxColumns {
		return r.tooWide()
	}
	var empty []int
	places := make(map[string][]int)
	for i, name := range cells {
		if name == "" {
			empty = append(empty, i+1)
			continue
		}
		places[name] = append(places[name], i+1)
	}
	for _, name := range cells {
		if at := places[name]; len(at) > 1 {
			return r.headerError(r.line, fmt.Sprintf("%s columns are named %q (%s)", number(len(at)), name, list(at)),
				"rename "+map[bool]string{true: "one of them", false: "them"}[len(at) == 2])
		}
	}
	switch len(empty) {
	case 0:
		return nil
	case 1:
		return r.headerError(r.line, fmt.Sprintf("column %d has no name in the header", empty[0]), "name it or take it out")
	}
	return r.headerError(r.line, fmt.Sprintf("columns %s have no name in the header", list(empty)), "name them or take them out")
}

// noHeader is the error for a file that ends before there is a header.
func (r *Reader) noHeader() error {
	if r.w.err != nil {
		return r.err
	}
	if r.blank > 0 {
		return &Error{Name: r.name, Code: "empty", Message: "the file has only blank lines", Hint: "export it again with its header"}
	}
	return &Error{Name: r.name, Code: "empty", Message: "the file is empty", Hint: "export it again with its header"}
}

func (r *Reader) tooWide() error {
	return r.headerError(r.line, fmt.Sprintf("the header has more than %d columns", MaxColumns),
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

// number spells small numbers.
func number(n int) string {
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
