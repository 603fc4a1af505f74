package client

import (
	"encoding/json"
	"errors"
)

var errNoObject = errors.New("not a JSON object")

var errBroken = errors.New("not JSON")

// checkJSON reports what is wrong with a text that is not JSON. What follows in
// this file takes it apart, once it is known to be, without looking at each
// part of it again: for orders, of which there are many, encoding/json with a
// map for what is not known takes several times as long.
func checkJSON(text []byte) error {
	if json.Valid(text) {
		return nil
	}
	var any json.RawMessage
	return json.Unmarshal(text, &any)
}

// member is a field of an object. Its parts belong to the text that was
// taken apart.
type member struct {
	key []byte // without its quotes, as it is written
	raw []byte
}

// splitObject appends the members of an object. It never panics, but finds only
// some of the faults of a text that is not JSON.
func splitObject(text []byte, members []member) ([]member, error) {
	i := space(text, 0)
	if i >= len(text) || text[i] != '{' {
		return nil, errNoObject
	}
	for i = space(text, i+1); ; {
		if i >= len(text) {
			return nil, errBroken
		}
		if text[i] == '}' {
			return members, nil
		}
		end := value(text, i)
		if text[i] != '"' || end-i < 2 {
			return nil, errBroken
		}
		m := member{key: text[i+1 : end-1]}
		i = space(text, end)
		if i >= len(text) || text[i] != ':' {
			return nil, errBroken
		}
		i = space(text, i+1)
		end = value(text, i)
		m.raw = text[i:end]
		members = append(members, m)
		if i = space(text, end); i < len(text) && text[i] == ',' {
			i = space(text, i+1)
		}
	}
}

var errNoArray = errors.New("not a JSON array")

// splitArray gives the items of an array.
func splitArray(text []byte) ([][]byte, error) {
	i := space(text, 0)
	if i >= len(text) || text[i] != '[' {
		return nil, errNoArray
	}
	items := [][]byte{}
	for i = space(text, i+1); ; {
		if i >= len(text) {
			return nil, errBroken
		}
		if text[i] == ']' {
			return items, nil
		}
		end := value(text, i)
		if end == i {
			return nil, errBroken
		}
		items = append(items, text[i:end])
		if i = space(text, end); i < len(text) && text[i] == ',' {
			i = space(text, i+1)
		}
	}
}

// space gives the place after the space at i.
func space(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}

// value gives the place after the value at i.
func value(text []byte, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			i = quoted(text, i)
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				if depth == 0 {
					i++
				}
				return i
			}
		case ',', ':', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}

// quoted gives the place after the string at i.
func quoted(text []byte, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
