package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// RecordsService is the account's records.
//
// Create, Update and Delete make one attempt: after an error, [Decide] says
// whether the call may be made again.
type RecordsService struct{ r *requester }

// RecordQuery narrows a list of records.
type RecordQuery struct {
	RecordTypeUUID string
	CampaignUUID   string
	Search         string // partial match on name, number or e-mail, not case-sensitive
}

// RecordPatch is the body of a create or update of a record. Zero fields are
// left out. An update merges Parameters key by key; null clears one.
type RecordPatch struct {
	RecordTypeUUID string                     `json:"recordTypeUuid,omitempty"` // required by a create
	Name           string                     `json:"name,omitempty"`
	FirstName      string                     `json:"firstName,omitempty"`
	LastName       string                     `json:"lastName,omitempty"`
	Email          string                     `json:"email,omitempty"`
	PhoneNumber    string                     `json:"phoneNumber,omitempty"` // E.164; required by a create
	Country        string                     `json:"country,omitempty"`
	Parameters     map[string]json.RawMessage `json:"parameters,omitempty"`
	Clear          []string                   `json:"-"` // fields, by their wire names, that become null
}

// MarshalJSON writes the fields that are set, and null for those to clear.
func (p RecordPatch) MarshalJSON() ([]byte, error) {
	type fields RecordPatch
	return withNulls(fields(p), p.Clear)
}

var recordList = list[Record]{op: "list records", key: "records", uuid: func(r Record) string { return r.UUID }}

func (q RecordQuery) values() url.Values {
	v := url.Values{}
	setText(v, "recordTypeUuid", q.RecordTypeUUID)
	setText(v, "campaignUuid", q.CampaignUUID)
	setText(v, "search", q.Search)
	return v
}

// Page reads one page of records. Pages count from 1; limit is at most
// [MaxLimit], and 0 is that.
func (s *RecordsService) Page(ctx context.Context, q RecordQuery, page, limit int) (Page[Record], error) {
	return recordList.page(ctx, s.r, pathRecords, q.values(), page, limit)
}

// All yields all records, page by page. It ends at the first error, which it
// yields.
func (s *RecordsService) All(ctx context.Context, q RecordQuery) iter.Seq2[Record, error] {
	return recordList.all(ctx, s.r, pathRecords, q.values())
}

// Get reads one record.
func (s *RecordsService) Get(ctx context.Context, uuid string) (Record, error) {
	return s.one(ctx, "get record", http.MethodGet, uuid, nil)
}

// Create makes a record that is in no campaign yet.
func (s *RecordsService) Create(ctx context.Context, in RecordPatch) (Record, error) {
	return s.answer(ctx, request{op: "create record", method: http.MethodPost, path: pathRecords, body: in}, "")
}

// Update changes the fields that are set in the patch.
func (s *RecordsService) Update(ctx context.Context, uuid string, in RecordPatch) (Record, error) {
	return s.one(ctx, "update record", http.MethodPatch, uuid, in)
}

// Delete deletes a record.
func (s *RecordsService) Delete(ctx context.Context, uuid string) error {
	const op = "delete record"
	path, err := expand(pathRecord, uuid)
	if err != nil {
		return badRequest(op, fmt.Errorf("record %w", err))
	}
	return s.r.call(ctx, request{op: op, method: http.MethodDelete, path: path}, anything)
}

func (s *RecordsService) one(ctx context.Context, op, method, uuid string, body any) (Record, error) {
	path, err := expand(pathRecord, uuid)
	if err != nil {
		return Record{}, badRequest(op, fmt.Errorf("record %w", err))
	}
	return s.answer(ctx, request{op: op, method: method, path: path, body: body}, uuid)
}

// answer makes a call whose answer is a record, bare or as {"record": {...}}.
func (s *RecordsService) answer(ctx context.Context, q request, uuid string) (Record, error) {
	var r Record
	err := s.r.call(ctx, q, func(text []byte) error {
		if err := r.UnmarshalJSON(text); err != nil {
			return err
		}
		if wrapped, ok := r.Extra["record"]; ok && r.UUID == "" {
			if err := r.UnmarshalJSON(wrapped); err != nil {
				return err
			}
		}
		switch {
		case r.UUID == "":
			return errors.New("no record uuid")
		case uuid != "" && !strings.EqualFold(r.UUID, uuid):
			return fmt.Errorf("another record, %.64q", r.UUID)
		}
		return nil
	})
	if err != nil {
		return Record{}, err
	}
	return r, nil
}
