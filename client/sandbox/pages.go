package sandbox

import (
	"database/sql"
	"fmt"
	"strings"
)

const ordersWithRecords = " FROM orders o CROSS JOIN records r ON r.id = o.record_id"

// An index of orders to go along, where SQLite, which has no statistics, would
// choose to walk through the campaign.
const (
	ordersByStatus = " INDEXED BY orders_status"
	ordersByRecord = " INDEXED BY orders_record"
)

// A selection is what a list request asks for.
type selection struct {
	list    list   // whose rows it takes
	status  string // of these, those with the status; "" all
	filters bool   // whether it takes fewer of them: then they must be counted
	columns string
	from    string
	walk    string // from without joins; the rows in their order
	id      string // the column of that order
	where   []string
	args    []any
}

// ordersIn selects orders of a campaign, by status and search where not empty.
func ordersIn(campaignID int64, status, search string) selection {
	s := selection{
		list: list{"orders", campaignID}, status: status, columns: orderColumns,
		from: ordersWithRecords, walk: " FROM orders o", id: "o.id",
	}
	s.and("o.campaign_id = ?", campaignID)
	if status != "" {
		s.along(ordersByStatus)
		s.and("o.status = ?", status)
	}
	if search != "" {
		s.search("o.record_id", search, "name_folded")
	}
	return s
}

// recordsOf selects records by type, campaign and search where given.
func recordsOf(recordType *RecordType, campaign *Campaign, search string) selection {
	s := selection{list: list{"records", 0}, columns: recordColumns, from: " FROM records r", walk: " FROM records r", id: "r.id"}
	switch {
	case campaign != nil:
		s.list, s.from, s.walk, s.id = list{"orders", campaign.id}, ordersWithRecords, " FROM orders o", "o.id"
		s.and("o.campaign_id = ?", campaign.id)
		if recordType != nil {
			s.filters = true
			s.and("r.type_id = ?", recordType.id)
		}
	case recordType != nil:
		s.list.scope = recordType.id
		s.and("r.type_id = ?", recordType.id)
	}
	if search != "" {
		id := "r.id"
		if campaign != nil {
			id = "o.record_id"
		}
		s.search(id, search, "name_folded", "email_folded")
	}
	return s
}

func (s *selection) and(condition string, args ...any) {
	s.where = append(s.where, condition)
	s.args = append(s.args, args...)
}

// along makes the selection go along an index of the orders.
func (s *selection) along(index string) {
	s.walk = " FROM orders o" + index
	s.from = strings.Replace(ordersWithRecords, " FROM orders o", s.walk, 1)
}

// search takes rows whose number or one of whose texts contains the needle.
// A needle that begins with a plus sign is looked up along indexes.
func (s *selection) search(recordID, needle string, texts ...string) {
	s.filters = true
	needle = foldCase(needle)
	if !strings.HasPrefix(needle, "+") {
		condition, args := "(instr(r.phone_number, ?) > 0", []any{needle}
		for _, text := range texts {
			condition += " OR instr(r." + text + ", ?) > 0"
			args = append(args, needle)
		}
		s.and(condition+")", args...)
		return
	}
	if s.list.table == "orders" {
		s.along(ordersByRecord)
	}
	found, args := "SELECT id FROM records WHERE phone_number >= ? AND phone_number < ?", []any{needle, needle + "\U0010FFFF"}
	for _, text := range texts {
		found += fmt.Sprintf(" UNION SELECT id FROM records WHERE instr(%[1]s, '+') > 0 AND instr(%[1]s, ?) > 0", text)
		args = append(args, needle)
	}
	s.and(recordID+" IN ("+found+")", args...)
}

func (s *selection) conditions(more ...string) string {
	all := append(s.where[:len(s.where):len(s.where)], more...)
	if len(all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(all, " AND ")
}

// readPage answers one page (from 1) of a selection, and how many rows it has.
func readPage[T any](d *database, s selection, page, limit int, scan func(*sql.Rows) (T, error)) ([]T, int, error) {
	defer d.reading()()
	if !s.filters {
		total := d.lists.size(s.list, s.status)
		first, found, err := d.pageStart(s, page, limit)
		if err != nil || !found {
			return []T{}, total, err
		}
		rows, err := d.reader.query("SELECT "+s.columns+s.from+s.conditions(s.id+d.onward())+d.by(s.id)+" LIMIT ?", s.with(first, limit)...)
		items, err := collect(rows, err, scan)
		return items, total, err
	}
	total, _, err := d.reader.number("SELECT count(*)"+s.from+s.conditions(), s.args...)
	if err != nil {
		return nil, 0, err
	}
	rows, err := d.reader.query("SELECT "+s.columns+s.from+s.conditions()+d.by(s.id)+" LIMIT ? OFFSET ?", s.with(limit, (page-1)*limit)...)
	items, err := collect(rows, err, scan)
	return items, int(total), err
}

// pageStart answers the id of the page's first row. It goes from the start of
// the page before where that is known, else from the beginning of the list.
func (d *database) pageStart(s selection, page, limit int) (id int64, found bool, err error) {
	key := startKey{s.list, s.status, page, limit}
	id, known, shift := d.lists.start(key)
	if known {
		return id, true, nil
	}
	before := key
	before.page--
	if from, known, _ := d.lists.start(before); known {
		id, found, err = d.reader.number("SELECT "+s.id+s.walk+s.conditions(s.id+d.onward())+d.by(s.id)+" LIMIT 1 OFFSET ?", s.with(from, limit)...)
	} else {
		id, found, err = d.reader.number("SELECT "+s.id+s.walk+s.conditions()+d.by(s.id)+" LIMIT 1 OFFSET ?", s.with((page-1)*limit)...)
	}
	if found {
		d.lists.remember(key, id, shift)
	}
	return id, found, err
}

func (s *selection) with(more ...any) []any {
	return append(s.args[:len(s.args):len(s.args)], more...)
}

func (d *database) by(column string) string {
	if d.newestFirst {
		return " ORDER BY " + column + " DESC"
	}
	return " ORDER BY " + column
}

func (d *database) onward() string {
	if d.newestFirst {
		return " <= ?"
	}
	return " >= ?"
}
