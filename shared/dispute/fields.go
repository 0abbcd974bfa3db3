package dispute

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// fields is a JSON object whose text was read once. A value is decoded when it is asked for, and is unknown unless it has the
// expected type. Names are exact: a struct would also take Amount for amount.
type fields map[string]json.RawMessage

var errNotObject = errors.New("not a JSON object")

func parseFields(data []byte) (fields, error) {
	var f fields
	err := json.Unmarshal(data, &f)
	if syntax := new(json.SyntaxError); errors.As(err, &syntax) {
		return nil, fmt.Errorf("not JSON at byte %d: %w", syntax.Offset, err)
	}
	if err != nil || f == nil {
		return nil, errNotObject
	}
	return f, nil
}

// kind returns the first byte of a value, which is that of its type; 0 if it is missing.
func (f fields) kind(name string) byte {
	value := f[name]
	if len(value) == 0 {
		return 0
	}
	return value[0]
}

func (f fields) object(name string) (fields, bool) {
	if f.kind(name) != '{' {
		return nil, false
	}
	o, err := parseFields(f[name])
	return o, err == nil
}

func (f fields) text(name string) string {
	if f.kind(name) != '"' {
		return ""
	}
	value := f[name]
	if inside := value[1 : len(value)-1]; !bytes.ContainsFunc(inside, replaced) {
		return string(inside)
	}
	var s string
	_ = json.Unmarshal(value, &s) // It was read as JSON before, and is a string.
	return s
}

// replaced reports whether a character of a JSON string does not stand for itself: an escape, or an invalid byte.
func replaced(r rune) bool { return r == '\\' || r == '\ufffd' }

// id reads an identifier, or that of the object that stands in its place.
func (f fields) id(name string) string {
	if expanded, ok := f.object(name); ok {
		return expanded.plainID("id")
	}
	return f.plainID(name)
}

// plainID reads an identifier that is a text or a number; a number keeps its digits, which may exceed a float's precision.
func (f fields) plainID(name string) string {
	if first := f.kind(name); first == '-' || '0' <= first && first <= '9' {
		return string(f[name])
	}
	return f.text(name)
}

// has reports whether a field is there and not null, readable or not.
func (f fields) has(name string) bool {
	first := f.kind(name)
	return first != 0 && first != 'n'
}

func (f fields) boolean(name string) Maybe[bool] {
	switch f.kind(name) {
	case 't':
		return Known(true)
	case 'f':
		return Known(false)
	}
	return Maybe[bool]{}
}

func (f fields) integer(name string) Maybe[int64] {
	n, err := strconv.ParseInt(string(f[name]), 10, 64)
	if err != nil {
		return Maybe[int64]{}
	}
	return Known(n)
}
