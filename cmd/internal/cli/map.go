package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
	"github.com/campsync/campsync/mapping/profile"
)

const mapLong = `Proposes a mapping for a file, by the names of its columns and by what their
cells hold. The result is a mapping file with the reason for every line, to be
read and edited.

What is in doubt is asked about on a terminal, and only that. Elsewhere it is
left to comments in the file, and listed; the exit code is 2 where nothing can
be sent without it, such as a mapping in which no column is the phone number.

With --campaign or --record-type columns become parameters too.`

// mapOptions are the flags of map.
type mapOptions struct {
	read       readOptions
	output     filePath
	force      bool
	update     bool
	noExamples bool
}

func newMap(a *app) *cobra.Command {
	var o mapOptions
	cmd := &cobra.Command{
		Use:   "map FILE",
		Short: "Propose a mapping for a file, and ask about what is in doubt",
		Long:  mapLong,
		Example: `  campsync map leads.csv --campaign Demo --sandbox -o mapping.yaml
  campsync map leads.csv --record-type lead.json --region GB > mapping.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			paths, err := expandFiles(cmd, args)
			if err != nil {
				return err
			}
			if len(paths) > 1 {
				return usageError("a mapping serves all files with the same columns", fmt.Errorf("%s takes one file, not %d", cmd.CommandPath(), len(paths)))
			}
			return o.run(cmd.Context(), a, paths[0])
		},
	}
	o.read.bindFile(cmd)
	fs := cmd.Flags()
	fs.VarP(&o.output, "output", "o", "mapping `FILE` to write (default: stdout)")
	fs.BoolVar(&o.force, "force", false, "write over a mapping file that is there")
	fs.BoolVar(&o.update, "update", false, "bring the mapping file that is there up to date, and ask only about what has changed")
	fs.BoolVar(&o.noExamples, "no-examples", false, "show no cells of the file in the mapping")
	return cmd
}

func (o *mapOptions) run(ctx context.Context, a *app, path string) error {
	if err := o.read.check(); err != nil {
		return err
	}
	if o.force && o.update {
		return usageError("", errors.New("--force and --update exclude each other"))
	}
	old, err := o.existing()
	if err != nil {
		return err
	}
	against, err := a.checkedAgainst(ctx, &o.read)
	if err != nil {
		return err
	}
	c, err := o.read.openContacts([]string{path}, []string{path}, against.rt, against.timezone)
	if err != nil {
		return err
	}
	f, err := a.survey(ctx, c, int64(o.read.limit))
	if err != nil {
		return err
	}
	asks := asker{a: a, can: a.canAsk(path)}
	if old, err = o.takeOver(ctx, &asks, old, f, c); err != nil {
		return err
	}
	if old != nil {
		d := mapping.UpdateDraft(old.spec, f.columns, f.sample, f.survey, c.rt, c.env)
		if err := asks.settle(ctx, d); err != nil {
			return err
		}
		return o.bringUpToDate(a, d, f, old)
	}
	d := mapping.NewDraft(f.columns, f.sample, f.survey, c.rt, c.env)
	if err := asks.settle(ctx, d); err != nil {
		return err
	}
	if err := o.write(a, d, o.title(a, f, against)); err != nil {
		return err
	}
	if o.output != "" {
		a.notice("%s", drafted(string(o.output), f, d))
	}
	return o.report(a, d, f)
}

// surveyed is a file that was looked at.
type surveyed struct {
	name    string
	rows    int64 // that could be read
	faults  int64
	columns []mapping.Column
	sample  [][]string // every stride-th row
	stride  int64
	survey  *mapping.Survey
}

// sampleRows is how many rows a draft is tried on, at least, of a longer file.
const sampleRows = 1000

// maxSampled is how many bytes a row of the sample may have, which bounds memory.
const maxSampled = 32 << 10

func rowSize(cells []string) (size int) {
	for _, c := range cells {
		size += len(c)
	}
	return size
}

// survey looks at all rows of a file.
func (a *app) survey(ctx context.Context, c *contacts, limit int64) (f *surveyed, err error) {
	r, err := c.open(a, c.paths[0], c.names[0])
	if err != nil {
		return nil, usageError("", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	header := r.Header()
	all := make([]int, len(header))
	for i := range all {
		all[i] = i
	}
	f = &surveyed{name: c.names[0], survey: mapping.NewSurvey(all...), stride: 1}
	p := profile.New(header, profile.Options{Region: c.env.Region})
	progress := a.progress()
	defer progress.Close()
	progress.Stage("looking at the rows", 0)
	for limit == 0 || f.rows+f.faults < limit {
		row, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, usageError("", err)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		faults := f.faults
		f.add(p, row)
		progress.Advance(1, f.faults-faults)
	}
	for _, col := range p.Columns() {
		f.columns = append(f.columns, evidence(&col))
	}
	return f, nil
}

func (f *surveyed) add(p *profile.Profile, row source.Row) {
	if row.Fault != nil {
		f.faults++
		return
	}
	if f.rows%f.stride == 0 && rowSize(row.Cells) < maxSampled {
		f.sample = append(f.sample, row.Cells)
	}
	if len(f.sample) == 2*sampleRows {
		// Of a file of unknown length, rows from all over it: half of them
		// make room for as many again.
		for i := range sampleRows {
			f.sample[i] = f.sample[2*i]
		}
		f.sample, f.stride = f.sample[:sampleRows], 2*f.stride
	}
	f.rows++
	p.Add(row.Line, row.Cells)
	f.survey.Add(row.Cells)
}

// evidence is what a profile says of a column, as a draft takes it.
func evidence(c *profile.Column) mapping.Column {
	out := mapping.Column{Name: c.Name, Type: string(c.Type), Filled: c.Filled}
	for _, e := range c.Examples {
		out.Examples = append(out.Examples, e.Value)
	}
	if c.Phones != nil {
		for _, r := range c.Phones.Candidates {
			out.Regions = append(out.Regions, mapping.Region{Code: r.Region, Share: r.Share})
		}
	}
	return out
}

// title is the head of the mapping file.
func (o *mapOptions) title(a *app, f *surveyed, against checked) []string {
	rows := fmt.Sprintf("%d rows", f.rows)
	if f.rows == 1 {
		rows = "1 row"
	}
	made := fmt.Sprintf("Mapping of %s (%s)", f.name, rows)
	switch {
	case against.campaign != "":
		made += fmt.Sprintf(" for the campaign %q", against.campaign)
	case against.rt.Name != "":
		made += fmt.Sprintf(" for records of the type %q", against.rt.Name)
	}
	check := "campsync validate " + shellQuoted(f.name)
	if o.output != "" {
		check += " --mapping " + shellQuoted(string(o.output))
	} else {
		check += " --mapping FILE"
	}
	if against.campaign != "" {
		check += " --campaign " + shellQuoted(against.campaign)
	} else if rt := o.read.recordType.String(); rt != "" {
		check += " --record-type " + shellQuoted(rt)
	}
	check += a.givenFlags()
	lines := []string{
		made + ", proposed by campsync map on " + time.Now().Format(time.DateOnly) + ".",
		"What becomes of every row: " + check,
	}
	if against.rt.Parameters == mapping.Free {
		lines = append(lines, "It has no parameters: for them, campsync map needs --campaign or --record-type.")
	}
	return lines
}

// write writes the mapping file, whole or not at all. It shows cells of the
// contacts' file, so that it is for its owner alone unless it shows none.
func (o *mapOptions) write(a *app, d *mapping.Draft, title []string) error {
	text := d.YAML(title, !o.noExamples)
	if o.output == "" {
		if a.global.json {
			return nil
		}
		_, err := a.out.Write(text)
		return err
	}
	mode := os.FileMode(0o600)
	if o.noExamples {
		mode = 0o644
	}
	if err := replaceText(string(o.output), text, mode); err != nil {
		return usageError("", fmt.Errorf("writing the mapping: %w", err))
	}
	return nil
}
