package importer

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/importer/reconcile"
)

// orderPatch is the update of an order that makes the changes.
func orderPatch(changes []reconcile.Change) (p client.OrderPatch, err error) {
	for _, c := range changes {
		switch {
		case !reconcile.OfOrder(c.Target):
			continue
		case string(c.After) == "null":
			p.Clear = append(p.Clear, settingNames[c.Target])
			continue
		}
		switch c.Target {
		case orderStatus:
			err = json.Unmarshal(c.After, &p.Status)
		case orderTime:
			err = json.Unmarshal(c.After, &p.ScheduledTime)
		case orderTimezone:
			err = json.Unmarshal(c.After, &p.ScheduledTimeTimezone)
		case orderDuration:
			err = json.Unmarshal(c.After, &p.ScheduledDurationSeconds)
		case orderPrice:
			err = json.Unmarshal(c.After, &p.Price)
		case orderCurrency:
			err = json.Unmarshal(c.After, &p.CurrencyCode)
		case orderInstructions:
			err = json.Unmarshal(c.After, &p.Instructions)
		}
		if err != nil {
			return p, fmt.Errorf("%s: %w", c.Target, err)
		}
	}
	return p, nil
}

// recordPatch is the update of a record that makes the changes.
func recordPatch(changes []reconcile.Change) (p client.RecordPatch, err error) {
	texts := map[string]*string{
		"name": &p.Name, "firstName": &p.FirstName, "lastName": &p.LastName,
		identityEmail: &p.Email, identityPhone: &p.PhoneNumber, "country": &p.Country,
	}
	for _, c := range changes {
		id, parameter := strings.CutPrefix(c.Target, parameterPrefix)
		switch {
		case reconcile.OfOrder(c.Target):
		case parameter:
			if p.Parameters == nil {
				p.Parameters = make(map[string]json.RawMessage)
			}
			p.Parameters[id] = c.After
		case string(c.After) == "null":
			p.Clear = append(p.Clear, c.Target)
		default:
			if err := json.Unmarshal(c.After, texts[c.Target]); err != nil {
				return p, fmt.Errorf("%s: %w", c.Target, err)
			}
		}
	}
	return p, nil
}
