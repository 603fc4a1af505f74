// Package report says what became of a run: to scripts (report.json), to
// spreadsheets (results.csv), to whoever mends rows (rejected.csv), and to the
// person who looks at the terminal.
//
// Every reporter is a function of a writer over rows that come in their order
// and a [Summary] of the run, so that each can be made again from the ledger
// at any time and gives the same. Nothing here keeps rows: memory does not
// grow with the file.
//
// Cells that campsync adds to a CSV never run as a formula in a spreadsheet
// (see https://owasp.org/www-community/attacks/CSV_Injection); cells of the
// user's own are never touched.
package report
