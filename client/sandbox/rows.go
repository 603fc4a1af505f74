package sandbox

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// stored is how times are written: UTC, to the millisecond, so that text sorts
// as time does.
const stored = "2006-01-02T15:04:05.000Z"

func storeTime(t time.Time) string { return t.UTC().Format(stored) }

// foldCase makes text comparable whatever its case, beyond ASCII too.
func foldCase(text string) string { return strings.ToLower(text) }

const recordColumns = `r.id, r.uuid, r.type_id, coalesce((SELECT uuid FROM record_types WHERE id = r.type_id), ''),
	r.name, r.first_name, r.last_name, r.email, r.phone_number, r.country, r.status, r.parameters, r.created_at, r.updated_at`

const orderColumns = `o.id, o.campaign_id, (SELECT uuid FROM campaigns WHERE id = o.campaign_id), o.uuid, o.status,
	o.scheduled_time, o.scheduled_time_timezone, o.scheduled_duration_seconds, o.price, o.currency_code, o.instructions,
	o.created_at, o.updated_at, ` + recordColumns

// storedTime reads a time column.
type storedTime struct{ to *time.Time }

func (s storedTime) Scan(value any) (err error) {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("a time is stored as %T", value)
	}
	*s.to, err = time.Parse(stored, text)
	return err
}

func (r *Record) targets() []any {
	return []any{&r.id, &r.UUID, &r.typeID, &r.RecordTypeUUID, &r.Name, &r.FirstName, &r.LastName, &r.Email, &r.PhoneNumber,
		&r.Country, &r.Status, (*[]byte)(&r.Parameters), storedTime{&r.CreatedAt}, storedTime{&r.UpdatedAt}}
}

func scanRecord(rows *sql.Rows) (r Record, err error) {
	err = rows.Scan(r.targets()...)
	return r, err
}

func scanOrder(rows *sql.Rows) (o Order, err error) {
	var scheduled, duration, price sql.NullString
	err = rows.Scan(append([]any{&o.id, &o.campaignID, &o.CampaignUUID, &o.UUID, &o.Status, &scheduled, &o.ScheduledTimeTimezone,
		&duration, &price, &o.CurrencyCode, &o.Instructions, storedTime{&o.CreatedAt}, storedTime{&o.UpdatedAt}}, o.Record.targets()...)...)
	if err != nil {
		return o, err
	}
	if scheduled.Valid {
		o.ScheduledTime = new(time.Time)
		err = storedTime{o.ScheduledTime}.Scan(scheduled.String)
	}
	o.ScheduledDurationSeconds, o.Price = numberOf(duration), numberOf(price)
	return o, err
}

func numberOf(text sql.NullString) *json.Number {
	if !text.Valid {
		return nil
	}
	n := json.Number(text.String)
	return &n
}

// collect reads all rows of an answer, and closes it.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// one answers the only row, or nil.
func one[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) (*T, error) {
	all, err := collect(rows, err, scan)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

func (p *pool) record(uuid string) (*Record, error) {
	rows, err := p.query("SELECT "+recordColumns+" FROM records r WHERE r.uuid = ?", uuid)
	return one(rows, err, scanRecord)
}

func (p *pool) order(campaignID int64, uuid string) (*Order, error) {
	rows, err := p.query("SELECT "+orderColumns+" FROM orders o CROSS JOIN records r ON r.id = o.record_id WHERE o.uuid = ? AND o.campaign_id = ?", uuid, campaignID)
	return one(rows, err, scanOrder)
}

// orderOf answers the record's order in the campaign, or nil.
func (p *pool) orderOf(campaignID, recordID int64) (*Order, error) {
	rows, err := p.query("SELECT "+orderColumns+" FROM orders o CROSS JOIN records r ON r.id = o.record_id WHERE o.record_id = ? AND o.campaign_id = ?", recordID, campaignID)
	return one(rows, err, scanOrder)
}

// ordersOf answers the record's orders in all campaigns.
func (p *pool) ordersOf(recordID int64) ([]Order, error) {
	rows, err := p.query("SELECT "+orderColumns+" FROM orders o CROSS JOIN records r ON r.id = o.record_id WHERE o.record_id = ?", recordID)
	return collect(rows, err, scanOrder)
}
