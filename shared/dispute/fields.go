package dispute

import (
	"encoding/json"
	"errors"
	"strconv"
)

// fields is a JSON object whose values are read one by one, each unknown unless it has the expected type.
type fields map[string]json.RawMessage

var errNotObject = errors.New("not a JSON object")

func parseFields(data []byte) (fields, error) {
	var f fields
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, err
	}
	if f == nil {
		return nil, errNotObject
	}
	return f, nil
}

func (f fields) object(name string) (fields, bool) {
	var o fields
	if json.Unmarshal(f[name], &o) != nil || o == nil {
		return nil, false
	}
	return o, true
}

func (f fields) text(name string) string {
	var s string
	if json.Unmarshal(f[name], &s) != nil {
		return ""
	}
	return s
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
	var n json.Number
	if s := f.text(name); s != "" {
		return s
	}
	if json.Unmarshal(f[name], &n) != nil {
		return ""
	}
	return n.String()
}

// has reports whether a field is there and not null, readable or not.
func (f fields) has(name string) bool {
	value, ok := f[name]
	return ok && string(value) != "null"
}

func (f fields) boolean(name string) Maybe[bool] {
	var b *bool
	if json.Unmarshal(f[name], &b) != nil || b == nil {
		return Maybe[bool]{}
	}
	return Known(*b)
}

func (f fields) integer(name string) Maybe[int64] {
	n, err := strconv.ParseInt(string(f[name]), 10, 64)
	if err != nil {
		return Maybe[int64]{}
	}
	return Known(n)
}
