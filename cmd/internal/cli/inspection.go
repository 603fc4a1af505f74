package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping/profile"
)

// inspection is what was found out about a file.
type inspection struct {
	Name       string           `json:"name"`
	Bytes      int64            `json:"bytes"` // as it lies on the disk
	SHA256     string           `json:"sha256"`
	Encoding   string           `json:"encoding"`
	BOM        bool             `json:"bom"`
	Delimiter  string           `json:"delimiter"`
	Quote      string           `json:"quote"`
	Escape     string           `json:"escape"`
	Padded     bool             `json:"padded"`
	LineEnds   *lineEnds        `json:"lineEnds,omitempty"` // nil where they are not known
	Confidence float64          `json:"confidence"`
	Titles     []string         `json:"titles"`
	HeaderLine int              `json:"headerLine"` // 0: there is none
	HeaderRows int              `json:"headerRows"`
	Rows       int64            `json:"rows"`       // of the table, those that cannot be read included
	Unreadable int64            `json:"unreadable"` // of them
	Blank      int64            `json:"blank"`
	More       bool             `json:"more"` // --limit left rows out
	Problems   problems         `json:"problems"`
	Columns    []profile.Column `json:"columns"`
}

// problems are those of a file, the first of them word by word.
type problems struct {
	Total  int64            `json:"total"`
	ByCode map[string]int64 `json:"byCode"`
	First  []fileProblem    `json:"first"`
}

// keptProblems is how many problems of a file are kept word by word.
const keptProblems = 100

func (p *problems) add(problem fileProblem) {
	p.Total++
	p.ByCode[problem.Code]++
	if len(p.First) < keptProblems {
		p.First = append(p.First, problem)
	}
}

// fileProblem is what is wrong at a place of a file.
type fileProblem struct {
	Line    int    `json:"line"` // 0 where the file as a whole is meant
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// in gives "file:line: text".
func (p fileProblem) in(name string) string {
	text := name
	if p.Line > 0 {
		text = fmt.Sprintf("%s:%d", name, p.Line)
	}
	text += ": " + p.Message
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	return text
}

// faultOf is the problem of a row that cannot be read.
func faultOf(f *source.Fault, header []string) fileProblem {
	p := fileProblem{Line: f.Line, Code: f.Code, Message: f.Message, Hint: f.Hint}
	if f.Column > 0 && f.Column <= len(header) {
		p.Message = fmt.Sprintf("%q: %s", header[f.Column-1], p.Message)
	}
	return p
}

// brokenOff is the problem of a file that cannot be read to its end.
func brokenOff(err error) *fileProblem {
	var e *source.Error
	if errors.As(err, &e) {
		return &fileProblem{Line: e.Line, Code: e.Code, Message: e.Message, Hint: e.Hint}
	}
	return &fileProblem{Code: "read", Message: err.Error()}
}

// each calls row for every row of the file that can be read, and fault for
// those that cannot. more says that --limit left some out; cut is why the file
// cannot be read to its end, nil where it can.
func (o *inspectOptions) each(ctx context.Context, f *opened, row func(source.Row) error, fault func(fileProblem) error) (more bool, cut *fileProblem, err error) {
	for n := count(0); ; n++ {
		if ctx.Err() != nil {
			return false, nil, context.Cause(ctx)
		}
		r, err := f.Next()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil, nil
		case err != nil:
			return false, brokenOff(err), nil
		case o.limit > 0 && n == o.limit:
			return true, nil, nil
		case r.Fault != nil:
			err = fault(faultOf(r.Fault, f.names()))
		default:
			err = row(r)
		}
		if err != nil {
			return false, nil, err
		}
	}
}

// progressRows is after how many rows the progress is told.
const progressRows = 1024

// inspect looks at every cell of a file.
func (o *inspectOptions) inspect(ctx context.Context, a *app, path string, progress *term.Progress) (i *inspection, err error) {
	f, err := o.open(a, path)
	if err != nil {
		return nil, err
	}
	defer f.close()
	progress.Stage("reading "+f.name, 0)
	i = newInspection(f)
	p := profile.New(f.names(), profile.Options{Region: o.region})
	more, cut, err := o.each(ctx, f,
		func(row source.Row) error {
			if i.Rows++; i.Rows%progressRows == 0 {
				progress.Advance(progressRows, 0)
			}
			p.Add(row.Line, row.Cells)
			return nil
		},
		func(problem fileProblem) error {
			i.Rows++
			i.Unreadable++
			i.Problems.add(problem)
			return nil
		})
	if err != nil {
		return nil, err
	}
	i.More, i.Blank, i.Columns = more, f.Blank(), p.Columns()
	if i.SHA256, err = f.Rest(); err != nil && cut == nil {
		cut = brokenOff(err)
	}
	if cut != nil {
		i.Problems.add(*cut)
	}
	if f.ends.known(i.Encoding) {
		i.LineEnds = f.ends
	}
	if i.Bytes, err = f.size(); err != nil {
		return nil, fmt.Errorf("looking at the size of %s: %w", path, err)
	}
	return i, nil
}

func newInspection(f *opened) *inspection {
	d := f.Dialect()
	i := &inspection{
		Name: f.name, Encoding: d.Encoding, BOM: d.BOM, Delimiter: d.Delimiter, Quote: d.Quote, Escape: d.Escape, Padded: d.Padded,
		Confidence: d.Confidence, Titles: append([]string{}, d.Titles...), HeaderLine: f.headerLine, HeaderRows: d.HeaderRows,
		Problems: problems{ByCode: make(map[string]int64), First: []fileProblem{}},
	}
	if f.damaged != nil {
		i.Problems.add(*f.damaged)
	}
	return i
}
