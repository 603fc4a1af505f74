package importer

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/campsync/campsync/client"
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
	if len(d.action.Steps) > 0 && d.action.Steps[0].Makes() {
		maps.DeleteFunc(agreed, ofOrder) // they are an earlier order's
	}
	for target, v := range d.contact.Values {
		if !d.left(target) {
			agreed[target] = v
		}
	}
	for _, c := range d.action.Changes {
		agreed[c.Target] = c.After
		delete(agreed, reconcile.Shown(c.Target))
	}
	says, err := ValuesOf(d.row.Record, d.row.Settings)
	same := func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }
	if err == nil && outcome != reconcile.Associated && maps.EqualFunc(agreed, says, same) {
		return nil
	}
	return agreed
}

// agreeSoFar makes what is agreed of a row what its operations have applied, where
// they are not all made, on top of what was applied before the run.
func (a *applier) agreeSoFar(w *work) error {
	began := w.begun || w.agreed != nil || w.operations[0].State == Applied
	if w.row.Source == Leftover || !began {
		return nil // nothing of it is to be remembered
	}
	before, err := a.Ledger.Applied(a.hard, []string{w.row.Key})
	if err != nil {
		return err
	}
	agreed, learned := make(reconcile.Values), w.agreed
	maps.Copy(agreed, before[w.row.Key])
	for i := range w.operations {
		op := &w.operations[i]
		switch {
		case op.State != Applied:
			continue
		case op.Kind.Makes(): // what an earlier order of the key had is not this one's
			maps.DeleteFunc(agreed, ofOrder)
		}
		applied := op.Changes
		if op.Kind == reconcile.CreateOrder {
			record, err := recordValues(w.row.Record, nil)
			if err != nil {
				return err
			}
			for target, v := range record {
				applied = append(applied, reconcile.Change{Target: target, After: v})
			}
		}
		for _, c := range applied {
			shown := reconcile.Shown(c.Target)
			delete(agreed, shown)
			if is, otherwise := learned[shown]; otherwise {
				agreed[shown] = is
			}
			if agreed[c.Target] = c.After; c.Target == orderStatus {
				delete(agreed, orderStatus) // no row says it
			}
		}
	}
	w.agreed = agreed
	return nil
}

func ofOrder(target string, _ json.RawMessage) bool { return reconcile.OfOrder(target) }

// learn remembers where the server shows otherwise what it was just sent: it
// has a way of its own to write it, and nobody has changed it. What it shows as it
// was before it has not taken: that was not applied. What it does not show, it may
// have taken.
func (w *work) learn(sent, shown reconcile.Values, before func(target string) json.RawMessage) {
	for target, v := range sent {
		is, known := shown[target]
		if !known || reconcile.Same(v, is) {
			continue
		}
		if w.agreed == nil {
			record := w.row.Record
			if w.operations[0].Kind == reconcile.Associate {
				record = nil // an import leaves it as it is
			}
			says, err := ValuesOf(record, w.row.Settings)
			if err != nil {
				return // what is staged can be read
			}
			w.agreed = says
		}
		if reconcile.Same(is, before(target)) {
			delete(w.agreed, target)
		} else {
			w.agreed[reconcile.Shown(target)] = is
		}
	}
}

// learnCreated is learn for a new order. Most servers show a record as it was
// sent, which is seen without taking it apart.
func (a *applier) learnCreated(w *work, o client.Order) {
	if asSent(w.row.Record, &o.Record) {
		return
	}
	sent, err := recordValues(w.row.Record, nil)
	if err != nil {
		return
	}
	targets := make(fieldSet, len(sent))
	for target := range sent {
		targets[target] = true
	}
	w.learn(sent, a.shownRecord(o.Record, targets), func(string) json.RawMessage { return nil })
}

// learnChanged is learn for the changes of an operation.
func (w *work) learnChanged(changes []reconcile.Change, shown reconcile.Values) {
	sent, was := make(reconcile.Values, len(changes)), make(reconcile.Values, len(changes))
	for _, c := range changes {
		sent[c.Target], was[c.Target] = c.After, c.Before
	}
	w.learn(sent, shown, func(target string) json.RawMessage { return was[target] })
}

// asSent reports whether the JSON of a record, as it was sent, holds every value
// that the answer shows under a name which it has at all.
func asSent(record []byte, rec *client.Record) bool {
	var member []byte
	holds := func(name string, value []byte) bool {
		member = append(append(append(member[:0], '"'), name...), `":`...)
		if !bytes.Contains(record, member) {
			return true
		}
		member = append(member, value...)
		i := bytes.Index(record, member) + len(member)
		return i >= len(member) && i < len(record) && (record[i] == ',' || record[i] == '}') // 5.2 is not 5.25
	}
	for _, f := range [...]struct{ name, text string }{
		{"name", rec.Name}, {"firstName", rec.FirstName}, {"lastName", rec.LastName}, {identityEmail, rec.Email}, {"country", rec.Country},
	} {
		if f.text != "" && !holds(f.name, quoted(f.text)) {
			return false
		}
	}
	for id, v := range rec.Parameters {
		if !holds(id, v) {
			return false
		}
	}
	return true
}

// left reports whether a target was left as the server has it.
func (d *decision) left(target string) bool {
	return slices.Contains(d.action.Kept, target) ||
		slices.ContainsFunc(d.action.Conflicts, func(c reconcile.Conflict) bool { return c.Target == target })
}
