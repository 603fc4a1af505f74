package sandbox

import "time"

// foldedName is the name as searches compare it. It is left out where it is
// the number, by which the record is found anyway: the index of names with a
// plus sign stays small.
func (r *Record) foldedName() string {
	if r.Name == r.PhoneNumber {
		return ""
	}
	return foldCase(r.Name)
}

func (tx *transaction) insertRecord(r *Record) error {
	r.id = tx.d.nextRecord
	tx.d.nextRecord++
	_, err := tx.exec(`INSERT INTO records (id, uuid, type_id, name, first_name, last_name, email, phone_number, country, status,
		parameters, created_at, updated_at, name_folded, email_folded) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		r.id, r.UUID, r.typeID, r.Name, string(r.FirstName), string(r.LastName), string(r.Email), r.PhoneNumber, string(r.Country), r.Status,
		string(r.Parameters), storeTime(r.CreatedAt), storeTime(r.UpdatedAt), r.foldedName(), foldCase(string(r.Email)))
	tx.deltas = append(tx.deltas, delta{list{"records", r.typeID}, "", 1})
	return err
}

func (tx *transaction) updateRecord(r *Record) error {
	_, err := tx.exec(`UPDATE records SET name = ?, first_name = ?, last_name = ?, email = ?, phone_number = ?, country = ?,
		parameters = ?, updated_at = ?, name_folded = ?, email_folded = ? WHERE id = ?`,
		r.Name, string(r.FirstName), string(r.LastName), string(r.Email), r.PhoneNumber, string(r.Country),
		string(r.Parameters), storeTime(r.UpdatedAt), r.foldedName(), foldCase(string(r.Email)), r.id)
	return err
}

func (tx *transaction) deleteRecord(r *Record) error {
	_, err := tx.exec("DELETE FROM records WHERE id = ?", r.id)
	tx.deltas = append(tx.deltas, delta{list{"records", r.typeID}, "", -1})
	return err
}

// insertOrder inserts the order of a record that is there.
func (tx *transaction) insertOrder(o *Order) error {
	o.id = tx.d.nextOrder
	tx.d.nextOrder++
	_, err := tx.exec(`INSERT INTO orders (campaign_id, id, uuid, record_id, status, created_at, updated_at) VALUES (?,?,?,?,?,?,?)`,
		o.campaignID, o.id, o.UUID, o.Record.id, o.Status, storeTime(o.CreatedAt), storeTime(o.UpdatedAt))
	tx.deltas = append(tx.deltas, delta{list{"orders", o.campaignID}, o.Status, 1})
	return err
}

// updateOrder writes the order; before is the status that it had.
func (tx *transaction) updateOrder(o *Order, before string) error {
	var scheduled, duration, price any
	if o.ScheduledTime != nil {
		scheduled = storeTime(*o.ScheduledTime)
	}
	if o.ScheduledDurationSeconds != nil {
		duration = o.ScheduledDurationSeconds.String()
	}
	if o.Price != nil {
		price = o.Price.String()
	}
	_, err := tx.exec(`UPDATE orders SET status = ?, scheduled_time = ?, scheduled_time_timezone = ?, scheduled_duration_seconds = ?,
		price = ?, currency_code = ?, instructions = ?, updated_at = ? WHERE campaign_id = ? AND id = ?`,
		o.Status, scheduled, string(o.ScheduledTimeTimezone), duration, price, string(o.CurrencyCode), string(o.Instructions),
		storeTime(o.UpdatedAt), o.campaignID, o.id)
	if before != o.Status {
		orders := list{"orders", o.campaignID}
		tx.deltas = append(tx.deltas, delta{orders, before, -1}, delta{orders, o.Status, 1})
	}
	return err
}

func (tx *transaction) deleteOrder(o *Order) error {
	_, err := tx.exec("DELETE FROM orders WHERE campaign_id = ? AND id = ?", o.campaignID, o.id)
	tx.deltas = append(tx.deltas, delta{list{"orders", o.campaignID}, o.Status, -1})
	return err
}

// journal writes down what the transaction commits.
func (tx *transaction) journal(at time.Time, action Action, o Order) error {
	seq := tx.d.nextCommit
	tx.d.nextCommit++
	_, err := tx.exec(`INSERT INTO journal (seq, at, action, campaign, order_uuid, record_uuid, phone_number, status) VALUES (?,?,?,?,?,?,?,?)`,
		seq, storeTime(at), string(action), o.CampaignUUID, o.UUID, o.Record.UUID, o.Record.PhoneNumber, o.Status)
	return err
}
