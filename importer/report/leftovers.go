package report

import (
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// bulkVerdict is that of a command that was given no files: it deals with orders.
func (s *Summary) bulkVerdict(style Style) string {
	var done, wrong int64
	for o, n := range s.Tally.Leftovers {
		switch {
		case o.Unwanted():
			wrong += n
		case o == reconcile.Updated, o == reconcile.Canceled, o == reconcile.Removed:
			done += n
		}
	}
	text := plural(done, "order") + " changed in " + draw(style.Escape, s.Campaign)
	switch {
	case s.Verification.Off():
		return draw(style.Bad, "the books do not balance") + "; " + text
	case wrong > 0:
		return draw(style.Bad, plural(wrong, "order")+" did not go through") + "; " + text
	}
	return draw(style.Strong, text)
}

// leftoverNotes say what became of orders that no row has.
var leftoverNotes = map[importer.Outcome]string{
	reconcile.Protected:   "orders that must not be touched",
	reconcile.Suppressed:  "Do-Not-Call orders, which are not touched",
	reconcile.Failed:      "orders that the server has refused to change",
	reconcile.Ambiguous:   "orders of which it is not known",
	reconcile.Unprocessed: "orders that the run stopped before",
	reconcile.Skipped:     "orders that were gone already",
}

// leftovers writes what was done to orders that no row has.
func (s *Summary) leftovers(row func(name, n, note string)) {
	all := append(reconcile.Outcomes(), reconcile.Canceled, reconcile.Removed)
	for _, o := range all {
		n := s.Tally.Leftovers[o]
		if n == 0 {
			continue
		}
		note := leftoverNotes[o]
		switch {
		case note != "":
		case len(s.State.Sources) > 0:
			note = "orders that no row has any more"
		default:
			note = "orders"
		}
		row(string(o), count(n), note)
	}
}
