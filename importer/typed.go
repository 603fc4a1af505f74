package importer

import (
	"slices"
	"strings"

	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// plannedTargets are those whose problems come up only when a row is held
// against what is there: where its cells are not at hand.
var plannedTargets = map[string]string{codePastTime: orderTime, codeRecordUnknown: identityRecord}

const (
	codePastTime      = "past-time"
	codeRecordUnknown = "record-unknown"
)

// plannedColumns are the columns that these targets are taken from.
func plannedColumns(targets []mapping.Target) map[string][]string {
	var columns map[string][]string
	for _, target := range plannedTargets {
		i := slices.IndexFunc(targets, func(t mapping.Target) bool { return t.Name == target })
		if i < 0 || len(targets[i].Columns) == 0 {
			continue
		}
		if columns == nil {
			columns = make(map[string][]string)
		}
		columns[target] = targets[i].Columns
	}
	return columns
}

// NameCell puts column and text of the cell, as it was typed, before the
// message of a row that was rejected when it was held against what is there.
// The row has its cells.
func (s *SourceState) NameCell(r *Row) {
	target := plannedTargets[r.Code]
	if r.Outcome != reconcile.Rejected || target == "" {
		return
	}
	for _, column := range s.Columns[target] {
		i := slices.Index(s.Header, column)
		if i < 0 || i >= len(r.Cells) || strings.TrimSpace(r.Cells[i]) == "" {
			continue
		}
		r.Message = mapping.Problem{Column: column, Value: strings.TrimSpace(r.Cells[i]), Message: "cannot be sent: " + r.Message}.String()
		return
	}
}
