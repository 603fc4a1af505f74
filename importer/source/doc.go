// Package source turns files that people export into rows, strictly: what
// cannot be read for sure is reported with its line, and never quietly turned
// into something else.
//
// # What a file is
//
// [Open] and [NewReader] find it out from the bytes, layer by layer:
//
//   - packing: gzip, zstd, bzip2 and zip are unpacked, as long as that does
//     not make more than 200 times as much of them; of an XLSX workbook a sheet
//     is read, its cells as the workbook shows them;
//   - encoding: a byte order mark, the pattern of UTF-16, good UTF-8, or else
//     that of many charsets in which one language explains the letters;
//   - format: the delimiter and the quotes with which rows are of one width
//     and cells are something (a number, a name, an address of e-mail);
//   - header: titles above it are passed over, two rows of it are joined.
//
// [Dialect] says what was found. Each can be set by [Options]. Where nothing can
// be told for sure, the file is refused with an [Error] that says what to do:
// a web page saved instead of the file, two sheets of which none is named,
// two columns of one name, a first row that looks like a contact.
//
// # One bad row costs one row
//
// A row that is ragged, badly quoted or badly encoded comes out of
// [Reader.Next] as a [Row] with a [Fault], and the rows after it are read.
// An opening quote that is never closed is the hard case, for to a plain
// reader it swallows the rest of the file. Here a record is looked at again
// from its start when it turns out to be bad:
//
//   - It ends with the line in which the quote opened, so that the next line
//     is read as a row of its own; nothing after it can be lost.
//   - Only where the lines that follow are no rows by themselves, and make one
//     together with it when its stray quotes are taken literally, are they
//     counted as part of it: a cell of several lines with a bad quote in it is
//     one bad row, not several.
//   - A quoted cell of several lines, every one of which has the header's
//     width, can be read in two ways: as one row or as many. So can one whose
//     end is the start of another good row, where what follows it is none.
//     Neither reading is chosen; it is a fault.
//
// What is passed over without being a row is counted: lines and rows with
// nothing in them, which spreadsheets leave behind as ",,,", by [Reader.Blank].
// White space between a quote and a delimiter has one reading only; such rows
// are read, and counted by [Reader.Padded].
//
// A second table in the file, below a blank line and a header of its own, is no
// part of the first: all rows from that header on are faults, so that nothing of
// it is taken for a contact. It is one only by sure signs: words in every
// column of what is its header, also where there were only figures before; and
// two names of the first header among them, or figures of another kind below.
//
// # Round trip
//
// A file of rejected rows has four columns of the tool's own at the end of its
// header ([OwnColumns]). They are recognised and taken off header and rows, so
// that the file can be mended by hand and read again as it is. A row that is
// written as its [Row.Raw], a delimiter and the four own cells is bad again
// when it is read, with the same text; and with the same fault, unless the file
// that it comes from quotes in a way of its own. Of a second table, which has no
// blank line above it there, the code in the row's own cells tells.
//
// # Limits
//
// A cell may have 1 MiB, a row 8 MiB, a header 4,096 columns. Memory is
// bounded by the largest row, whatever the size of the file, but for workbooks,
// which are held packed; time grows with the file's size alone, however broken
// it is.
package source
