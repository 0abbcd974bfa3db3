package dispute

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
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

// id reads an identifier; one sent as a number keeps its digits, which may exceed a float's precision.
func (f fields) id(name string) string {
	var n json.Number
	if s := f.text(name); s != "" {
		return s
	}
	if json.Unmarshal(f[name], &n) != nil {
		return ""
	}
	return n.String()
}

// has tells whether a field is there and not null, readable or not.
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

func (f fields) instant(name string) time.Time {
	n, ok := f.integer(name).Get()
	if !ok {
		return time.Time{}
	}
	return instant(n)
}

// firstMs is the smallest number read as milliseconds: as seconds it lies in the year 5138. WooshPay
// documents seconds, and its only sample of a dispute event has milliseconds.
const firstMs = 100_000_000_000

// instant reads a wire timestamp in seconds or milliseconds since the Unix epoch; zero and less are unknown.
func instant(n int64) time.Time {
	switch {
	case n <= 0:
		return time.Time{}
	case n >= firstMs:
		return time.UnixMilli(n).UTC()
	default:
		return time.Unix(n, 0).UTC()
	}
}
