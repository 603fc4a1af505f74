package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/campsync/campsync/cmd/internal/term"
)

// lineEnds counts how the lines of a file end, in its bytes as they pass by.
type lineEnds struct {
	LF   int64 `json:"LF"`
	CRLF int64 `json:"CRLF"`
	CR   int64 `json:"CR"`

	src     io.Reader
	head    []byte // the first bytes
	pending bool   // the last byte was a CR
}

func (l *lineEnds) Read(p []byte) (int, error) {
	n, err := l.src.Read(p)
	b := p[:n]
	if missing := 4 - len(l.head); missing > 0 {
		l.head = append(l.head, b[:min(n, missing)]...)
	}
	if l.pending && n > 0 {
		l.pending = false
		if b[0] == '\n' {
			l.CRLF++
			b = b[1:]
		} else {
			l.CR++
		}
	}
	crlf, cr := int64(bytes.Count(b, []byte("\r\n"))), int64(bytes.Count(b, []byte("\r")))
	l.CRLF += crlf
	l.LF += int64(bytes.Count(b, []byte("\n"))) - crlf
	l.CR += cr - crlf
	if len(b) > 0 && b[len(b)-1] == '\r' {
		l.CR--
		l.pending = true
	}
	if err != nil && l.pending {
		l.CR++
		l.pending = false
	}
	return n, err
}

// known reports whether the bytes of a file in this encoding say how lines end:
// they do not in a workbook, in UTF-16, and in what is packed.
func (l *lineEnds) known(encoding string) bool {
	for _, packed := range []string{"PK", "\x1f\x8b", "\x28\xb5\x2f\xfd", "BZh"} {
		if bytes.HasPrefix(l.head, []byte(packed)) {
			return false
		}
	}
	return encoding != "XLSX" && !strings.HasPrefix(encoding, "UTF-16")
}

// String says it for people: "LF", or "CRLF, 3 in LF"; "" where there is none.
func (l *lineEnds) String() string {
	type end struct {
		name string
		n    int64
	}
	ends := []end{{"LF", l.LF}, {"CRLF", l.CRLF}, {"CR", l.CR}}
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Compare(b.n, a.n) })
	if ends[0].n == 0 {
		return ""
	}
	text := ends[0].name
	for _, e := range ends[1:] {
		if e.n > 0 {
			text += fmt.Sprintf(", %s in %s", term.Count(e.n), e.name)
		}
	}
	return text
}

// watchedFile is a file whose line ends are counted.
type watchedFile struct {
	*os.File
	ends *lineEnds
}

func (f watchedFile) Read(p []byte) (int, error) { return f.ends.Read(p) }
