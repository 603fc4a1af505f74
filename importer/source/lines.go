package source

import "strings"

// sharedText and sharedCells are how many bytes and cells the rows of an
// allocation have together: whoever keeps a cell keeps as much.
const (
	sharedText  = 16 << 10
	sharedCells = 1 << 10
)

// lines cuts records of one line that are written plainly, as nearly all are:
// quotes open and close whole cells, and within those they are doubled. It
// cuts them as the cutter does, which can do everything, in half the time.
type lines struct {
	delim string
	quote byte
	text  strings.Builder // of the last rows
	cells []string        // of the last rows
}

// cut cuts a line; quoted says that there are quotes in it. It is not ok where
// the line is for the cutter. Of a line without quotes that has more cells than
// any header may have, the last holds all that is left.
func (l *lines) cut(line []byte, quoted bool) (cells []string, ok bool) {
	begin := l.room(len(line))
	l.text.Write(line)
	text := l.text.String()[begin:]
	most := min(strings.Count(text, l.delim), MaxColumns+ownColumns) + 1
	if cap(l.cells)-len(l.cells) < most {
		l.cells = make([]string, 0, max(sharedCells, most))
	}
	cells = l.cells[len(l.cells) : len(l.cells) : len(l.cells)+most]
	if quoted {
		cells, ok = l.quoted(cells, text)
	} else {
		cells, ok = l.plain(cells, text), true
	}
	l.cells = l.cells[:len(l.cells)+len(cells)]
	return cells[:len(cells):len(cells)], ok
}

// room makes room for n bytes more of text, and says where they will begin.
func (l *lines) room(n int) int {
	if l.text.Cap()-l.text.Len() < n {
		l.text = strings.Builder{}
		l.text.Grow(max(sharedText, n))
	}
	return l.text.Len()
}

// plain appends the cells of a text without quotes.
func (l *lines) plain(cells []string, text string) []string {
	for len(cells) < cap(cells)-1 {
		i := l.endOfCell(text)
		cells = append(cells, text[:i])
		text = text[i+len(l.delim):]
	}
	return append(cells, text)
}

// endOfCell is where the cell ends at the start of text.
func (l *lines) endOfCell(text string) int {
	i := strings.IndexByte(text, l.delim[0])
	if len(l.delim) > 1 {
		i = strings.Index(text, l.delim)
	}
	if i < 0 {
		return len(text)
	}
	return i
}

// quoted appends the cells of a text with quotes.
func (l *lines) quoted(cells []string, text string) (_ []string, ok bool) {
	for len(cells) < cap(cells) {
		end := l.endOfCell(text)
		cell := text[:end]
		switch {
		case cell != "" && cell[0] == l.quote:
			if cell, end = l.within(text); end < 0 {
				return nil, false
			}
		case strings.IndexByte(cell, l.quote) >= 0:
			return nil, false
		}
		if cells = append(cells, cell); end == len(text) {
			return cells, true
		}
		text = text[end+len(l.delim):]
	}
	return nil, false
}

// within is the cell that the quote at the start of text opens, and where it
// ends, behind the closing quote; -1 where that is for the cutter.
func (l *lines) within(text string) (cell string, end int) {
	begin, from := -1, 1 // begin: of the cell in l.text, where quotes are doubled in it
	for i := 1; ; {
		j := strings.IndexByte(text[i:], l.quote)
		if j < 0 {
			return "", -1
		}
		i += j + 1
		switch {
		case i < len(text) && text[i] == l.quote:
			if begin < 0 {
				begin = l.room(len(text))
			}
			l.text.WriteString(text[from:i])
			i++
			from = i
		case i < len(text) && !strings.HasPrefix(text[i:], l.delim):
			return "", -1
		case begin < 0:
			return text[1 : i-1], i
		default:
			l.text.WriteString(text[from : i-1])
			return l.text.String()[begin:], i
		}
	}
}
