package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"
)

// updateOrder changes the fields that are given; null clears all but the
// status. Any status may follow any.
func (s *Server) updateOrder(c *call) (int, any, error) {
	campaign, id, err := s.orderID(c)
	if err != nil {
		return 0, nil, err
	}
	fields, err := c.fields()
	if err != nil {
		return 0, nil, err
	}
	now := s.now()
	o, err := s.db.commit(func(tx *transaction) (any, error) {
		o, err := existing(tx.order(campaign.id, id))("order", id)
		if err != nil {
			return nil, err
		}
		before := o.Status
		if wrong := patchOrder(o, fields); len(wrong) > 0 {
			return nil, wrong.err()
		}
		o.UpdatedAt = now
		if err := tx.updateOrder(o, before); err != nil {
			return nil, err
		}
		return o, tx.journal(now, ActionUpdate, *o)
	})
	return http.StatusOK, o, err
}

func patchOrder(o *Order, fields map[string]json.RawMessage) (wrong invalid) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch value := fields[name]; name {
		case "status":
			setStatus(o, value, &wrong)
		case "scheduledTime":
			o.ScheduledTime = setTime(name, value, &wrong)
		case "scheduledTimeTimezone":
			if setText((*string)(&o.ScheduledTimeTimezone), name, value, &wrong) && !isTimezone(string(o.ScheduledTimeTimezone)) {
				wrong.add(name, "must be a time zone of the IANA database")
			}
		case "scheduledDurationSeconds":
			o.ScheduledDurationSeconds = setNumber(name, value, &wrong)
		case "price":
			o.Price = setNumber(name, value, &wrong)
		case "currencyCode":
			if setText((*string)(&o.CurrencyCode), name, value, &wrong) && !isCurrency(string(o.CurrencyCode)) {
				wrong.add(name, "must be a currency of three letters, as ISO 4217 writes it")
			}
		case "instructions":
			setText((*string)(&o.Instructions), name, value, &wrong)
		default:
			wrong.add(name, "is not a field of an order that can be updated")
		}
	}
	return wrong
}

func setTime(field string, value json.RawMessage, wrong *invalid) *time.Time {
	if isNull(value) {
		return nil
	}
	text, _ := stringOf(value)
	t, err := time.Parse(time.RFC3339, text)
	t = t.UTC().Truncate(time.Millisecond)
	if err != nil || t.Year() < 1 || t.Year() > 9999 { // in UTC the year may be another
		wrong.add(field, "must be a time, as RFC 3339 writes it")
		return nil
	}
	return &t
}

func setNumber(field string, value json.RawMessage, wrong *invalid) *json.Number {
	if isNull(value) {
		return nil
	}
	if !isNumber(value) {
		wrong.add(field, "must be a number")
		return nil
	}
	if value[0] == '-' {
		wrong.add(field, "must not be negative")
		return nil
	}
	n := json.Number(value)
	return &n
}

func isTimezone(name string) bool {
	if name == "" || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}
