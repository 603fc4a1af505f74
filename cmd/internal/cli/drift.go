package cli

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/campsync/campsync/mapping"
)

// mappingFile is a mapping file as it was read.
type mappingFile struct {
	path    string
	text    []byte
	forWhom string // the flags that name its record type
}

// drifted stops a run whose file or record type is not what its mapping was
// made for, and shows what would bring the mapping up to date.
func (c *contacts) drifted(a *app, name string, header []string) error {
	changes := c.spec.Drift(header, c.rt)
	if len(changes) == 0 {
		return nil
	}
	columns := make([]mapping.Column, 0, len(header))
	for _, h := range header {
		columns = append(columns, mapping.Column{Name: h, Filled: 1}) // that it holds something is for its file to say
	}
	d := mapping.UpdateDraft(c.spec, columns, nil, mapping.NewSurvey(), c.rt, c.env)
	file := shellQuoted(name)
	if name == "stdin" {
		file = "FILE"
	}
	return usageError(
		fmt.Sprintf("campsync map %s%s --update -o %s%s does it, with a look at the cells, and asks on a terminal\nwithout madeFor in the mapping nothing of this is checked",
			file, c.file.forWhom, shellQuoted(c.file.path), a.givenFlags()),
		fmt.Errorf("%s: the mapping %s was made for something else:\n  %s\nby the names alone, this would bring it up to date:\n%s",
			name, c.file.path, strings.Join(changes, "\n  "), difference(c.file.path, c.file.text, d.Patched())))
}

// difference is what changes in a file, as a unified diff without its heading.
func difference(path string, was, is []byte) string {
	text := diff.Diff(path, was, path, is)
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
	}
	return strings.TrimSuffix(string(text), "\n")
}

// forWhom is the flags that name the record type, for a command to type next.
func (o *readOptions) forWhom() string {
	switch {
	case o.campaign != "":
		return " --campaign " + shellQuoted(o.campaign)
	case o.recordType.String() != "":
		return " --record-type " + shellQuoted(o.recordType.String())
	}
	return ""
}
