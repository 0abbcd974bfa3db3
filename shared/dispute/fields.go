package dispute

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// fields is a JSON object whose text was read once: each field's value as its JSON text. A value is decoded when it is asked
// for, and is unknown unless it has the expected type. Names are exact: a struct would also take Amount for amount.
type fields map[string]string

var errNotObject = errors.New("not a JSON object")

// parseFields reads a text of which nothing is known.
func parseFields(text string) (fields, error) {
	data := []byte(text)
	if !json.Valid(data) {
		return nil, syntaxOf(data)
	}
	f, ok := split(text)
	if !ok {
		return nil, errNotObject
	}
	return f, nil
}

// syntaxOf says what is wrong with a text that is not JSON.
func syntaxOf(data []byte) error {
	err := json.Unmarshal(data, new(json.RawMessage))
	if syntax := new(json.SyntaxError); errors.As(err, &syntax) {
		return fmt.Errorf("not JSON at byte %d: %w", syntax.Offset, err)
	}
	return errNotObject
}

// kind returns the first byte of a value, which is that of its type; 0 if it is missing.
func (f fields) kind(name string) byte {
	value := f[name]
	if value == "" {
		return 0
	}
	return value[0]
}

func (f fields) object(name string) (fields, bool) {
	if f.kind(name) != '{' {
		return nil, false
	}
	return split(f[name])
}

func (f fields) text(name string) string {
	if f.kind(name) != '"' {
		return ""
	}
	return unquoted(f[name])
}

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
		return f[name]
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
	n, err := strconv.ParseInt(f[name], 10, 64)
	if err != nil {
		return Maybe[int64]{}
	}
	return Known(n)
}

// raw returns the fields for those who decode them by themselves; nil if there is no object.
func (f fields) raw() map[string]json.RawMessage {
	if f == nil {
		return nil
	}
	raw := make(map[string]json.RawMessage, len(f))
	for name, value := range f {
		raw[name] = json.RawMessage(value)
	}
	return raw
}
