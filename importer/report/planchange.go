package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// PlanChange is a line of a plan: what is to be sent for a row, or for an order
// that no row has.
type PlanChange struct {
	Row       int64                `json:"row,omitempty"` // its position in the run; 0 of an order that no row has
	Source    string               `json:"source,omitempty"`
	Line      int                  `json:"line,omitempty"`
	Key       string               `json:"key"`
	Steps     []reconcile.Kind     `json:"steps"`
	Outcome   importer.Outcome     `json:"outcome"` // when all goes well
	Code      string               `json:"code"`
	Reason    string               `json:"reason"`
	Order     string               `json:"order,omitempty"`
	Record    string               `json:"record,omitempty"`
	Status    client.Status        `json:"status,omitempty"` // of the order now
	Set       []reconcile.Change   `json:"set"`
	Conflicts []reconcile.Conflict `json:"conflicts,omitempty"`
}

// PlanNote is a row that somebody should look at: it is rejected, something of
// it is left because of a conflict, or its order differs and must not be
// touched.
type PlanNote struct {
	Source  string           `json:"source,omitempty"`
	Line    int              `json:"line,omitempty"`
	Key     string           `json:"key"`
	Outcome importer.Outcome `json:"outcome"`
	Code    string           `json:"code"`
	Field   string           `json:"field"`
	Message string           `json:"message"`
}

// change is what is to be sent; nil where that is nothing.
func (p *Plan) change(planned *importer.Planned) (*PlanChange, error) {
	row, a := &planned.Row, &planned.Action
	if len(a.Steps) == 0 {
		return nil, nil //nolint:nilnil // nothing is to be sent, and nothing is wrong
	}
	set, err := setBy(planned)
	if err != nil {
		return nil, fmt.Errorf("reading row %d from the ledger: %w", row.Seq, err)
	}
	c := &PlanChange{
		Source: p.sourceName(row.Source), Line: row.Line, Key: valid(row.Key),
		Steps: a.Steps, Outcome: planned.Result.Outcome, Code: a.Code, Reason: valid(a.Reason),
		Order: valid(a.OrderUUID), Record: valid(a.RecordUUID), Status: client.Status(valid(string(planned.Order.Status))), Set: set,
	}
	if row.Source != importer.Leftover {
		c.Row = row.Seq
	}
	if res := &planned.Result; res.Code == importer.CodeDiffers {
		c.Code, c.Reason = res.Code, valid(res.Message+" ("+res.Field+")")
	}
	for _, f := range a.Conflicts {
		c.Conflicts = append(c.Conflicts, reconcile.Conflict{
			Target: valid(f.Target), Row: plain(f.Row), Applied: plain(f.Applied), Server: plain(f.Server),
		})
	}
	return c, nil
}

// setBy is every value that the steps set, by target. What an update changes is
// known with what is there before it; what a new order gets is not there yet,
// and of what finishes an order only some may be known.
func setBy(planned *importer.Planned) ([]reconcile.Change, error) {
	row, a, there := &planned.Row, &planned.Action, planned.Order.Values
	var record []byte
	makes := a.Steps[0].Makes()
	if a.Steps[0] == reconcile.CreateOrder {
		record = row.Record
	}
	set := append([]reconcile.Change{}, a.Changes...)
	if makes || a.Finishes {
		values, err := importer.ValuesOf(record, row.Settings)
		if err != nil {
			return nil, err
		}
		for target, after := range values {
			before, known := there[target]
			if known && reconcile.Same(before, after) || slices.ContainsFunc(a.Changes, func(c reconcile.Change) bool { return c.Target == target }) {
				continue
			}
			set = append(set, reconcile.Change{Target: target, Before: before, After: after})
		}
		if status := planned.Status; makes && status != "" && status != client.StatusRegistered {
			set = append(set, reconcile.Change{Target: targetStatus, After: quoted(status)})
		} else if a.Finishes && status != planned.Order.Status {
			set = append(set, reconcile.Change{Target: targetStatus, Before: quoted(planned.Order.Status), After: quoted(status)})
		}
	}
	for i := range set {
		set[i].Target, set[i].Before, set[i].After = valid(set[i].Target), plain(set[i].Before), plain(set[i].After)
	}
	slices.SortFunc(set, func(a, b reconcile.Change) int { return cmp.Compare(a.Target, b.Target) })
	return set, nil
}

// targetStatus is the status of an order as a target.
const targetStatus = "order.status"

func quoted(s client.Status) json.RawMessage {
	b, err := json.Marshal(string(s))
	if err != nil {
		panic(err) // every text can be written
	}
	return b
}

// noteResult is what there is to be said of a row that was decided on.
func noteResult(planned *importer.Planned) importer.Result {
	res := planned.Result
	if res.Outcome != reconcile.Protected {
		return res
	}
	var fields []string
	values, err := importer.ValuesOf(planned.Row.Record, planned.Row.Settings)
	if err != nil {
		return res // it is said of a change, where it would matter
	}
	for target, have := range planned.Order.Values {
		if want, ok := values[target]; ok && !slices.Contains(planned.Row.Blank, target) && !reconcile.Same(want, have) {
			fields = append(fields, target)
		}
	}
	slices.Sort(fields)
	res.Field = strings.Join(fields, "; ")
	return res
}

// noteOf is the note on a row; nil where nobody needs to look at it.
func (p *Plan) noteOf(row *importer.Row, res importer.Result) *PlanNote {
	switch {
	case res.Outcome == reconcile.Rejected, res.Code == importer.CodeConflict:
	case res.Outcome == reconcile.Protected && res.Field != "":
	default:
		return nil
	}
	return &PlanNote{
		Source: p.sourceName(row.Source), Line: row.Line, Key: valid(row.Key),
		Outcome: res.Outcome, Code: res.Code, Field: valid(res.Field), Message: valid(res.Message),
	}
}

// touched adds what the change would touch, as it is, to a sum.
func (c *PlanChange) touched(sum hash.Hash) {
	if c.Order == "" && c.Record == "" {
		return
	}
	text := make([]byte, 0, 256)
	for _, part := range []string{c.Order, string(c.Status), c.Record} {
		text = append(append(text, part...), 0)
	}
	for _, s := range c.Set {
		text = append(append(text, s.Target...), 0)
		text = append(append(text, s.Before...), 0)
	}
	sum.Write(append(text, 0))
}

// same reports whether two changes send the same to the same, and found the
// same there.
func (c *PlanChange) same(o *PlanChange) bool {
	return slices.Equal(c.Steps, o.Steps) && c.Order == o.Order && c.Record == o.Record && c.Status == o.Status &&
		slices.EqualFunc(c.Set, o.Set, sameSet)
}

func sameSet(a, b reconcile.Change) bool {
	return a.Target == b.Target && bytes.Equal(a.Before, b.Before) && bytes.Equal(a.After, b.After)
}

// valid is text as it is read back from JSON.
func valid(text string) string { return strings.ToValidUTF8(text, "\ufffd") }

// plain is a value without spaces between its parts, as it is read back from
// JSON; null where there is none.
func plain(v json.RawMessage) json.RawMessage {
	if len(v) == 0 {
		return json.RawMessage("null")
	}
	v = bytes.ToValidUTF8(v, []byte("\ufffd"))
	if v[0] != '{' && v[0] != '[' {
		return v
	}
	var b bytes.Buffer
	if err := json.Compact(&b, v); err != nil {
		return v // writing it says what is wrong with it
	}
	return b.Bytes()
}
