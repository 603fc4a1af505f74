package importer

import "github.com/campsync/campsync/importer/reconcile"

// A run that is given up sends nothing that it has not sent yet: its files, or
// its mapping, were wrong, or are not what they were. What was sent is found out
// about, and where a half is missing the next run brings it in.

// givesUp reports whether the row's current operation is not to be sent for that
// reason. To set an order back that the server has made callable is no new work.
func (a *applier) givesUp(w *work) bool {
	return a.Abandon && !w.operations[w.current()].setsBack()
}

// giveUp ends a row of a run that is given up.
func (a *applier) giveUp(w *work) {
	switch i := w.current(); {
	case i == 0:
		a.end(w, reconcile.Unprocessed, "given-up", "", "the run was given up; what was sent for it has not come in")
	case w.operations[i].Kind == reconcile.Activate:
		a.unactivated(w, "not-activated", "the run was given up before its order was activated")
	case w.operations[i].Half():
		a.unactivated(w, "given-up", "the run was given up before the settings of its order were brought in")
	default:
		a.unactivated(w, "given-up", "the run was given up before its record was updated")
	}
}
