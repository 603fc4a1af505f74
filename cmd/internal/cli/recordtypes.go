package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/cmd/internal/term"
)

func newRecordTypes(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "record-types [NAME|UUID]",
		Short: "List the record types, or the fields of one",
		Args:  atMostOne,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s, err := a.connect(connection{})
			if err != nil {
				return err
			}
			defer s.closeInto(&err)
			types, err := s.RecordTypes.List(cmd.Context())
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.showRecordTypes(types)
			}
			return a.showRecordType(cmd.Context(), s, types, args[0])
		},
	}
}

func (a *app) showRecordTypes(types []client.RecordType) error {
	if a.global.json {
		return a.writeJSON("record-types", struct {
			Types []client.RecordType `json:"recordTypes"`
		}{slices.Concat([]client.RecordType{}, types)})
	}
	table := term.NewTable(a.out, 0, "NAME", "FIELDS", "STATUS", "DEFAULT", "UUID")
	for _, t := range types {
		if err := table.Row(t.Name, fmt.Sprint(len(t.Parameters)), t.Status, yes(t.IsDefault), t.UUID); err != nil {
			return err
		}
	}
	return table.Close()
}

func (a *app) showRecordType(ctx context.Context, s *session, types []client.RecordType, name string) error {
	uuid, err := recordTypeNamed(types, name)
	if err != nil {
		return err
	}
	// The list may leave parameters out; the type itself has them.
	t, err := s.RecordTypes.Get(ctx, uuid)
	if err != nil {
		return err
	}
	if a.global.json {
		return a.writeJSON("record-type", t) // what --record-type FILE reads
	}
	table := term.NewTable(a.out, 2, "FIELD", "TYPE", "TITLE", "REQUIRED", "DEFAULT", "CHECKED BY")
	for _, f := range t.Parameters {
		if err := table.Row("parameters."+f.ID, f.Type, f.Title, yes(f.Required), f.Default, checkedBy(f)); err != nil {
			return err
		}
	}
	return table.Close()
}

// recordTypeNamed is the UUID of the type that has the name or UUID.
func recordTypeNamed(types []client.RecordType, name string) (string, error) {
	var found, names []string
	for _, t := range types {
		names = append(names, t.Name)
		if t.Name == name || strings.EqualFold(t.UUID, name) {
			found = append(found, t.UUID)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", usageError("campsync record-types lists them", fmt.Errorf("there is no record type %q%s", name, didYouMean(name, names)))
	}
	return "", usageError("", fmt.Errorf("%d record types are named %q; give the UUID of one: %s", len(found), name, strings.Join(found, ", ")))
}

// checkedBy is what a value of the field has to be.
func checkedBy(f client.Field) string {
	var options []string
	for _, o := range f.Options {
		options = append(options, o.Value)
	}
	if len(options) > 0 {
		return strings.Join(options, ", ")
	}
	return f.Validation
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
