package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/campsync/campsync/client"
	"github.com/campsync/campsync/cmd/internal/term"
	"github.com/campsync/campsync/mapping"
)

// ordersWriter writes orders of a campaign.
type ordersWriter struct {
	session  *session
	campaign client.Campaign
	whole    bool // all of the campaign's orders are wanted
	count    int  // orders that were written
	gone     int  // of these, whose record could not be read any more
	listed   *recordFile
}

func (w *ordersWriter) closeInto(err *error) {
	if w.listed != nil {
		*err = errors.Join(*err, w.listed.close())
	}
}

// write writes the orders in a format. A table shows little of them, and needs
// no more than the list gives.
func (w *ordersWriter) write(ctx context.Context, out term.Stream, format string, orders iter.Seq2[client.Order, error]) error {
	orders = w.counted(orders)
	switch format {
	case "table":
		return w.table(out, orders)
	case "json":
		return writeJSONList(out, "orders", w.withRecords(ctx, orders))
	}
	rt, err := new(readOptions).recordTypeOf(ctx, w.session, w.campaign.RecordTypeUUID)
	if err != nil {
		return err
	}
	return w.csv(out, rt.Targets(), w.withRecords(ctx, orders))
}

func (w *ordersWriter) counted(orders iter.Seq2[client.Order, error]) iter.Seq2[client.Order, error] {
	return func(yield func(client.Order, error) bool) {
		for order, err := range orders {
			if err == nil {
				w.count++
			}
			if !yield(order, err) {
				return
			}
		}
	}
}

func (w *ordersWriter) table(out term.Stream, orders iter.Seq2[client.Order, error]) error {
	table := term.NewTable(out, 1, "NUMBER", "NAME", "STATUS", "TIME", "UUID")
	for order, err := range orders {
		if err != nil {
			return err
		}
		if err := table.Row(order.Record.PhoneNumber, order.Record.Name, order.Status.Label(), scheduledAt(order), order.UUID); err != nil {
			return err
		}
	}
	return table.Close()
}

// scheduledAt is an order's time in the zone in which it was meant.
func scheduledAt(o client.Order) string {
	if o.ScheduledTime == nil {
		return ""
	}
	zone, err := time.LoadLocation(o.ScheduledTimeTimezone) // "" is UTC
	if err != nil {
		zone = time.UTC
	}
	return o.ScheduledTime.In(zone).Format("2006-01-02 15:04 ") + zone.String()
}

// stateColumns say what an order is and which, for people: no mapping takes
// them, unless its identity is the record.
var stateColumns = []string{"status", "order_uuid", "record_uuid"}

// csv writes the targets' values under their names, and then what the order is.
func (w *ordersWriter) csv(out term.Stream, targets []string, orders iter.Seq2[client.Order, error]) (err error) {
	file := cleanCSV{bufio.NewWriterSize(out, 64<<10), "\n"}
	head := append(targets[:len(targets):len(targets)], stateColumns...)
	begun := false
	begin := func() error { // not before something was read: what cannot be read at all leaves out empty
		if begun {
			return nil
		}
		begun = true
		return file.write(head)
	}
	cells := make([]string, 0, len(head))
	for order, err := range orders {
		if err != nil {
			return errors.Join(err, file.Flush())
		}
		cells = cells[:0]
		for _, target := range targets {
			cells = append(cells, orderCell(&order, target))
		}
		cells = append(cells, string(order.Status), order.UUID, order.Record.UUID)
		if err := errors.Join(begin(), file.write(cells)); err != nil {
			return err
		}
	}
	return errors.Join(begin(), file.Flush())
}

// orderCell is what an order or its record has for a target of the mapping, as
// a cell that is read back as it.
func orderCell(o *client.Order, target string) string {
	switch target {
	case "phoneNumber":
		return o.Record.PhoneNumber
	case "name":
		return o.Record.Name
	case "firstName":
		return o.Record.FirstName
	case "lastName":
		return o.Record.LastName
	case "email":
		return o.Record.Email
	case "country":
		return o.Record.Country
	case "order.scheduledTime":
		if o.ScheduledTime == nil {
			return ""
		}
		return o.ScheduledTime.UTC().Format(time.RFC3339Nano)
	case "order.timezone":
		return o.ScheduledTimeTimezone
	case "order.durationSeconds":
		return writtenNumber(o.ScheduledDurationSeconds)
	case "order.price":
		return writtenNumber(o.Price)
	case "order.currencyCode":
		return o.CurrencyCode
	case "order.instructions":
		return o.Instructions
	}
	return mapping.Written(o.Record.Parameters[strings.TrimPrefix(target, "parameters.")])
}

func writtenNumber(n *json.Number) string {
	if n == nil {
		return ""
	}
	return mapping.Written(json.RawMessage(*n))
}
