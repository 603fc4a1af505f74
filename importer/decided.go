package importer

import (
	"fmt"
	"strings"

	"github.com/campsync/campsync/importer/reconcile"
)

// decided is the result of a row for which nothing is to be sent.
func decided(r *Row, a reconcile.Action) Result {
	res := Result{Outcome: a.Outcome, OrderUUID: a.OrderUUID, RecordUUID: a.RecordUUID, Code: a.Code, Message: a.Reason}
	if a.Outcome == reconcile.Unchanged {
		res.Code, res.Field, res.Message = conflicting(a.Conflicts)
	}
	if len(a.Targets) > 0 {
		res.Field = joined(a.Targets)
	}
	switch a.Code {
	case codeRecordUnknown:
		res.Field = identityRecord
		res.Message += " (" + r.Meant + ")"
	case codePastTime:
		res.Field = orderTime
		res.Message += " (" + utc(r.Settings.ScheduledTime) + "); give a later time"
	}
	return res
}

// CodeConflict is the code of rows of which something was left because somebody
// has changed it at the server since it was last applied.
const CodeConflict = "conflict"

// conflicting says which values were left, and why; all is empty where none was.
func conflicting(conflicts []reconcile.Conflict) (code, field, message string) {
	if len(conflicts) == 0 {
		return "", "", ""
	}
	var fields, texts []string
	for _, c := range conflicts {
		fields = append(fields, c.Target)
		texts = append(texts, fmt.Sprintf("%s: the row says %s, %s was applied, and the server has %s now", c.Target, c.Row, c.Applied, c.Server))
	}
	return CodeConflict, joined(fields), joined(texts) + "; it was left as it is (--conflict file or server decides)"
}

// joined puts names of fields into one cell.
func joined(names []string) string { return strings.Join(names, "; ") }
