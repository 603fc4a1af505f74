// Package source turns files that people export into rows, strictly: what
// cannot be read for sure is reported with its line, and never quietly turned
// into something else.
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
//   - Only where the lines that follow are no rows of the header's width, and
//     make one together with it when its stray quotes are taken literally, are
//     they counted as part of it: a cell of several lines with a bad quote
//     in it is one bad row, not several.
//   - A quoted cell of several lines, every one of which has the header's
//     width, can be read in two ways: as one row or as many. Neither is
//     chosen; it is a fault.
//
// Of blank lines, and of rows whose cells are all blank (spreadsheets leave
// them behind as ",,,"), nothing could be lost: they are counted by
// [Reader.Blank] and are no rows.
//
// # Round trip
//
// A file of rejected rows has four columns of the tool's own at the end of its
// header ([OwnColumns]). They are recognised and taken off header and rows, so
// that the file can be mended by hand and read again as it is. A row that is
// written as its [Row.Raw], a delimiter and the four own cells is read again
// with the same fault and the same text, whatever is wrong with it.
//
// # Limits
//
// A cell may have 1 MiB, a row 8 MiB, a header 4,096 columns. Memory is
// bounded by the largest row, whatever the size of the file; time grows with
// the file's size alone, however broken it is.
package source
