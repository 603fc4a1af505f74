package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// YAML is the mapping file: each target below the reason why its column is
// taken, what is in doubt as comments that need only be uncommented, the
// columns that are not used, and what it was made for. title are lines for its
// top; examples are left out where the file is for eyes that must not see
// contacts.
func (d *Draft) YAML(title []string, examples bool) []byte {
	w := draftWriter{draft: d, examples: examples}
	for _, line := range title {
		w.comment("", line)
	}
	s := d.Spec()
	w.line("version: 1")
	w.setting("identity", s.Identity)
	w.setting("sharedNumbers", s.SharedNumbers)
	w.setting("region", s.Region)
	for i := range d.doubts {
		if d.doubts[i].Target == regionDoubt {
			w.doubt("", &d.doubts[i])
		}
	}
	w.line("columns:")
	for i := range d.drafted {
		e := &d.drafted[i]
		w.comment("  ", w.with(e.reason(examples), d.examples(e.column)))
		w.line("  " + entryLine(&e.Entry))
	}
	for i := range d.doubts {
		if d.doubts[i].Target != regionDoubt {
			w.doubt("  ", &d.doubts[i])
		}
	}
	w.setting("filter", s.Filter)
	w.setting("onBlank", s.OnBlank)
	w.unused()
	w.line("")
	w.comment("", "The file and the record type that this was made for. A run stops where it finds others;")
	w.comment("", "campsync map FILE --update -o MAPPING then asks about what has changed, and nothing else.")
	for _, line := range newMadeFor(d.names, &d.rt).yaml() {
		w.line(line)
	}
	return []byte(w.String())
}

type draftWriter struct {
	strings.Builder
	draft    *Draft
	examples bool
}

func (w *draftWriter) line(text string) { w.WriteString(text + "\n") }

// comment writes a comment, whatever the text holds.
func (w *draftWriter) comment(indent, text string) {
	w.line(strings.TrimRight(indent+"# "+escape(text), " "))
}

func (w *draftWriter) setting(key, value string) {
	if value != "" {
		w.line(key + ": " + yamlText(value))
	}
}

// with is text with examples behind it.
func (w *draftWriter) with(text string, examples []string) string {
	if !w.examples || len(examples) == 0 {
		return text
	}
	return text + ": " + strings.Join(examples, " | ")
}

// doubt writes a question with its answers as lines to uncomment.
func (w *draftWriter) doubt(indent string, o *Doubt) {
	head := "In doubt: "
	if o.Needed {
		head = "Needed: "
	}
	if indent != "" {
		w.line("")
	}
	w.comment(indent, head+o.Question)
	why := o.Why
	if w.examples && o.Example != "" {
		why += ": " + o.Example
	}
	w.comment(indent, why)
	for i, a := range o.Answers {
		if a.Line == "" {
			continue
		}
		if i == 0 {
			w.comment(indent, "Take the line that is right, without its first #:")
		}
		var notes []string
		if w.examples {
			notes = append(notes, a.Examples...)
		}
		if a.Why != "" && (w.examples || indent == "") {
			notes = append([]string{a.Why}, notes...)
		}
		text := indent + "#" + a.Line
		if len(notes) > 0 {
			text += "   # " + strings.Join(notes, " | ")
		}
		w.line(escape(text))
	}
}

// unused lists the columns that go nowhere.
func (w *draftWriter) unused() {
	all := slices.DeleteFunc(w.draft.Unused(), func(u Suggestion) bool { return u.Why == inDoubt })
	if len(all) == 0 {
		return
	}
	w.line("")
	w.comment("", "Not used:")
	for _, u := range all {
		w.comment("", w.with(fmt.Sprintf("  %s (%s)", quote(u.Column), u.Why), u.Examples))
	}
}
