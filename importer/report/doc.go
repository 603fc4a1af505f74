// Package report says what became of a run: to scripts (report.json), to
// spreadsheets (results.csv), to whoever mends rows (rejected.csv), and to the
// person who looks at the terminal. And it says what a run is about to do: the
// [Plan] is read by a person as a diff, written down as plan.json, and held
// against the world again before it is carried out ([CheckPlan]).
//
// Every reporter is a function of a writer over rows that come in their order
// and a [Summary] of the run, so that each can be made again from the ledger
// at any time and gives the same. A plan is made of a [Preview] that is gone
// through as often as it takes. Nothing here keeps rows: memory does not grow
// with the file.
//
// Cells that campsync adds to a CSV never run as a formula in a spreadsheet
// (see https://owasp.org/www-community/attacks/CSV_Injection); cells of the
// user's own are never touched.
package report
