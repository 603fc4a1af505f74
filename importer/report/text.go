package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// Style draws words on a terminal. Its zero value draws them as they are.
type Style struct {
	Strong, Quiet, Bad func(string) string
	Good, Changed      func(string) string // of a plan: what is added, and what becomes another
	Escape             func(string) string // makes text from files and servers safe to show
}

func draw(f func(string) string, text string) string {
	if f == nil {
		return text
	}
	return f(text)
}

const (
	textErrors  = 8   // kinds of errors that are shown
	textMessage = 200 // runes of a message that are shown
)

// Text writes what a person takes in at one glance: the verdict, the outcomes,
// the books, and what went wrong.
func (s *Summary) Text(w io.Writer, style Style) error {
	t := text{Writer: bufio.NewWriter(w), style: style}
	t.line(s.verdict(style))
	t.line("")
	s.outcomes(&t)
	s.books(&t)
	s.figures(&t)
	s.troubles(&t)
	s.records(&t)
	return t.Flush()
}

type text struct {
	*bufio.Writer
	style Style
}

func (t *text) line(s string) { fmt.Fprintln(t, s) }

// field writes a quiet label and what it says.
func (t *text) field(label, value string) {
	t.line("  " + draw(t.style.Quiet, fmt.Sprintf("%-12s", label)) + value)
}

func (s *Summary) verdict(style Style) string {
	if len(s.State.Sources) == 0 {
		return s.bulkVerdict(style)
	}
	n := s.Tally.Outcomes
	unwanted := n[reconcile.Rejected] + n[reconcile.Failed] + n[reconcile.Ambiguous] + n[reconcile.Unprocessed]
	good := n[reconcile.Valid]
	text := count(good) + " of " + rows(s.Tally.Rows) + " could be sent"
	if !s.Local {
		good = s.Tally.Ordered
		verb := " are in "
		if good == 1 || s.Tally.Rows == 1 {
			verb = " is in "
		}
		text = count(good) + " of " + rows(s.Tally.Rows) + verb + draw(style.Escape, s.Campaign)
	}
	switch {
	case !s.Local && s.Verification.Off():
		return draw(style.Bad, "the books do not balance") + "; " + text
	case unwanted > 0:
		return draw(style.Bad, fmt.Sprintf("%s did not go through", rows(unwanted))) + "; " + text
	}
	return draw(style.Strong, text)
}

// outcomeNotes say what an outcome means, where its name does not.
var outcomeNotes = map[importer.Outcome]string{
	reconcile.Associated:  "known records, added to the campaign",
	reconcile.Duplicate:   "another row has the same key or number",
	reconcile.Suppressed:  "must not be called",
	reconcile.Protected:   "their order must not be touched",
	reconcile.Rejected:    "nothing was sent",
	reconcile.Failed:      "the server refused them, or it was too late",
	reconcile.Ambiguous:   "not known whether they were applied",
	reconcile.Unprocessed: "the run stopped before them",
}

// skipNotes say why rows were skipped.
var skipNotes = map[string]string{
	"in-campaign":         "in the campaign already",
	"no-record":           "without a record of theirs",
	importer.CodeFiltered: "filtered out",
}

// note says what an outcome means for the rows that have it.
func (s *Summary) note(o importer.Outcome) string {
	switch o {
	case reconcile.Rejected:
		if s.Local {
			return "could not be sent"
		}
	case reconcile.Associated:
		if n := s.Tally.Of(o, importer.CodeDiffers); n > 0 {
			return outcomeNotes[o] + "; " + count(n) + " differ from their rows and were left as they are"
		}
	case reconcile.Skipped:
		var parts []string
		for _, r := range s.Tally.Reasons() {
			switch text := skipNotes[r.Code]; {
			case r.Outcome != o:
			case r.Count == s.Tally.Outcomes[o]:
				return text
			default:
				parts = append(parts, count(r.Count)+" "+text)
			}
		}
		return strings.Join(parts, ", ")
	}
	return outcomeNotes[o]
}

func (s *Summary) outcomes(t *text) {
	width := max(len(count(s.Tally.Rows)), len(count(s.State.Leftovers)))
	row := func(name, n, note string) {
		line := fmt.Sprintf("  %-12s%*s", name, width, n)
		if note != "" {
			line += "   " + draw(t.style.Quiet, note)
		}
		t.line(line)
	}
	for _, o := range reconcile.Outcomes() {
		n := s.Tally.Outcomes[o]
		if n == 0 {
			continue
		}
		note := s.note(o)
		row(string(o), count(n), note)
	}
	var names []string
	for _, src := range s.State.Sources {
		names = append(names, draw(t.style.Escape, src.Name))
	}
	if len(names) > 0 {
		row("rows", count(s.Tally.Rows), strings.Join(names, ", "))
	}
	s.leftovers(row)
	t.line("")
}

func (s *Summary) books(t *text) {
	if !s.Local {
		t.field("orders", s.orders(t.style))
		t.field("requests", s.requests())
	} else {
		t.field("time", duration(s.FinishedAt.Sub(s.StartedAt)))
	}
	if n := s.Books.Activated; n > 0 {
		t.field("activated", plural(int64(n), "order")+", after the books were verified")
	}
	if s.State.Withheld != "" {
		t.field("kept", draw(t.style.Bad, "no order was taken out: "+draw(t.style.Escape, s.State.Withheld)))
	}
	for i, m := range s.mended() {
		label := ""
		if i == 0 {
			label = "mended"
		}
		t.field(label, draw(t.style.Escape, m))
	}
	for i, l := range s.State.Suppression {
		label := ""
		if i == 0 {
			label = "suppression"
		}
		t.field(label, fmt.Sprintf("%s of %s, %s", plural(l.Numbers, "number"), draw(t.style.Escape, l.Name), l.At.Local().Format("2006-01-02 15:04")))
	}
	if s.Dir != "" {
		t.field("reports", s.Dir)
	}
}

// mended says for each column how many cells were mended, and of what.
func (s *Summary) mended() []string {
	var columns []string
	total := make(map[string]int64)
	kinds := make(map[string][]string)
	sorted := slices.SortedFunc(slices.Values(s.State.Mended), func(a, b importer.Mended) int { return cmp.Compare(b.Count, a.Count) })
	for _, m := range sorted {
		if total[m.Column] == 0 {
			columns = append(columns, m.Column)
		}
		total[m.Column] += m.Count
		kinds[m.Column] = append(kinds[m.Column], fmt.Sprintf("%s %s", count(m.Count), m.Code))
	}
	texts := make([]string, 0, len(columns))
	for _, c := range columns {
		texts = append(texts, fmt.Sprintf("%s in %q: %s", count(total[c]), c, strings.Join(kinds[c], ", ")))
	}
	return texts
}

func (s *Summary) orders(style Style) string {
	v := s.Verification
	sum := fmt.Sprintf("%s before + %s of this run", count(v.Before), count(s.Books.Made))
	if s.Books.Removed > 0 {
		sum += fmt.Sprintf(" - %s removed", count(s.Books.Removed))
	}
	if !v.Verified {
		return sum + "; not verified"
	}
	sum += " = " + count(v.Expected)
	switch {
	case v.Off():
		text := sum + ", " + draw(style.Bad, fmt.Sprintf("and the campaign holds %s", count(v.After)))
		if n := len(v.Missing); n > 0 {
			text += draw(style.Bad, fmt.Sprintf("; %d of ours are not among them", n))
		}
		if n := len(v.Differs); n > 0 {
			text += draw(style.Bad, fmt.Sprintf("; %d are not as they were sent", n))
		}
		for _, t := range v.Twice {
			if !t.Original {
				text += draw(style.Bad, fmt.Sprintf("; %s has %d orders", t.Key, len(t.Orders)))
				break
			}
		}
		return text
	case v.Unknown > 0, v.Doubtful > 0:
		return fmt.Sprintf("%s, and the campaign holds %s", sum, count(v.After))
	}
	return sum + ", as the campaign holds"
}

func (s *Summary) requests() string {
	took := s.FinishedAt.Sub(s.StartedAt)
	r := s.State.Requests
	text := fmt.Sprintf("%s in %s", count(r.Total), duration(took))
	if r.Retried > 0 {
		text += fmt.Sprintf(", %s tried again", count(r.Retried))
	}
	if r.RateLimited > 0 {
		text += fmt.Sprintf(", %s held back by the rate limit", count(r.RateLimited))
	}
	if r.AmbiguousResolved > 0 {
		text += fmt.Sprintf(", %s lost answers settled", count(r.AmbiguousResolved))
	}
	return text
}

func (s *Summary) troubles(t *text) {
	errors := s.Tally.Errors()
	if len(errors) == 0 {
		return
	}
	t.line("")
	for i, e := range errors {
		if i == textErrors {
			t.line(draw(t.style.Quiet, "  and "+plural(int64(len(errors)-i), "kind")+" more: see results.csv"))
			break
		}
		t.line(fmt.Sprintf("  %s  %s", draw(t.style.Strong, e.Code), draw(t.style.Quiet, rows(e.Count)+", "+s.lines(&e))))
		t.line("    " + shorten(draw(t.style.Escape, e.Message)))
	}
}

// lines says where an error stands; the sources are named where there are several.
func (s *Summary) lines(e *Error) string {
	var b strings.Builder
	last := -1
	for i, line := range e.Lines {
		if i > 0 {
			b.WriteString(", ")
		}
		if len(s.State.Sources) > 1 && e.sources[i] != last {
			last = e.sources[i]
			b.WriteString(s.source(last) + " ")
		}
		if i == 0 || len(s.State.Sources) > 1 && (i == 0 || e.sources[i] != e.sources[i-1]) {
			b.WriteString(lineWord(e, i))
		}
		b.WriteString(strconv.Itoa(line))
	}
	if e.Count > int64(len(e.Lines)) {
		b.WriteString(", ...")
	}
	return b.String()
}

// lineWord is "line " or "lines " before the lines from i on of one source.
func lineWord(e *Error, i int) string {
	if i+1 < len(e.Lines) && e.sources[i+1] == e.sources[i] {
		return "lines "
	}
	return "line "
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= textMessage {
		return s
	}
	return string([]rune(s)[:textMessage-3]) + "..."
}

func rows(n int64) string { return plural(n, "row") }

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return count(n) + " " + what + "s"
}

// count writes a number with a comma between its thousands.
func count[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	default:
		return d.Round(time.Second).String()
	}
}
