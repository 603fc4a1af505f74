package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/source"
	"github.com/campsync/campsync/mapping"
)

// contacts are the files of a command, with how their rows become contacts.
type contacts struct {
	paths   []string
	names   []string // that reports have for them
	sends   bool     // what is mapped is sent
	options source.Options
	spec    *mapping.Spec // nil: each file's columns are matched by name
	file    mappingFile   // of spec
	rt      mapping.RecordType
	env     mapping.Env
	mappers []*mapping.Mapper // that were made so far
	told    map[string]bool   // what was said already
}

// openContacts reads the mapping file, where there is one. names are the paths
// as they were given.
func (o *readOptions) openContacts(paths, names []string, rt mapping.RecordType, timezone string) (*contacts, error) {
	c := &contacts{
		paths: paths, options: o.format, rt: rt,
		env:  mapping.Env{Region: o.region, Timezone: timezone, Now: time.Now()},
		told: make(map[string]bool),
	}
	for _, name := range names {
		if name == stdinName {
			name = "stdin"
		}
		c.names = append(c.names, name)
	}
	if o.mapping == "" {
		return c, nil
	}
	text, err := os.ReadFile(string(o.mapping))
	if err != nil {
		return nil, usageError("", fmt.Errorf("reading the mapping: %w", err))
	}
	if c.spec, err = mapping.ParseSpec(string(o.mapping), text); err != nil {
		return nil, usageError("", err)
	}
	c.file = mappingFile{path: string(o.mapping), text: text, forWhom: o.forWhom()}
	return c, nil
}

// identity is what the mapping takes for one person's key.
func (c *contacts) identity() string {
	if c.spec == nil {
		return ""
	}
	return c.spec.Identity
}

// region is that of numbers without a country code: the flag's, then the mapping's.
func (c *contacts) region() string {
	if c.env.Region == "" && c.spec != nil {
		return c.spec.Region
	}
	return c.env.Region
}

func (c *contacts) sharedNumbers() bool { return c.spec != nil && c.spec.SharedNumbers == "allow" }

// sources are the files for a run; tell gets what a person should know about
// how their columns were matched.
func (c *contacts) sources(a *app, tell func(string)) []importer.Source {
	sources := make([]importer.Source, 0, len(c.paths))
	for i, name := range c.names {
		sources = append(sources, importer.Source{
			Name:    name,
			Changed: changedAt(c.paths[i]),
			Open: func() (*source.Reader, error) {
				r, err := c.open(a, c.paths[i], name)
				if err != nil {
					return nil, usageError("", err)
				}
				return r, nil
			},
			Mapper: func(header []string, ahead importer.Ahead) (*mapping.Mapper, error) {
				return c.mapper(a, name, header, ahead, tell)
			},
		})
	}
	return sources
}

// changedAt is when a file was changed last; zero where that is not known.
func changedAt(path string) time.Time {
	info, err := os.Stat(path)
	if path == stdinName || err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

func (c *contacts) open(a *app, path, name string) (*source.Reader, error) {
	if path == stdinName {
		return source.NewReader(io.NopCloser(a.stdin), name, c.options)
	}
	return source.Open(path, c.options)
}

func (c *contacts) mapper(a *app, name string, header []string, ahead importer.Ahead, tell func(string)) (*mapping.Mapper, error) {
	spec := c.spec
	if spec == nil {
		proposed, matches, err := mapping.Propose(header, c.rt)
		if err != nil {
			return nil, usageError("", fmt.Errorf("%s: %w", name, err))
		}
		if err := c.doubtful(a, name, matches); err != nil {
			return nil, err
		}
		c.settle(proposed, header, ahead, matches)
		c.tellOnce(matched(name, matches), tell) // sources may be read twice
		spec = proposed
	} else if err := c.drifted(a, name, header); err != nil {
		return nil, err
	}
	m, err := mapping.Compile(spec, header, c.rt, c.env)
	if err != nil {
		return nil, usageError("", fmt.Errorf("%s: %w", name, err))
	}
	c.mappers = append(c.mappers, m)
	c.notices(tell)
	return m, nil
}

// doubtfulFrom is how sure a guess is that may not be passed over where nobody
// watches: a slip in a name, such as Cmpany.
const doubtfulFrom = 0.75

// doubtful stops a run that nobody watches where a column that was left is most
// likely one that was meant.
func (c *contacts) doubtful(a *app, name string, matches []mapping.Match) error {
	if !c.sends || term.Interactive(a.stdin) && a.errs.Terminal {
		return nil
	}
	var lines []string
	for _, m := range matches {
		if m.Guess != "" && m.Confidence >= doubtfulFrom {
			lines = append(lines, fmt.Sprintf("column %q may be %s", m.Column, m.Guess))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return usageError("campsync map "+shellQuoted(name)+" -o mapping.yaml writes a mapping that says what is meant; give it with --mapping",
		fmt.Errorf("%s: %s: it would be left out", name, strings.Join(lines, ", ")))
}

// surveyRows is how many rows are looked at to find out how the columns of a
// file without a mapping write dates and numbers.
const surveyRows = 10_000

// settle finds out of the first rows what the columns' names do not say.
func (c *contacts) settle(spec *mapping.Spec, header []string, ahead importer.Ahead, matches []mapping.Match) {
	open := spec.OpenColumns(header, c.rt)
	if len(open) == 0 {
		return
	}
	survey := mapping.NewSurvey(open...)
	for _, cells := range ahead(surveyRows) {
		survey.Add(cells)
	}
	mapping.Note(matches, spec.Settle(header, c.rt, survey))
}

// notices tells what the mappers remark, each remark once. Some come up only
// while rows are mapped, so it is called again at the end.
func (c *contacts) notices(tell func(string)) {
	for _, m := range c.mappers {
		for _, notice := range m.Notices() {
			c.tellOnce(notice, tell)
		}
	}
}

func (c *contacts) tellOnce(text string, tell func(string)) {
	if !c.told[text] {
		c.told[text] = true
		tell(text)
	}
}

// matched shows which column was taken for what by its name.
func matched(name string, matches []mapping.Match) string {
	return matchTable(fmt.Sprintf("columns of %s, matched by name:", name), matches)
}

func matchTable(title string, matches []mapping.Match) string {
	width, targets := 0, 0
	for _, m := range matches {
		width = max(width, term.StringWidth(m.Column))
		targets = max(targets, len(m.Target))
	}
	var b strings.Builder
	b.WriteString(title + "\n")
	for _, m := range matches {
		target, why := m.Target, m.Why
		if target == "" {
			target = "(not used)"
		}
		pad := strings.Repeat(" ", width-term.StringWidth(m.Column))
		b.WriteString(strings.TrimRight(fmt.Sprintf("  %s%s  %-*s  %s", m.Column, pad, max(targets, 10), target, why), " ") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// readRecordType reads a record type from a file: what `campsync record-types
// NAME --json` or the API's answer holds.
func readRecordType(path string) (mapping.RecordType, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return mapping.RecordType{}, usageError("", fmt.Errorf("reading the record type: %w", err))
	}
	var rt client.RecordType
	if err := json.Unmarshal(text, &rt); err != nil {
		return mapping.RecordType{}, usageError("", fmt.Errorf("reading the record type %s: %w", path, err))
	}
	if rt.UUID == "" && rt.Name == "" && len(rt.Parameters) == 0 {
		return mapping.RecordType{}, usageError("campsync record-types NAME --json writes one",
			fmt.Errorf("%s holds no record type: neither a name nor parameters", path))
	}
	return fields(rt), nil
}

// fields is a record type as the mapping takes it.
func fields(rt client.RecordType) mapping.RecordType {
	out := mapping.RecordType{Name: rt.Name, Parameters: mapping.Typed}
	for _, f := range rt.Parameters {
		field := mapping.Field{
			ID: f.ID, Type: f.Type, Title: f.Title, Required: f.Required,
			Validation: f.Validation, Default: f.Default, Error: f.Error,
		}
		for _, o := range f.Options {
			field.Options = append(field.Options, mapping.Option{Value: o.Value, Label: o.Label})
		}
		out.Fields = append(out.Fields, field)
	}
	return out
}

// recordTypeOf finds the record type of a campaign's records.
func (o *readOptions) recordTypeOf(ctx context.Context, s *session, uuid string) (mapping.RecordType, error) {
	switch {
	case o.recordType.File != "":
		return readRecordType(o.recordType.File)
	case o.recordType.UUID != "":
		if uuid != "" && !strings.EqualFold(uuid, o.recordType.UUID) {
			return mapping.RecordType{}, usageError("", errors.New("--record-type is not the campaign's record type"))
		}
		uuid = o.recordType.UUID
	case uuid == "":
		return mapping.RecordType{Parameters: mapping.None}, nil
	}
	rt, err := s.RecordTypes.Get(ctx, uuid)
	if err != nil {
		return mapping.RecordType{}, fmt.Errorf("reading the campaign's record type: %w", err)
	}
	return fields(rt), nil
}
