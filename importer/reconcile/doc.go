// Package reconcile decides what becomes of a contact: it holds what a row
// says against what the campaign has, and answers with one [Action] and the
// reason for it.
//
// The package is pure. It reads no file, sends no request and knows no clock;
// the same contact, the same situation and the same policy give the same
// action, always. That is what makes a plan reviewable and a rerun safe, and
// it is why everything that must never happen is decided here and nowhere
// else:
//
//   - nothing is created for a key or a number that has an order already;
//   - a number with a Do-Not-Call order is suppressed, whatever the command;
//   - of several orders of one key or number the most protected one counts,
//     and a protected order is never touched;
//   - an order is never callable before its settings are in: a row with
//     settings is made as registered, and the one update that brings the
//     settings brings the status too.
package reconcile
