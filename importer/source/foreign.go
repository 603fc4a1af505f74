package source

import "bytes"

const bom = "\xEF\xBB\xBF"

// magic is how files begin that are no text at all.
type magic struct{ prefix, what, hint string }

func magics() []magic {
	const csv = "export it as CSV (UTF-8)"
	return []magic{
		{"\xFF\xFE\x00\x00", "UTF-32 text", "save it as UTF-8"},
		{"\x00\x00\xFE\xFF", "UTF-32 text", "save it as UTF-8"},
		{"\xD0\xCF\x11\xE0", "an Excel 97-2003 workbook (XLS)", csv},
		{zipMagic, "a zip archive within another", "unpack it first"},
		{"\x1F\x8B", "gzip within an archive", "unpack it first"},
		{"\xFD7zXZ\x00", "xz", "unpack it first"},
		{"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", "unpack it first"},
		{"Rar!\x1A", "a RAR archive", "unpack it first"},
		{"%PDF-", "a PDF", csv},
		{"PAR1", "a Parquet file", csv},
		{"SQLite format 3\x00", "an SQLite database", csv},
		{`{\rtf`, "an RTF document", csv},
	}
}

// refuse is the error for a file of another kind.
func refuse(what, hint string) *Error {
	return &Error{Code: "format", Message: "this is " + what + ", not CSV", Hint: hint}
}

// magicOf says what a file is that begins with head, where it is no text.
func magicOf(head []byte) *Error {
	for _, m := range magics() {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return refuse(m.what, m.hint)
		}
	}
	return nil
}

// foreign says what text is that is no table.
func foreign(sample []byte) *Error {
	if what := markup(bytes.TrimSpace(sample)); what != "" {
		return refuse(what, "export the table as CSV; a web page is often a login or an error page saved instead of the file")
	}
	return notText(sample)
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

// notText is the error for bytes that are no text. A NUL here and there is
// left to the rows in which it stands.
func notText(sample []byte) *Error {
	controls := 0
	for _, b := range sample {
		if b < ' ' && b != '\t' && b != '\n' && b != '\v' && b != '\f' && b != '\r' {
			controls++
		}
	}
	if controls*10 > len(sample) {
		return &Error{Code: "format", Message: "this is no text", Hint: "export the table as CSV (UTF-8)"}
	}
	return nil
}
