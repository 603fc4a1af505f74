package source_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/campsync/campsync/importer/source"
)

// pollution is a file of contacts as somebody's program may have exported it:
// the kinds of deviation are those of G. Vitagliano et al., "Pollock: A Data
// Loading Benchmark" (2023), as far as one reading of them is certain.
type pollution struct {
	delim, end   string
	quote        string // around cells; empty: none
	all          bool   // every cell is quoted
	escape       string // before a quote within quotes
	bom, padded  bool
	encoding     string
	titles       int
	blank        bool // blank lines between rows
	trailing     bool // a delimiter at the end of each line
	noLastEnd    bool
	ragged, torn int // rows that are broken: too short, with a quote that is never closed
}

// pollute makes a random file and says what is to come out of it.
func pollute(rng *rand.Rand) (p pollution, text string, want [][]string) {
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	p = pollution{delim: pick(",", ";", "\t", "|"), end: pick("\n", "\r\n", "\r"), quote: `"`, escape: `"`,
		all: rng.IntN(3) == 0, bom: rng.IntN(3) == 0, titles: rng.IntN(3), blank: rng.IntN(4) == 0,
		trailing: rng.IntN(4) == 0, noLastEnd: rng.IntN(2) == 0, encoding: pick("", "", "", "windows-1252", "utf-16le", "utf-16be")}
	switch rng.IntN(5) {
	case 0:
		p.escape = `\`
	case 1:
		p.quote, p.all = "'", true
	case 2:
		p.padded = true
	}
	if rng.IntN(3) == 0 && p.quote == `"` && p.escape == `"` && !p.padded {
		p.ragged, p.torn = rng.IntN(2), rng.IntN(2)
	}
	header := []string{"Name", "Straße", "Phone", "Amount", "Seen", "Note"}
	var b strings.Builder
	for i := range p.titles {
		b.WriteString([]string{"Leads of March", "made by hand"}[i] + p.end)
	}
	p.line(&b, header)
	n := 8 + rng.IntN(40)
	bad := rng.Perm(n)[:p.ragged+p.torn]
	for i := range n {
		row := []string{pick("Jörg Müller", "Ann Lee", "O Hara, Tom", "Zoë"), pick("Käthe-Weg 5", "High Street 12; rear", "Rue de l été"),
			fmt.Sprintf("+44 20 7946 %04d", i), fmt.Sprintf("%d.50", rng.IntN(900)), "2026-03-0" + fmt.Sprint(1+rng.IntN(9)),
			pick("", "called twice", "said "+p.quote+"no"+p.quote+" then yes", "a|b", "two"+p.end+"lines", "x\ty")}
		switch k := slices.Index(bad, i); {
		case k >= p.ragged:
			b.WriteString(strings.Join([]string{"Torn", `"weg`, row[2], row[3], row[4], "x"}, p.delim) + p.end)
			continue
		case k >= 0:
			b.WriteString(strings.Join(row[2:5], p.delim) + p.end)
			continue
		}
		p.line(&b, row)
		want = append(want, row)
		if p.blank && rng.IntN(3) == 0 {
			b.WriteString(pick(p.end, "  "+p.end, strings.Repeat(p.delim, 5)+p.end))
		}
	}
	text = b.String()
	if p.noLastEnd {
		text = strings.TrimSuffix(text, p.end)
	}
	return p, text, want
}

// line writes a row.
func (p *pollution) line(b *strings.Builder, row []string) {
	for i, cell := range row {
		if i > 0 {
			b.WriteString(p.delim)
			if p.padded && p.delim != "\t" {
				b.WriteString(" ")
			}
		}
		if p.all || strings.ContainsAny(cell, p.delim+p.quote+`\`+"\r\n") || p.padded && i%2 == 1 {
			cell = p.quote + strings.ReplaceAll(cell, p.quote, p.escapeOf()+p.quote) + p.quote
		}
		b.WriteString(cell)
	}
	if p.trailing {
		b.WriteString(p.delim)
	}
	b.WriteString(p.end)
}

func (p *pollution) escapeOf() string {
	if p.escape == `"` {
		return p.quote
	}
	return p.escape
}

// encoded is text in the file's encoding; ok is false where it cannot be.
func (p *pollution) encoded(text string) (string, bool) {
	var enc encoding.Encoding
	switch p.encoding {
	case "windows-1252":
		enc = charmap.Windows1252
	case "utf-16le":
		enc = unicode.UTF16(unicode.LittleEndian, map[bool]unicode.BOMPolicy{true: unicode.UseBOM, false: unicode.IgnoreBOM}[p.bom])
	case "utf-16be":
		enc = unicode.UTF16(unicode.BigEndian, map[bool]unicode.BOMPolicy{true: unicode.UseBOM, false: unicode.IgnoreBOM}[p.bom])
	default:
		if p.bom {
			text = "\uFEFF" + text
		}
		return text, true
	}
	out, err := enc.NewEncoder().String(text)
	return out, err == nil
}

// TestPollution reads files that deviate in many ways at once: every row that
// is whole comes out as it is, every one that is broken as a fault, and nothing
// else does.
func TestPollution(t *testing.T) {
	const seed = 20260301
	rng := rand.New(rand.NewPCG(seed, 1))
	files, wrong := 700, 0
	for i := range files {
		p, text, want := pollute(rng)
		in, ok := p.encoded(text)
		if !ok {
			t.Fatalf("%+v: cannot be encoded", p)
		}
		r, err := source.NewReader(io.NopCloser(strings.NewReader(in)), "x.csv", source.Options{})
		if err != nil {
			t.Errorf("%d: %+v: %v\n%.400q", i, p, err, text)
			wrong++
		} else if problem := compare(rest(t, r), want, p); problem != "" {
			t.Errorf("%d: %+v %+v: %s\n%.400q", i, p, r.Dialect(), problem, text)
			wrong++
		}
		if wrong > 4 {
			t.FailNow()
		}
	}
}

func compare(rows []source.Row, want [][]string, p pollution) string {
	faults := 0
	for _, row := range rows {
		if row.Fault != nil {
			faults++
			continue
		}
		for j, cell := range row.Cells {
			row.Cells[j] = strings.TrimLeft(cell, " ") // padding before cells without quotes is theirs
		}
		if len(want) == 0 || !slices.Equal(row.Cells, want[0]) {
			return fmt.Sprintf("%q in line %d, want %.1q", row.Cells, row.Line, want[:min(len(want), 1)])
		}
		want = want[1:]
	}
	if len(want) > 0 || faults != p.ragged+p.torn {
		return fmt.Sprintf("%d rows are missing, %d faults", len(want), faults)
	}
	return ""
}
