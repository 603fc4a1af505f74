package source

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// charset is how text is written in bytes.
type charset struct {
	name       string
	enc        encoding.Encoding // nil: UTF-8, which needs no decoding
	bom        int               // bytes of the byte order mark
	confidence float64           // 0 to 1
}

const utf8Name = "UTF-8"

func utf16(name string, order unicode.Endianness, bom int) charset {
	return charset{name: name, enc: unicode.UTF16(order, unicode.IgnoreBOM), bom: bom, confidence: 1}
}

// sure is below the confidence of everything that is taken for certain.
const sure = 0.7

// detectCharset finds out how a file is written that begins with sample. more
// may be text from further on in it, where the sample is all ASCII.
func detectCharset(sample, more []byte, whole bool) (charset, *Error) {
	if c, ok := marked(sample); ok {
		return c, nil
	}
	if c, ok := unmarkedUTF16(sample); ok {
		return c, nil
	}
	good, bad, first := countUTF8(sample, whole)
	if good+bad == 0 && len(more) > 0 {
		sample, whole = more, false
		good, bad, first = countUTF8(sample, whole)
	}
	// One damaged cell in a file of UTF-8 costs its row and not the file, but
	// a file that has never heard of UTF-8 would lose row after row.
	if bad == 0 || good > bad {
		return charset{name: utf8Name, confidence: 1 - float64(bad)/float64(good+bad+1)}, nil
	}
	found := guessCharset(sample)
	if found.confidence > sure {
		return found, nil
	}
	return found, &Error{Line: breaks(sample[:first]) + 1, Code: "encoding",
		Message: fmt.Sprintf("byte 0x%02X is no UTF-8, and the file is in no encoding that can be told for sure (perhaps %s)", sample[first], found.name),
		Hint:    `save it as UTF-8, in Excel as "CSV UTF-8", or name its encoding`}
}

// namedCharset is the charset that an option names, by any name that the
// WHATWG Encoding Standard knows.
func namedCharset(name string, sample []byte) (charset, *Error) {
	found, _ := marked(sample)
	enc, err := htmlindex.Get(name)
	if strings.EqualFold(name, "utf-16") {
		if found.enc != nil {
			return found, nil
		}
		enc, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
	}
	if err != nil {
		return charset{}, &Error{Code: "encoding", Message: fmt.Sprintf("%q is no encoding that is known", name),
			Hint: "name one as web pages do: utf-8, utf-16le, windows-1252, iso-8859-15, macintosh, shift_jis, gb18030"}
	}
	canonical, err := htmlindex.Name(enc)
	if err != nil {
		canonical = strings.ToLower(name)
	}
	c := charset{name: canonical, enc: enc, confidence: 1}
	switch {
	case canonical == "utf-8":
		c = charset{name: utf8Name, confidence: 1}
	case strings.HasPrefix(canonical, "utf-16"):
		c.name = strings.ToUpper(canonical)
	}
	if found.name == c.name {
		c.bom = found.bom
	}
	return c, nil
}

// marked reads the byte order mark.
func marked(sample []byte) (charset, bool) {
	switch {
	case bytes.HasPrefix(sample, []byte(bom)):
		return charset{name: utf8Name, bom: len(bom), confidence: 1}, true
	case bytes.HasPrefix(sample, []byte("\xFF\xFE")):
		return utf16("UTF-16LE", unicode.LittleEndian, 2), true
	case bytes.HasPrefix(sample, []byte("\xFE\xFF")):
		return utf16("UTF-16BE", unicode.BigEndian, 2), true
	}
	return charset{}, false
}

// unmarkedUTF16 recognises UTF-16 by its NUL bytes: in western text every
// second byte is one, and only every second.
func unmarkedUTF16(sample []byte) (charset, bool) {
	var nul [2]int
	for i, b := range sample {
		if b == 0 {
			nul[i%2]++
		}
	}
	if n := nul[0] + nul[1]; len(sample) < 4 || n*5 < len(sample) || min(nul[0], nul[1]) > n/20 {
		return charset{}, false
	}
	c := utf16("UTF-16LE", unicode.LittleEndian, 0)
	if nul[0] > nul[1] {
		c = utf16("UTF-16BE", unicode.BigEndian, 0)
	}
	c.confidence = 0.95
	return c, true
}

// countUTF8 counts the characters beyond ASCII that are good UTF-8 and the
// bytes that are not, and gives the place of the first of these.
func countUTF8(sample []byte, whole bool) (good, bad, first int) {
	first = -1
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
		}
		i += n
	}
	return good, bad, first
}

// decoded is src as UTF-8; what cannot be decoded becomes U+FFFD.
func (c charset) decoded(src io.Reader) io.Reader {
	if c.enc == nil {
		return src
	}
	return transform.NewReader(src, c.enc.NewDecoder())
}

// isEncodedTwice reports whether the text was UTF-8, was taken for
// Windows-1252 and written as UTF-8 again: most that is beyond ASCII in it
// makes good UTF-8 when that is undone.
func isEncodedTwice(sample []byte) bool {
	twice, all := 0, 0
	for run := range bytes.FieldsFuncSeq(sample, func(r rune) bool { return r < utf8.RuneSelf || r == utf8.RuneError }) {
		all++
		if once, ok := undone(run); ok && utf8.Valid(once) {
			twice++
		}
	}
	return twice >= 2 && twice*10 > all*8
}

// undone is text in the bytes of Windows-1252, where it can be.
func undone(text []byte) ([]byte, bool) {
	once, err := windows1252().enc.NewEncoder().Bytes(text)
	// A single letter, such as é, is no UTF-8 then; two often are by chance.
	return once, err == nil && len(once) > 1
}

// encodedTwice is the error for text that isEncodedTwice.
func encodedTwice(sample []byte) *Error {
	if !isEncodedTwice(sample) {
		return nil
	}
	for word := range bytes.FieldsFuncSeq(sample, func(r rune) bool { return strings.ContainsRune(",;\t|\"\r\n ", r) }) {
		if once, ok := undone(word); ok && utf8.Valid(once) && slices.ContainsFunc(once, func(b byte) bool { return b >= utf8.RuneSelf }) {
			return &Error{Line: breaks(sample[:bytes.Index(sample, word)]) + 1, Code: "encoding",
				Message: fmt.Sprintf("the text was encoded twice on its way: %q stands for %q", word, once),
				Hint:    "export it again, or name the encoding utf-8 if it is to be taken as it is"}
		}
	}
	return nil
}
