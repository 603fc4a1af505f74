package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/campsync/campsync/importer/reconcile"
)

// ReadPlanHead reads plan.json to its end, makes sure that it is whole, and
// gives its head. Changes are read one at a time and not kept.
func ReadPlanHead(r io.Reader) (*PlanHead, error) {
	p, err := openPlan(r)
	if err != nil {
		return nil, err
	}
	for {
		switch _, err := p.next(); {
		case errors.Is(err, io.EOF):
			return &p.head, nil
		case err != nil:
			return nil, err
		}
	}
}

// planReader reads a plan change by change.
type planReader struct {
	head PlanHead
	json *json.Decoder
	line *planLines // sums the changes up as they were written, however the file is laid out now
}

// openPlan reads up to the first change.
func openPlan(r io.Reader) (*planReader, error) {
	p := &planReader{json: json.NewDecoder(r), line: newPlanLines(io.Discard)}
	p.json.DisallowUnknownFields() // what a change says beyond what is known here would not be done
	if err := p.delim('{'); err != nil {
		return nil, err
	}
	fields := make(map[string]json.RawMessage)
	for {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		if name == "changes" {
			break
		}
		if _, twice := fields[name]; twice || name == "" {
			return nil, p.damaged(fmt.Errorf("%q stands there twice, or the changes are missing", name))
		}
		var v json.RawMessage
		if err := p.json.Decode(&v); err != nil {
			return nil, p.damaged(err)
		}
		fields[name] = v
	}
	if err := p.take(fields); err != nil {
		return nil, err
	}
	return p, p.delim('[')
}

// take makes the head of its fields.
func (p *planReader) take(fields map[string]json.RawMessage) error {
	var schema string
	if err := json.Unmarshal(fields["schema"], &schema); err != nil || schema != PlanSchema {
		return fmt.Errorf("it is no plan that can be read here: its schema is %s, and must be %q", cmp.Or(string(fields["schema"]), "none"), PlanSchema)
	}
	for _, name := range []string{"createdAt", "command", "server", "campaign", "sources", "mapping", "options", "snapshot", "counts", "digest"} {
		if fields[name] == nil {
			return p.damaged(fmt.Errorf("%s is missing before the changes", name))
		}
	}
	var whole bytes.Buffer
	err := encoder(&whole).Encode(fields)
	if err == nil {
		err = json.Unmarshal(whole.Bytes(), &p.head)
	}
	if err != nil {
		return p.damaged(err)
	}
	if len(p.head.Digest) != hex.EncodedLen(sha256.Size) || p.head.Campaign.UUID == "" {
		return p.damaged(errors.New("the digest or the campaign is missing"))
	}
	return nil
}

// next gives the next change. At the end of the file, which it makes sure of, it
// returns io.EOF.
func (p *planReader) next() (*PlanChange, error) {
	if !p.json.More() {
		return nil, p.end()
	}
	var c PlanChange
	if err := p.json.Decode(&c); err != nil {
		return nil, p.damaged(err)
	}
	if len(c.Steps) == 0 || c.Row < 0 || c.Row == 0 && c.Order == "" {
		return nil, p.damaged(errors.New("a change has no step, or nothing that it is for"))
	}
	for i := range c.Set {
		c.Set[i].Before, c.Set[i].After = plain(c.Set[i].Before), plain(c.Set[i].After)
	}
	for i := range c.Conflicts {
		f := &c.Conflicts[i]
		*f = reconcile.Conflict{Target: f.Target, Row: plain(f.Row), Applied: plain(f.Applied), Server: plain(f.Server)}
	}
	if err := p.line.add(&c); err != nil {
		return nil, p.damaged(err)
	}
	return &c, nil
}

// end reads what follows the changes.
func (p *planReader) end() error {
	if err := p.delim(']'); err != nil {
		return err
	}
	if p.line.digest() != p.head.Digest {
		return p.damaged(errors.New("its changes are not those that were written (the digest differs); make it again with campsync plan"))
	}
	name, err := p.name()
	if err != nil {
		return err
	}
	if name != "refused" {
		return p.damaged(errors.New("what was refused is missing"))
	}
	if err := p.delim('['); err != nil {
		return err
	}
	for p.json.More() {
		var note json.RawMessage
		if err := p.json.Decode(&note); err != nil {
			return p.damaged(err)
		}
	}
	for _, close := range []json.Delim{']', '}'} {
		if err := p.delim(close); err != nil {
			return err
		}
	}
	if _, err := p.json.Token(); !errors.Is(err, io.EOF) {
		return p.damaged(cmp.Or(err, errors.New("something follows its end")))
	}
	return io.EOF
}

// name reads the name of the next field; empty where there is none.
func (p *planReader) name() (string, error) {
	if !p.json.More() {
		if _, err := p.json.Token(); err != nil {
			return "", p.damaged(err)
		}
		return "", nil
	}
	t, err := p.json.Token()
	if err != nil {
		return "", p.damaged(err)
	}
	name, _ := t.(string)
	return name, nil
}

// delim reads the delimiter.
func (p *planReader) delim(want json.Delim) error {
	t, err := p.json.Token()
	if err != nil {
		return p.damaged(err)
	}
	if t != want {
		return p.damaged(fmt.Errorf("there is %v, and must be %v", t, want))
	}
	return nil
}

// damaged says where the plan cannot be read, and why.
func (p *planReader) damaged(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the plan is cut off after %d bytes; make it again with campsync plan", p.json.InputOffset())
	}
	return fmt.Errorf("the plan is damaged at byte %d: %w", p.json.InputOffset(), err)
}
