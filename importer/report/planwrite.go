package report

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"strings"
)

// errMoved says that a preview did not give the same twice.
var errMoved = errors.New("what there is to be done has changed while the plan was written; make it again")

// JSON writes plan.json: the head, then a change a line, then a line for every
// row that somebody should look at. It holds personal data.
func (p *Plan) JSON(ctx context.Context, w io.Writer) error {
	head, err := p.head()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, head+",\n  \"changes\": ["); err != nil {
		return err
	}
	lines := newPlanLines(w)
	if err := p.changes(ctx, func(c *PlanChange) error { return lines.add(c) }); err != nil {
		return err
	}
	if lines.digest() != p.Digest {
		return errMoved
	}
	if err := lines.end(); err != nil {
		return err
	}
	if _, err := io.WriteString(w, ",\n  \"refused\": ["); err != nil {
		return err
	}
	lines = newPlanLines(w)
	if err := p.notes(ctx, func(n *PlanNote) error { return lines.add(n) }); err != nil {
		return err
	}
	if err := lines.end(); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n}\n")
	return err
}

// head is the JSON of the head, without the brace that closes it.
func (p *Plan) head() (string, error) {
	var b strings.Builder
	e := encoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(p.PlanHead); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n}\n"), nil
}

// planLines writes values, one a line, and sums them up.
type planLines struct {
	out   *bufio.Writer
	sum   hash.Hash
	line  bytes.Buffer
	json  *json.Encoder // into line
	count int64
}

func newPlanLines(out io.Writer) *planLines {
	l := &planLines{out: bufio.NewWriter(out), sum: sha256.New()}
	l.json = encoder(&l.line)
	return l
}

// add writes one.
func (l *planLines) add(v any) error {
	l.line.Reset()
	if err := l.json.Encode(v); err != nil {
		return err
	}
	l.sum.Write(l.line.Bytes())
	begin := ",\n    "
	if l.count++; l.count == 1 {
		begin = begin[1:]
	}
	l.out.WriteString(begin)
	_, err := l.out.Write(bytes.TrimSuffix(l.line.Bytes(), []byte("\n")))
	return err
}

// end closes the list.
func (l *planLines) end() error {
	if l.count > 0 {
		l.out.WriteString("\n  ")
	}
	l.out.WriteString("]")
	return l.out.Flush()
}

func (l *planLines) digest() string { return hex.EncodeToString(l.sum.Sum(nil)) }

// encoder writes values as they are, each with a line end.
func encoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}
