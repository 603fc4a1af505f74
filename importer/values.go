package importer

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
	"github.com/campsync/campsync/mapping"
)

// Targets of an order, as the mapping names them, with their names in the API.
const (
	orderStatus       = "order.status" // of bulk changes alone; no mapping has it
	orderTime         = "order.scheduledTime"
	orderTimezone     = "order.timezone"
	orderDuration     = "order.durationSeconds"
	orderPrice        = "order.price"
	orderCurrency     = "order.currencyCode"
	orderInstructions = "order.instructions"

	parameterPrefix = "parameters."
)

// settingNames are the API's names of an order's settings.
var settingNames = map[string]string{
	orderTime: "scheduledTime", orderTimezone: "scheduledTimeTimezone", orderDuration: "scheduledDurationSeconds",
	orderPrice: "price", orderCurrency: "currencyCode", orderInstructions: "instructions",
}

// OrderTargets are the settings of an order, as the mapping names them.
func OrderTargets() []string { return slices.Sorted(maps.Keys(settingNames)) }

// fieldSet are the targets that a source's mapping has.
type fieldSet map[string]bool

func newFieldSet(targets []string) fieldSet {
	set := make(fieldSet, len(targets))
	for _, f := range targets {
		set[f] = true
	}
	return set
}

// quoted is a text as JSON.
func quoted(text string) json.RawMessage {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // every text can be written
	}
	return b
}

// ValuesOf are all values of a record and of an order's settings.
func ValuesOf(record []byte, s *mapping.Settings) (reconcile.Values, error) {
	values, err := recordValues(record, nil)
	if err != nil {
		return nil, err
	}
	maps.Copy(values, settingsValues(s))
	return values, nil
}

// values are what a row brings: what its mapping has, and the targets of which
// it says nothing. A default that has filled a blank cell is for what is new: it
// overwrites nothing, and what it stands for is not cleared.
func (r *Row) values(mapped fieldSet) (values reconcile.Values, blank []string, err error) {
	values, err = recordValues(r.Record, mapped)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the record of row %d: %w", r.Seq, err)
	}
	maps.Copy(values, settingsValues(r.Settings))
	for _, target := range r.Blank {
		if _, filled := values[target]; filled {
			delete(values, target)
		} else {
			blank = append(blank, target)
		}
	}
	return values, blank, nil
}

// recordValues takes the JSON of a record apart; nil for the mapped fields takes
// all.
func recordValues(record []byte, mapped fieldSet) (reconcile.Values, error) {
	values := make(reconcile.Values)
	if len(record) == 0 {
		return values, nil
	}
	var fields, parameters map[string]json.RawMessage
	if err := json.Unmarshal(record, &fields); err != nil {
		return nil, err
	}
	if raw, ok := fields["parameters"]; ok {
		if err := json.Unmarshal(raw, &parameters); err != nil {
			return nil, err
		}
	}
	for name, v := range fields {
		if name != "parameters" && (mapped == nil || mapped[name]) {
			values[name] = v
		}
	}
	for id, v := range parameters {
		if target := parameterPrefix + id; mapped == nil || mapped[target] {
			values[target] = v
		}
	}
	return values, nil
}

func settingsValues(s *mapping.Settings) reconcile.Values {
	values := make(reconcile.Values)
	if s == nil {
		return values
	}
	if !s.ScheduledTime.IsZero() {
		values[orderTime] = quoted(s.ScheduledTime.UTC().Format(time.RFC3339Nano))
	}
	putText(values, orderTimezone, s.Timezone)
	putNumber(values, orderDuration, s.DurationSeconds)
	putNumber(values, orderPrice, s.Price)
	putText(values, orderCurrency, s.CurrencyCode)
	putText(values, orderInstructions, s.Instructions)
	return values
}

func putText(values reconcile.Values, target, text string) {
	if text != "" {
		values[target] = quoted(text)
	}
}

func putNumber(values reconcile.Values, target string, n *json.Number) {
	if n != nil {
		values[target] = json.RawMessage(n.String())
	}
}

// shownRecord are the mapped fields of a record as the server shows it. A
// parameter that is not among those it shows is blank.
func (r *Runner) shownRecord(rec client.Record, mapped fieldSet) reconcile.Values {
	values := make(reconcile.Values)
	for target := range mapped {
		id, parameter := strings.CutPrefix(target, parameterPrefix)
		switch {
		case reconcile.OfOrder(target):
		case parameter && rec.Has("parameters"):
			values[target] = orNull(rec.Parameters[id])
		case !parameter && rec.Has(target):
			values[target] = orNull(rec.Extra[target]) // a value of an unknown kind is kept as it is
			if text := fieldText(rec, target); text != "" {
				values[target] = quoted(text)
			}
		}
	}
	if _, ok := values[identityPhone]; ok && rec.PhoneNumber != "" {
		values[identityPhone] = quoted(e164(rec.PhoneNumber, r.Region))
	}
	return values
}

// orNull is the value, or null where there is none.
func orNull(v json.RawMessage) json.RawMessage {
	if len(v) == 0 {
		return json.RawMessage("null")
	}
	return v
}

func fieldText(rec client.Record, field string) string {
	switch field {
	case "name":
		return rec.Name
	case "firstName":
		return rec.FirstName
	case "lastName":
		return rec.LastName
	case identityEmail:
		return rec.Email
	case identityPhone:
		return rec.PhoneNumber
	case "country":
		return rec.Country
	}
	return ""
}

// shownOrder are the settings of an order as the server shows it, and the
// mapped fields of its record.
func (r *Runner) shownOrder(o client.Order, mapped fieldSet) reconcile.Values {
	values := r.shownRecord(o.Record, mapped)
	known := settingsValues(&mapping.Settings{
		Timezone: o.ScheduledTimeTimezone, DurationSeconds: o.ScheduledDurationSeconds, Price: o.Price,
		CurrencyCode: o.CurrencyCode, Instructions: o.Instructions,
	})
	if o.ScheduledTime != nil {
		known[orderTime] = quoted(o.ScheduledTime.UTC().Format(time.RFC3339Nano))
	}
	for target, name := range settingNames {
		if !o.Has(name) {
			continue
		}
		values[target] = orNull(o.Extra[name])
		if v, ok := known[target]; ok {
			values[target] = v
		}
	}
	return values
}

// shown reports whether the values say what the changes were to bring.
func shown(changes []reconcile.Change, values reconcile.Values) bool {
	for _, c := range changes {
		if v, known := values[c.Target]; !known || !reconcile.Same(c.After, v) {
			return false
		}
	}
	return true
}
