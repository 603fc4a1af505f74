package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/campsync/campsync/mapping"
)

// existing is a mapping file that is there already.
type existing struct {
	text []byte
	mode os.FileMode
	spec *mapping.Spec // nil where it cannot be read
	err  error         // why
}

// existing reads what stands where the mapping is to be written; nil where
// nothing does, or where it does not matter.
func (o *mapOptions) existing() (*existing, error) {
	if o.output == "" && o.update {
		return nil, usageError("", errors.New("which mapping? --update needs -o FILE"))
	}
	if o.output == "" || o.force {
		return nil, nil
	}
	info, err := os.Stat(string(o.output))
	if errors.Is(err, os.ErrNotExist) && !o.update {
		return nil, nil
	}
	if err != nil {
		return nil, usageError("", fmt.Errorf("reading the mapping: %w", err))
	}
	old := existing{mode: info.Mode().Perm()}
	if old.text, err = os.ReadFile(string(o.output)); err != nil {
		return nil, usageError("", fmt.Errorf("reading the mapping: %w", err))
	}
	old.spec, old.err = mapping.ParseSpec(string(o.output), old.text)
	if o.update && old.err != nil {
		return nil, usageError("--force writes it anew", old.err)
	}
	return &old, nil
}

// takeOver decides what becomes of a mapping that is there: it is brought up to
// date, or written anew where nil comes back. One that was made for just this
// is left in peace: what was confirmed once is not asked about again.
func (o *mapOptions) takeOver(ctx context.Context, asks *asker, old *existing, f *surveyed, c *contacts) (*existing, error) {
	if old == nil || o.update {
		return old, nil
	}
	if old.spec != nil && old.spec.MadeFor != nil && len(old.spec.Drift(f.header(), c.rt)) == 0 {
		return old, nil
	}
	refused := usageError("--update brings it up to date, --force writes it anew", fmt.Errorf("%s is there already", o.output))
	if !asks.can {
		return nil, refused
	}
	options := []string{"leave it"}
	if old.spec != nil {
		options = append(options, "bring it up to date: what it says is kept, what has changed is asked about")
	}
	options = append(options, "write it anew")
	answer, err := asks.choose(ctx, fmt.Sprintf("%s is there already", o.output), options)
	switch {
	case err != nil:
		return nil, err
	case answer == 0:
		return nil, refused
	case answer == len(options)-1:
		return nil, nil
	}
	return old, nil
}

// header is the names of the columns.
func (f *surveyed) header() []string {
	names := make([]string, 0, len(f.columns))
	for _, c := range f.columns {
		names = append(names, c.Name)
	}
	return names
}

// bringUpToDate changes the lines of a mapping file that have to change.
func (o *mapOptions) bringUpToDate(a *app, d *mapping.Draft, f *surveyed, old *existing) error {
	text := d.Patched()
	if bytes.Equal(text, old.text) {
		a.notice("%s fits %s: nothing has changed", o.output, f.name)
		return o.report(a, d, f)
	}
	if err := replaceText(string(o.output), text, old.mode); err != nil {
		return usageError("", fmt.Errorf("writing the mapping: %w", err))
	}
	a.notice("%s", difference(string(o.output), old.text, text))
	return o.report(a, d, f)
}
