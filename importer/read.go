package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

// batchRows and batchBytes are how many rows, and about how much text, go
// through the mapping stage at a time: enough that handing them over costs
// little, few enough that memory stays small, also where rows are long.
const (
	batchRows  = 256
	batchBytes = 1 << 20
)

// readBatch is a run of rows on its way through the mapping stage.
type readBatch struct {
	index   int // of the source
	source  SourceState
	raw     []source.Row
	rows    []Row
	mended  mending
	mapper  *mapping.Mapper
	targets []mapping.Target // of mapper
	blanks  bool             // which cells are blank is kept
	figures figures
	mapped  chan struct{}     // closed when rows are filled
	free    chan<- *readBatch // of those that were released
}

// release gives the batch back, for rows that are read later: who calls it
// keeps none of its rows but copies.
func (b *readBatch) release() {
	clear(b.raw) // so that it holds on to nothing
	clear(b.rows)
	select {
	case b.free <- b:
	default:
	}
}

// reading says what else is wanted of sources.
type reading struct {
	blanks bool // it is kept which cells of a row are blank
	empty  bool // a file with nothing in it is a source without rows, and no error
}

// readRows decodes the sources one after the other and maps their rows on all
// cores. take gets the rows in order, in batches that it may keep, or release.
// With a limit above 0, reading ends after so many rows.
//
// One goroutine owns the decoder, as many as there are cores map, and the
// caller's takes: batches are queued in the order in which they were read,
// which keeps the rows in order whatever the number of cores.
func readRows(ctx context.Context, sources []Source, limit int64, keep reading, take func(*readBatch) error) ([]SourceState, error) {
	if len(sources) > maxSource {
		return nil, fmt.Errorf("%d sources are more than the %d that one run can take", len(sources), maxSource)
	}
	g, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	work := make(chan *readBatch, workers)
	queue := make(chan *readBatch, 2*workers)
	free := make(chan *readBatch, 4*workers) // as many as there are at a time
	var states []SourceState
	g.Go(func() error {
		defer close(work)
		defer close(queue)
		d := decoder{ctx: ctx, limit: limit, reading: keep, work: work, queue: queue, free: free}
		for i, s := range sources {
			state, err := d.source(i, s)
			if err != nil {
				return err
			}
			states = append(states, state)
		}
		return nil
	})
	for range workers {
		g.Go(func() error {
			var s scratch
			for b := range work {
				b.figures = newFigures(b.targets)
				b.rows = b.rows[:len(b.raw)]
				for i := range b.rows {
					b.fill(&b.rows[i], &b.raw[i], &s)
				}
				close(b.mapped)
			}
			return nil
		})
	}
	g.Go(func() error {
		var seq int64
		for b := range queue {
			select {
			case <-b.mapped:
			case <-ctx.Done():
				return ctx.Err()
			}
			for i := range b.rows {
				seq++
				b.rows[i].Seq = seq
			}
			if err := take(b); err != nil {
				return err
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return states, nil
}

// decoder reads sources into batches.
type decoder struct {
	ctx   context.Context
	limit int64
	read  int64
	reading
	work, queue chan<- *readBatch
	free        chan *readBatch
}

// batch is one without rows, with the space of a released one if there is one.
func (d *decoder) batch() *readBatch {
	b := &readBatch{blanks: d.blanks, mapped: make(chan struct{}), free: d.free}
	select {
	case old := <-d.free:
		b.raw, b.rows = old.raw[:0], old.rows[:0]
	default:
		b.raw, b.rows = make([]source.Row, 0, batchRows), make([]Row, 0, batchRows)
	}
	return b
}

func (d *decoder) source(index int, s Source) (state SourceState, err error) {
	r, err := s.Open()
	var refused *source.Error
	if d.empty && errors.As(err, &refused) && refused.Code == source.CodeEmpty {
		return SourceState{Name: s.Name, Changed: s.Changed}, nil
	}
	if err != nil {
		return state, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	rows := lookahead{r: r}
	mapper, err := s.Mapper(r.Header(), rows.peek)
	if err != nil {
		return state, err
	}
	targets := mapper.Targets()
	state = SourceState{Name: s.Name, Header: r.Header(), Delimiter: r.Dialect().Delimiter, Changed: s.Changed,
		Columns: plannedColumns(targets)}
	if d.blanks {
		state.Fields, state.OnBlank = fieldNames(targets), reconcile.OnBlank(mapper.OnBlank())
	}
	if r.Dialect().CR {
		state.Doubtful = "its lines end in a carriage return alone"
	}
	for end := false; !end; {
		b := d.batch()
		b.index, b.source, b.mapper, b.targets = index, state, mapper, targets
		for size := 0; len(b.raw) < batchRows && size < batchBytes; {
			if d.limit > 0 && d.read >= d.limit {
				end = true
				break
			}
			row, err := rows.next()
			if errors.Is(err, io.EOF) {
				end = true
				break
			}
			if err != nil {
				return state, err
			}
			d.read++
			b.raw = append(b.raw, row)
			size += len(row.Raw)
			for _, c := range row.Cells {
				size += len(c)
			}
		}
		if len(b.raw) == 0 {
			break
		}
		state.Rows += int64(len(b.raw))
		for _, to := range []chan<- *readBatch{d.queue, d.work} {
			select {
			case to <- b:
			case <-d.ctx.Done():
				return state, d.ctx.Err()
			}
		}
	}
	if state.SHA256, err = r.Rest(); err != nil {
		return state, err
	}
	return state, nil
}

// fill maps one row.
func (b *readBatch) fill(row *Row, raw *source.Row, s *scratch) {
	*row = Row{Source: b.index, Line: raw.Line, Cells: raw.Cells, Raw: raw.Raw}
	if raw.Fault != nil {
		row.Result = unreadable(raw.Fault, b.source.Header)
		return
	}
	contact := &s.contact
	problems := b.mapper.Map(raw.Cells, contact)
	for _, mended := range contact.Mended {
		b.mended = b.mended.add(mended.Column, mended.Code, raw.Line)
	}
	if !contact.Filtered {
		b.count(raw, contact, problems)
	}
	row.Key, row.Phone = contact.Key, contact.Phone
	switch {
	case contact.Filtered:
		row.Result = Result{Outcome: reconcile.Skipped, Code: CodeFiltered, Message: "the mapping's filter leaves it out"}
	case len(problems) > 0:
		row.Result = invalid(problems)
	default:
		row.Record = s.record()
		row.Meant, row.Settings = contact.RecordUUID, contact.Settings
		if b.blanks {
			row.Blank = slices.Clone(contact.Blank)
		}
	}
}

// scratch is where a worker maps its rows.
type scratch struct {
	contact mapping.Contact
	records []byte // of the last rows
}

// sharedRecords is how many bytes of records an allocation holds.
const sharedRecords = 16 << 10

// record is a copy of the contact's record.
func (s *scratch) record() []byte {
	if n := len(s.contact.Record); cap(s.records)-len(s.records) < n {
		s.records = make([]byte, 0, max(sharedRecords, n))
	}
	begin := len(s.records)
	s.records = append(s.records, s.contact.Record...)
	return slices.Clip(s.records[begin:])
}

func fieldNames(targets []mapping.Target) []string {
	names := make([]string, len(targets))
	for i := range targets {
		names[i] = targets[i].Name
	}
	return names
}

// CodeFiltered is the code of rows that the mapping's filter leaves out; they
// count as if they were not in the file.
const CodeFiltered = "filtered"

// unreadable is the result of a row that could not be cut into cells.
func unreadable(f *source.Fault, header []string) Result {
	res := Result{Outcome: reconcile.Rejected, Code: f.Code, Message: f.Message}
	if f.Column > 0 && f.Column <= len(header) {
		res.Message = fmt.Sprintf("%q: %s", header[f.Column-1], res.Message)
	}
	if f.Hint != "" {
		res.Message += "; " + f.Hint
	}
	return res
}

// invalid is the result of a row that has problems: all of them are named.
func invalid(problems []mapping.Problem) Result {
	res := Result{Outcome: reconcile.Rejected, Code: problems[0].Code}
	var fields, texts []string
	for _, p := range problems {
		texts = append(texts, p.String())
		if p.Field != "" && !slices.Contains(fields, p.Field) {
			fields = append(fields, p.Field)
		}
	}
	res.Field, res.Message = strings.Join(fields, "; "), strings.Join(texts, "; ")
	return res
}
