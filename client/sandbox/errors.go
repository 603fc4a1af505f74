package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// A FieldError says what is wrong with one field of a request.
type FieldError struct {
	Field   string `json:"field"` // as the record names it: "phoneNumber", "parameters.amount"
	Message string `json:"message"`
}

// An apiError is an answer that refuses a request.
type apiError struct {
	status     int
	message    string
	fields     []FieldError
	retryAfter time.Duration
	allow      string
}

func (e *apiError) Error() string {
	if e.message == "" && len(e.fields) > 0 {
		return e.fields[0].Field + " " + e.fields[0].Message
	}
	return e.message
}

// body is the error as the API shows it: fields where there are any.
func (e *apiError) body() any {
	if len(e.fields) > 0 {
		return struct {
			Errors []FieldError `json:"errors"`
		}{e.fields}
	}
	return struct {
		Message string `json:"message"`
	}{e.message}
}

func refuse(status int, format string, args ...any) *apiError {
	return &apiError{status: status, message: fmt.Sprintf(format, args...)}
}

func notFound(kind, uuid string) *apiError {
	return refuse(http.StatusNotFound, "there is no %s %s", kind, uuid)
}

// invalid collects what is wrong with the fields of a body.
type invalid []FieldError

func (v *invalid) add(field, format string, args ...any) {
	*v = append(*v, FieldError{field, fmt.Sprintf(format, args...)})
}

func (v invalid) err() error {
	if len(v) == 0 {
		return nil
	}
	return &apiError{status: http.StatusUnprocessableEntity, fields: v}
}
