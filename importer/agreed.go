package importer

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/campsync/campsync/importer/reconcile"
)

// agreed are the values that are known to be applied of a row's key once the
// row has the outcome, where they are not just what the row says: nil where
// they are. What was left to the server stays what was last applied of it.
func (d *decision) agreed(outcome Outcome) reconcile.Values {
	switch {
	case d.contact.Values == nil && d.action.Finishes:
		return settingsValues(d.row.Settings) // and no more: an import leaves the record as it is
	case d.contact.Values == nil: // there is no update
		return nil
	case outcome != reconcile.Unchanged && outcome != reconcile.Updated && outcome != reconcile.Associated:
		return nil
	}
	agreed := make(reconcile.Values, len(d.contact.Values))
	maps.Copy(agreed, d.contact.Applied)
	for target, v := range d.contact.Values {
		if !d.left(target) {
			agreed[target] = v
		}
	}
	for _, c := range d.action.Changes {
		agreed[c.Target] = c.After
	}
	says, err := ValuesOf(d.row.Record, d.row.Settings)
	same := func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }
	if err == nil && outcome != reconcile.Associated && maps.EqualFunc(agreed, says, same) {
		return nil
	}
	return agreed
}

// left reports whether a target was left as the server has it.
func (d *decision) left(target string) bool {
	return slices.Contains(d.action.Kept, target) ||
		slices.ContainsFunc(d.action.Conflicts, func(c reconcile.Conflict) bool { return c.Target == target })
}
