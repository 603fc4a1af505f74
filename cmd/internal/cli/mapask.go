package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/mapping"
)

// asker asks questions where somebody is there to answer.
type asker struct {
	a    *app
	can  bool
	keys *term.Chooser // nil until the first question
}

// canAsk reports whether somebody is there to answer.
func (a *app) canAsk(path string) bool {
	return path != stdinName && a.errs.Terminal && term.Interactive(a.stdin) && a.global.logFormat.value != "json" && !a.global.quiet
}

// settle goes through the doubts of a draft until none is left.
func (q *asker) settle(ctx context.Context, d *mapping.Draft) error {
	for q.can && len(d.Doubts()) > 0 {
		doubt := d.Doubts()[0]
		answer, err := q.ask(ctx, question(&doubt))
		if err != nil {
			return err
		}
		d.Settle(doubt, answer)
	}
	return nil
}

// choose gives the index of the option that was taken; the first is proposed.
func (q *asker) choose(ctx context.Context, text string, options []string) (int, error) {
	question := term.Question{Text: text}
	for _, o := range options {
		question.Options = append(question.Options, term.Option{Text: o})
	}
	return q.ask(ctx, question)
}

func (q *asker) ask(ctx context.Context, question term.Question) (int, error) {
	if q.keys == nil {
		q.keys = term.NewChooser(q.a.stdin, q.a.errs)
	}
	answer, err := q.keys.Ask(ctx, question)
	if errors.Is(err, term.ErrGaveUp) {
		return 0, fail(ExitInterrupted, "", errors.New("given up: nothing was written"))
	}
	return answer, err
}

// question is a doubt as it is asked.
func question(doubt *mapping.Doubt) term.Question {
	q := term.Question{Text: doubt.Question, Notes: []string{doubt.Why}, Proposed: doubt.Proposed}
	if doubt.Example != "" {
		q.Notes[0] += ": " + doubt.Example
	}
	for _, answer := range doubt.Answers {
		notes := answer.Examples
		if answer.Why != "" {
			notes = append([]string{answer.Why}, notes...)
		}
		q.Options = append(q.Options, term.Option{Text: answer.Text, Note: strings.Join(notes, " | ")})
	}
	return q
}
