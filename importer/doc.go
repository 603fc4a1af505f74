// Package importer brings the rows of files into a campaign: never twice,
// never whom it must not, never losing one, and saying what became of each.
//
// A [Runner] takes a run through its stages:
//
//	read    sources are decoded and mapped, every row is staged in the ledger
//	look    what the campaign and the account hold already is read into the snapshot
//	apply   each row is decided on; what has to be sent is written down, then sent,
//	        then its answer is written down
//	verify  the campaign is read again, and the books are held against it
//
// Nothing is sent before all rows are staged and the snapshot is complete: a
// file that turns out to be broken in its last line, or a campaign that cannot
// be read, costs nothing.
//
// # Never twice
//
// The API has no idempotency key, so a create whose answer is lost must not
// be sent again blindly. A row's intent is durable in the ledger before its
// request leaves; an ambiguous answer makes the row step aside, and its order
// is looked for at the server until the settle window is over (see settle.go).
// A crash leaves intents without answers; they are treated the same.
//
// # Memory
//
// Rows, snapshot and plan live in the ledger; channels are bounded. What grows
// are sets of hashes: of the rows' keys, in 16 bytes each, and afterwards of the
// campaign's orders while they are listed, in 10 to 20.
package importer
