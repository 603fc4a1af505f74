package ledger

import (
	"context"
	"iter"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// Persons implements importer.Rows.
func (r *Run) Persons(ctx context.Context) iter.Seq2[importer.Person, error] {
	return func(yield func(importer.Person, error) bool) {
		if err := r.unfold(ctx); err != nil {
			yield(importer.Person{}, err)
			return
		}
		var p importer.Person
		k := newKept(&p.Touched, &p.Record, &p.RecordPhone)
		for err := range r.each(ctx, k, `SELECT `+keptColumns+`,
			coalesce(outcome, '') <> '' OR EXISTS (SELECT 1 FROM operations WHERE row = id),
			coalesce(a.record_uuid, ''), coalesce((SELECT records.phone FROM records WHERE uuid = a.record_uuid), '')
			FROM `+keptRows+` LEFT JOIN operations a ON a.row = id AND a.step = 1 AND a.kind = ?
			WHERE id > ? AND id < ? AND coalesce(code, '') <> 'filtered' AND source >= 0 ORDER BY id`,
			string(reconcile.Associate), r.row(0), r.row(endOfRun)) {
			p.Seq, p.Source, p.Line, p.Key, p.Phone = seq(k.id), int(k.source), int(k.body.line), k.key, k.phone
			p.Meant, p.Outcome, p.Code = string(k.body.meant), reconcile.Outcome(k.outcome), k.code
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}
