package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// RecordTypesService is the account's record types.
type RecordTypesService struct{ r *requester }

// List reads all record types. The list has no pages.
func (s *RecordTypesService) List(ctx context.Context) ([]RecordType, error) {
	var types []RecordType
	q := request{op: "list record types", method: http.MethodGet, path: pathRecordTypes}
	err := s.r.call(ctx, q, func(text []byte) (err error) {
		types, err = parseRecordTypes(text)
		return err
	})
	if err != nil {
		return nil, err
	}
	return types, nil
}

// parseRecordTypes reads a bare array, or {"recordTypes": [...]}.
func parseRecordTypes(text []byte) ([]RecordType, error) {
	if o, err := parseObject(text); err == nil {
		text, _ = o.raw("recordTypes")
	}
	return parseItems(text, func(t RecordType) string { return t.UUID })
}

// Get reads one record type.
func (s *RecordTypesService) Get(ctx context.Context, uuid string) (RecordType, error) {
	const op = "get record type"
	path, err := expand(pathRecordType, uuid)
	if err != nil {
		return RecordType{}, badRequest(op, fmt.Errorf("record type %w", err))
	}
	var t RecordType
	err = s.r.call(ctx, request{op: op, method: http.MethodGet, path: path}, func(text []byte) error {
		if err := t.UnmarshalJSON(text); err != nil {
			return err
		}
		if t.UUID == "" {
			return errors.New("no record type uuid")
		}
		return nil
	})
	if err != nil {
		return RecordType{}, err
	}
	return t, nil
}
