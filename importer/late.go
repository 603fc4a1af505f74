package importer

import (
	"context"
	"time"
)

// lateAtATime is how many rows that were late are read again and sent at a time.
const lateAtATime = 16

// takeTurn lets a row that was late be read again; endTurn must follow, once its
// write has left. The gate lets reads go first: were all rows that are late read
// again at once, each would have waited too long once more before the first write
// leaves, and so for ever. One that is late in its turn has the next for itself.
func (a *applier) takeTurn(w *work) error {
	if w.lateAt.IsZero() || w.turn > 0 {
		return nil
	}
	places := int64(1)
	if w.lateInTurn {
		places = lateAtATime
	}
	if a.late.Acquire(a.soft, places) != nil {
		return context.Cause(a.soft)
	}
	w.turn = places
	return nil
}

// endTurn lets the next row have its turn.
func (a *applier) endTurn(w *work) {
	if w.turn > 0 {
		a.late.Release(w.turn)
		w.turn = 0
	}
}

// wasLate notes that a request was too late for what was read of the order.
func (w *work) wasLate() {
	w.order.ReadAt, w.lateAt, w.lateInTurn = time.Time{}, time.Now(), w.turn > 0
}
