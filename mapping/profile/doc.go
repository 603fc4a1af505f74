// Package profile finds out what the columns of a table hold, so that a person
// can trust what is made of it, and a mapping can be proposed.
//
// # What it promises
//
// Every cell is looked at once and none is kept: memory is bounded by the number
// of columns, whatever the number of rows. Within it the following is exact,
// however long the table is: rows, fill, lengths, how many cells fit the guessed
// type, which date formats and which decimal mark read all cells, and damage with
// its count. Distinct values are exact up to a bound and estimated beyond it,
// which [Distinct] says; the examples, and the regions of phone numbers without a
// country code, come from a sample of the distinct values beyond it.
//
// The result depends on the rows and their lines, not on the order in which they
// are added.
//
// Nothing is guessed quietly: a type comes with the number of cells that fit it
// and the reason, and what can be read in two ways over the whole column is said
// with both readings. Texts are read by the same rules as a mapping reads them.
//
// # Damage
//
// What spreadsheets and exports do to cells is told apart by what became of the
// cell: [Harmless], where nothing is lost; [Mended], where it is taken off before
// the cell is used; and [Lost], where only a new export brings the text back.
package profile
