package source

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

const bom = "\xEF\xBB\xBF"

// magic is how files begin that are no text at all.
type magic struct{ prefix, what, hint string }

func magics() []magic {
	const csv = "export it as CSV (UTF-8)"
	return []magic{
		{"\xFF\xFE\x00\x00", "UTF-32 text", "save it as UTF-8"},
		{"\x00\x00\xFE\xFF", "UTF-32 text", "save it as UTF-8"},
		{"\xFF\xFE", "UTF-16 text", `save it as UTF-8, in Excel as "CSV UTF-8"`},
		{"\xFE\xFF", "UTF-16 text", `save it as UTF-8, in Excel as "CSV UTF-8"`},
		{"\xD0\xCF\x11\xE0", "an Excel 97-2003 workbook (XLS)", csv},
		{"\x1F\x8B", "gzip", "unpack it first"},
		{"\x28\xB5\x2F\xFD", "zstd", "unpack it first"},
		{"BZh", "bzip2", "unpack it first"},
		{"\xFD7zXZ\x00", "xz", "unpack it first"},
		{"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", "unpack it first"},
		{"Rar!\x1A", "a RAR archive", "unpack it first"},
		{"%PDF-", "a PDF", csv},
		{"PAR1", "a Parquet file", csv},
		{"SQLite format 3\x00", "an SQLite database", csv},
		{`{\rtf`, "an RTF document", csv},
	}
}

// foreign says what a file is that begins with sample, where it is something
// else than a table in UTF-8. whole says that the sample is all of it.
func foreign(sample []byte, whole bool) *Error {
	refuse := func(what, hint string) *Error {
		return &Error{Code: "format", Message: "this is " + what + ", not CSV", Hint: hint}
	}
	if bytes.HasPrefix(sample, []byte("PK\x03\x04")) {
		if bytes.Contains(sample, []byte("xl/")) || bytes.Contains(sample, []byte("[Content_Types].xml")) {
			return refuse("an Excel workbook (XLSX)", "export the sheet as CSV (UTF-8)")
		}
		return refuse("a zip archive", "unpack it first")
	}
	for _, m := range magics() {
		if bytes.HasPrefix(sample, []byte(m.prefix)) {
			return refuse(m.what, m.hint)
		}
	}
	if what := markup(bytes.TrimSpace(bytes.TrimPrefix(sample, []byte(bom)))); what != "" {
		return refuse(what, "export the table as CSV; a web page is often a login or an error page saved instead of the file")
	}
	if err := binary(sample); err != nil {
		return err
	}
	return encoded(sample, whole)
}

// markup says what text is that is HTML, XML or JSON.
func markup(text []byte) string {
	start := bytes.ToLower(text[:min(len(text), 64)])
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<table", "<!--"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return "HTML"
		}
	}
	if bytes.HasPrefix(start, []byte("<?xml")) {
		return "XML"
	}
	if len(start) < 2 || start[0] != '{' && start[0] != '[' {
		return ""
	}
	// "[Name],[Phone]" is a header; "[{" and "{"" are not.
	inner := bytes.TrimSpace(start[1:])
	if len(inner) > 0 && bytes.IndexByte([]byte(`{["}]`), inner[0]) >= 0 {
		return "JSON"
	}
	return ""
}

// binary is the error for bytes that are no text, and for UTF-16 without a
// byte order mark: every second byte of it is NUL in western languages. A NUL
// here and there is left to the rows in which it stands.
func binary(sample []byte) *Error {
	var nul [2]int
	controls := 0
	for i, b := range sample {
		switch {
		case b == 0:
			nul[i%2]++
		case b < ' ' && b != '\t' && b != '\n' && b != '\v' && b != '\f' && b != '\r':
			controls++
		}
	}
	n, most := nul[0]+nul[1], max(nul[0], nul[1])
	if n*10 > len(sample) && n-most <= n/10 && len(sample) > 3 {
		return &Error{Code: "encoding", Message: "this looks like UTF-16 text", Hint: `save it as UTF-8, in Excel as "CSV UTF-8"`}
	}
	if (n+controls)*10 > len(sample) {
		return &Error{Code: "format", Message: "this is no text", Hint: "export the table as CSV (UTF-8)"}
	}
	return nil
}

// encoded is the error for text in another encoding than UTF-8. A file counts
// as such where no more of its characters beyond ASCII are good UTF-8 than are
// not: one damaged cell in a file of UTF-8 costs its row and not the file, but
// a file that has never heard of UTF-8 would lose row after row.
func encoded(sample []byte, whole bool) *Error {
	good, bad, c1, first := 0, 0, false, -1
	for i := 0; i < len(sample); {
		if sample[i] < utf8.RuneSelf {
			i++
			continue
		}
		c, n := utf8.DecodeRune(sample[i:])
		switch {
		case c != utf8.RuneError || n > 1:
			good++
		case !whole && !utf8.FullRune(sample[i:]):
			// The sample breaks off within a character.
		default:
			if bad++; first < 0 {
				first = i
			}
			c1 = c1 || sample[i] < 0xA0
		}
		i += n
	}
	if bad == 0 || good > bad {
		return nil
	}
	likely := "ISO-8859-1 or Windows-1252"
	if c1 {
		likely = "Windows-1252"
	}
	line := breaks(sample[:first]) + 1
	return &Error{Line: line, Code: "encoding", Message: fmt.Sprintf("byte 0x%02X is no UTF-8; the file is likely in %s", sample[first], likely),
		Hint: `save it as UTF-8, in Excel as "CSV UTF-8"`}
}
