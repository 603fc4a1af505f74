package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// setRecord takes the fields of a body into a record: all of it where create is
// set, else what is to be changed. What is wrong with any is collected.
func setRecord(r *Record, fields map[string]json.RawMessage, recordType *RecordType, create bool) (wrong invalid) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		switch name {
		case "name":
			setText(&r.Name, name, value, &wrong)
		case "firstName":
			setText((*string)(&r.FirstName), name, value, &wrong)
		case "lastName":
			setText((*string)(&r.LastName), name, value, &wrong)
		case "email":
			if setText((*string)(&r.Email), name, value, &wrong) && !isEmail(string(r.Email)) {
				wrong.add(name, "must be an e-mail address")
			}
		case "phoneNumber":
			if setText(&r.PhoneNumber, name, value, &wrong) && !isE164(r.PhoneNumber) {
				wrong.add(name, "must be a phone number in E.164 format")
			}
		case "country":
			if setText((*string)(&r.Country), name, value, &wrong) && !isCountry(string(r.Country)) {
				wrong.add(name, "must be a country, as ISO 3166-1 alpha-2 writes it")
			}
		case "parameters":
		default:
			wrong.add(name, "is not a field of a record")
		}
	}
	if r.PhoneNumber == "" && isNull(fields["phoneNumber"]) {
		wrong.add("phoneNumber", "is required")
	}
	setParameters(r, fields["parameters"], recordType, create, &wrong)
	if r.Name == "" {
		r.Name = generateName(r)
	}
	return wrong
}

// setText reads a string, and reports whether there was one; null clears it.
func setText(to *string, field string, value json.RawMessage, wrong *invalid) bool {
	text, ok := stringOf(value)
	if !ok && !isNull(value) {
		wrong.add(field, "must be text")
	}
	*to = text
	return ok
}

func isEmail(text string) bool {
	local, domain, found := strings.Cut(text, "@")
	return found && local != "" && domain != "" && !strings.ContainsAny(text, " \t\r\n") && !strings.Contains(domain, "@")
}

func generateName(r *Record) string {
	if name := strings.TrimSpace(string(r.FirstName) + " " + string(r.LastName)); name != "" {
		return name
	}
	return r.PhoneNumber
}

// setParameters merges parameters into the record's, key by key; null takes a
// key out. A create fills in defaults.
func setParameters(r *Record, value json.RawMessage, recordType *RecordType, create bool, wrong *invalid) {
	var given map[string]json.RawMessage
	if !isNull(value) && json.Unmarshal(value, &given) != nil {
		wrong.add("parameters", "must be an object")
		return
	}
	if recordType == nil {
		recordType = &RecordType{}
	}
	merged := map[string]json.RawMessage{}
	if !create {
		_ = json.Unmarshal(r.Parameters, &merged) // ours
	}
	for _, id := range slices.Sorted(maps.Keys(given)) {
		setParameter(merged, id, given[id], recordType.fields[id], wrong)
	}
	if create {
		for _, f := range recordType.Parameters {
			if isNull(given[f.ID]) {
				presetParameter(merged, recordType.fields[f.ID], wrong)
			}
		}
	}
	r.Parameters, _ = json.Marshal(merged) // of valid JSON
}

func setParameter(merged map[string]json.RawMessage, id string, value json.RawMessage, r *rule, wrong *invalid) {
	field := "parameters." + id
	switch {
	case r == nil:
		wrong.add(field, "is not a field of the record type")
	case !isNull(value):
		if message := r.check(value); message != "" {
			wrong.add(field, "%s", message)
		}
		merged[id] = value
	case r.Required && merged[id] != nil:
		wrong.add(field, "is required")
	default:
		delete(merged, id)
	}
}

func presetParameter(merged map[string]json.RawMessage, r *rule, wrong *invalid) {
	switch {
	case r.preset != nil:
		merged[r.ID] = r.preset
	case r.Required:
		wrong.add("parameters."+r.ID, "is required")
	}
}
